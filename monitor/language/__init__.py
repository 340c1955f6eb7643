"""One analyser for rules and search; Swedish and English dates and amounts. Pure."""
