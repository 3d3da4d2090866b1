"""The JSON API for staff systems and partners: `/v1`, OpenAPI 3.1 at `/v1/openapi.json`, readable
at `/v1/docs`.

A resource is found wherever under this package it is defined.
"""

import importlib
import pkgutil

from flask import Flask

from api.v1 import contract, keys
from api.v1.parsing import Resource

__all__ = ["install"]


def install(app: Flask, limiter: keys.Limiter | None = None) -> None:
    """Give `app` the API."""
    keys.install(app, limiter)
    contract.install(app, _resources())


def _resources() -> list[Resource]:
    """Every resource under this package, by module."""
    names = [module.name for module in pkgutil.walk_packages(__path__, f"{__name__}.")]
    return [
        value
        for name in names
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, Resource) and value.import_name == name
    ]
