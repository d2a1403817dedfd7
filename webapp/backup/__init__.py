"""Backup and restore: one archive of the database, the files and the names of the keys, proved by checksums."""
