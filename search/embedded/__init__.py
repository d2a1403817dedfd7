"""The embedded engine: SQLite FTS5 in a file of its own."""
