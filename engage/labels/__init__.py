"""The words for codes, dates and numbers: one table for each enum, used by pages, the API,
documents and files alike.

A table is a constant of one of these modules; a format is a function. Templates get all of them by
name.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any


def tables() -> Mapping[str, Any]:
    """All tables by name. Raises ValueError if two tables have the same name."""
    found: dict[str, Any] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if not name.isupper() or name.startswith("_"):
                continue
            if found.setdefault(name, value) is not value:
                raise ValueError(f"two tables are called {name}")
    return found


def functions() -> Mapping[str, Callable[..., Any]]:
    """All functions that put a value into words, by name."""
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
