"""The follow-up report: facts of the archive, their figures as one document, its text, and the document as Word and Excel."""
