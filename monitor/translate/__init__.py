"""Machine translation of titles and summaries into Swedish: engines behind one interface, and the check of what they answer."""
