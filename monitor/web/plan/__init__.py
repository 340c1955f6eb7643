"""The plan of an application: what the archive has of it, its text, and its files for calendars and Word."""
