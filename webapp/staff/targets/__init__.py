"""Pages of target lists and candidates."""
