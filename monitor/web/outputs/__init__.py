"""Files that others read: feeds, calendars and exports of the archive."""
