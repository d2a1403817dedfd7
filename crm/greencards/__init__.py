"""Service green cards, and the service case that follows each of them to production (DOMAIN 9)."""
