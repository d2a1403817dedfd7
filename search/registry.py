"""Every kind of record that can be found: the `SOURCES` of the files in search/documents."""

import importlib
import pkgutil
from functools import lru_cache

from search import documents
from search.sources import Source


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """By kind. Two areas claiming one kind is a mistake that stops the start."""
    found: dict[str, Source] = {}
    for module in sorted(pkgutil.iter_modules(documents.__path__), key=lambda module: module.name):
        content = importlib.import_module(f"{documents.__name__}.{module.name}")
        for source in content.SOURCES:
            if source.kind in found:
                raise ValueError(f"two builders for documents of kind {source.kind!r}")
            found[source.kind] = source
    return found
