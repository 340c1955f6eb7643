"""The archive: SQLite, its schema, and all the SQL there is."""
