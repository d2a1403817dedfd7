"""SpecTree without the viewers that it would read at import.

Its `offapi` keeps three viewers of 9 MB in every process (35 MB resident). The platform shows the document on a
page of its own, so an empty module stands in their place; without one SpecTree falls back to templates it never
serves here.
"""

import importlib
import sys
from types import ModuleType
from typing import Any

if "spectree" not in sys.modules:
    sys.modules["offapi"] = ModuleType("offapi")
    try:
        _spectree: Any = importlib.import_module("spectree")
    finally:
        del sys.modules["offapi"]
else:
    _spectree = importlib.import_module("spectree")
_models: Any = importlib.import_module("spectree.models")

Answers = _spectree.Response
SecurityScheme = _spectree.SecurityScheme
SpecTree = _spectree.SpecTree
SecureType = _models.SecureType
SecuritySchemeData = _models.SecuritySchemeData
