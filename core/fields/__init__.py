"""One set of value parsers for forms, the API and import columns.

Each takes what came in (text, number, date or None) and returns the value, or None for a blank; what it
cannot take raises `FieldError`, a ValueError whose first argument is the sentence to show, so that a
parser serves as a WTForms filter as it stands.
"""
