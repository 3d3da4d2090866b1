"""Ordered steps: each handles a text, or passes it on with what it learnt."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from engage.conversation.context import Handled, ReplyContext

Owner = TypeVar("Owner")
Result = tuple[ReplyContext, Handled | None]
"""The context to go on with, and the outcome if the text is done."""
Step = Callable[[ReplyContext, Owner], Result]
Steps = Sequence[tuple[str, Step[Owner]]]
"""Named steps in the order in which they see a text. The last step handles every text."""


def run(steps: Steps[Owner], context: ReplyContext, owner: Owner) -> tuple[ReplyContext, Handled]:
    """Pass a text through `steps` until one handles it. Raises LookupError if none does."""
    for _, step in steps:
        context, handled = step(context, owner)
        if handled is not None:
            return context, handled
    raise LookupError("no step handled the text")


def handles(handler: Callable[[ReplyContext, Owner], Handled | None]) -> Step[Owner]:
    """A step that handles a text or passes it on unchanged."""
    return lambda context, owner: (context, handler(context, owner))


def learns(reader: Callable[[ReplyContext, Owner], ReplyContext]) -> Step[Owner]:
    """A step that never handles a text, but may understand more of it."""
    return lambda context, owner: (reader(context, owner), None)
