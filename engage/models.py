"""All tables in one place, for migrations and the metadata.

Tables are in modules named `model` or `…_model` anywhere in engage. They are found by a scan, so a
new module needs no entry here.
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
