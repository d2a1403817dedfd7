"""Document builders, one file per area; each holds `SOURCES` (see search.sources.Source)."""
