"""An import is a kept object: file, mapping, dry run, confirmation, run, report; areas register a handler."""
