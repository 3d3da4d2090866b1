"""The JSON API for other systems, at `/v1`. OpenAPI 3.1 at `/v1/openapi.json`, as a page at
`/v1/docs`.

Every Resource defined in a module of this package is registered.
"""

import importlib
import pkgutil

from flask import Flask

from api.v1 import contract, keys
from api.v1.parsing import Resource

__all__ = ["install"]


def install(app: Flask, limiter: keys.Limiter | None = None) -> None:
    """Register the API."""
    keys.install(app, limiter)
    contract.install(app, _resources())


def _resources() -> list[Resource]:
    """Every resource of this package, in the order of its modules."""
    names = [module.name for module in pkgutil.walk_packages(__path__, f"{__name__}.")]
    return [
        value
        for name in names
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, Resource) and value.import_name == name
    ]
