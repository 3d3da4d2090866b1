"""Every table in one place, so that migrations and the metadata see all of them.

Tables live in modules called `model` or `…_model`, wherever in engage they are; they are found by
looking, so a new one needs no entry here.
"""

import importlib
import pkgutil

import engage
from engage.core.db import Base
from messaging import tables

for _module in pkgutil.walk_packages(engage.__path__, "engage."):
    if _module.name.endswith("model"):
        importlib.import_module(_module.name)

METADATA = (tables.Base.metadata, Base.metadata)
"""The tables of the text engine, then those of the service."""
