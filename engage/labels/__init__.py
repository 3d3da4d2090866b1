"""What codes and moments are called: one table for each set of codes, for pages, API, papers and
files alike.

A table is a constant of one of these modules, a way of writing something a function; templates get
all of them under their own names.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any


def tables() -> Mapping[str, Any]:
    """Every table by its name. Raises ValueError where two tables have one name."""
    found: dict[str, Any] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if not name.isupper() or name.startswith("_"):
                continue
            if found.setdefault(name, value) is not value:
                raise ValueError(f"two tables are called {name}")
    return found


def functions() -> Mapping[str, Callable[..., Any]]:
    """Every function that puts a value into words, by its name."""
    return {
        name: value
        for module in _modules()
        for name, value in vars(module).items()
        if isinstance(value, FunctionType)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }


def _modules() -> list[Any]:
    return [
        importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)
    ]
