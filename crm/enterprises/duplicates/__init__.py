"""Enterprises that may stand in the register twice: found, judged by people, merged, and taken apart again."""
