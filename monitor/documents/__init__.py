"""Call documents: PDF, Word and Excel as pages of text, and the facts of a call with the words they were read from."""
