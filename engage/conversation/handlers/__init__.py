"""What each meaning of a text sets off.

A module says which meanings it handles in its `HANDLES`; modules are found by looking.
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
    """What handles a meaning by itself.

    `raises` is the signal that it may raise, resolved when a worker corrects the reading.
    `on_correction`: it also runs, without any answer, when a worker says that a text means this.
    """

    handle: Handler
    raises: SignalKind | None = None
    on_correction: bool = False


@functools.cache
def by_meaning() -> Mapping[Intent, MeaningHandler]:
    """The handler of each meaning that has one. Raises ValueError where two modules handle one."""
    found: dict[Intent, MeaningHandler] = {}
    for module in pkgutil.iter_modules(__path__):
        handled = getattr(importlib.import_module(f"{__name__}.{module.name}"), "HANDLES", {})
        if twice := found.keys() & handled.keys():
            raise ValueError(f"two modules handle {', '.join(sorted(twice))}")
        found |= handled
    return found
