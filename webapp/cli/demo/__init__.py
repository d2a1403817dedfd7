"""The demonstration: an invented city, its zones, people and firms beside the real listed companies."""
