"""Handlers: what Engage does for each meaning of a text.

A module lists the meanings that it handles in `HANDLES`. All modules of this package are searched.
"""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engage.conversation.context import Handled, ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.signals import SignalKind
from engage.understanding.vocabulary import Intent

Handler = Callable[[ReplyContext, PhoneOwner], Handled]


@dataclass(frozen=True)
class MeaningHandler:
    """The handler of a meaning.

    `raises` is the signal that it may raise, to be resolved if a worker corrects the meaning.
    `on_correction`: it also runs, without an answer, when a worker says that a text means this.
    """

    handle: Handler
    raises: SignalKind | None = None
    on_correction: bool = False


@functools.cache
def by_meaning() -> Mapping[Intent, MeaningHandler]:
    """The handlers by meaning. Raises ValueError if two modules handle the same meaning."""
    found: dict[Intent, MeaningHandler] = {}
    for module in pkgutil.iter_modules(__path__):
        handled = getattr(importlib.import_module(f"{__name__}.{module.name}"), "HANDLES", {})
        if twice := found.keys() & handled.keys():
            raise ValueError(f"two modules handle {', '.join(sorted(twice))}")
        found |= handled
    return found
