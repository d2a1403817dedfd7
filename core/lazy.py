"""Heavy libraries, bound at the top of a module but loaded at first use."""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module inside a package: to look for its code alone would load the whole package."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def lazy(name: str) -> ModuleType:
    """Return module `name`, whose code runs when the first attribute is read.

    Raises ModuleNotFoundError at once when the library is not installed.
    """
    package = name.partition(".")[0]
    if package != name and package not in sys.modules:
        if importlib.util.find_spec(package) is None:
            raise ModuleNotFoundError(package)
        return _Later(name)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
