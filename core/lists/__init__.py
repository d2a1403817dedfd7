"""Lists: conditions, fields, columns, pages, saved views, bulk work and exports; one machinery for every list."""
