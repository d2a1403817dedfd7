"""Heavy libraries, bound at the top of a module but loaded at first use."""

import importlib.util
import sys
from types import ModuleType


def lazy(name: str) -> ModuleType:
    """Return module `name`, whose code runs when the first attribute is read.

    Raises ModuleNotFoundError at once when the library is not installed.
    """
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
