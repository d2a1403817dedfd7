"""The door for programs: the same rooms as the pages, by token, in JSON."""
