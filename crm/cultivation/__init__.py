"""Raising enterprises step by step: pools, standards, evaluations, the roster (DOMAIN 13)."""
