"""Projects that were funded before: importers, the same organisation under its names, seasons of calls, and chances.

The data has a SQLite file of its own beside the archive, since it can be imported again; only people's decisions cannot.
"""
