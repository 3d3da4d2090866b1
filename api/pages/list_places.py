"""Places in a list, as they stand in an address."""

from collections.abc import Callable
from typing import TypeVar

from engage.core.errors import NotFound

Place = TypeVar("Place")


def place_or_404(parse: Callable[[str], Place], given: str | None) -> Place | None:
    """The place that an address names, None when it names none. Raises NotFound for what is no
    place: nobody types these by hand.
    """
    if not given:
        return None
    try:
        return parse(given[:200])
    except ValueError:
        raise NotFound("There is no such page of the list.") from None
