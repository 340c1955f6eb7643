"""Rules: load, check, match, explain. Pure after loading."""
