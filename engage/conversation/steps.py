"""Ordered steps: each handles a text, or passes it on with what it learnt."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from engage.conversation.context import Handled, ReplyContext

Whose = TypeVar("Whose")
Result = tuple[ReplyContext, Handled | None]
"""The context to go on with, and the outcome where the text is done."""
Step = Callable[[ReplyContext, Whose], Result]
Steps = Sequence[tuple[str, Step[Whose]]]
"""Named steps in the order in which a text passes them. The last one handles every text."""


def run(steps: Steps[Whose], context: ReplyContext, whose: Whose) -> tuple[ReplyContext, Handled]:
    """Pass a text through `steps` until one handles it. Raises LookupError where none does."""
    for _, step in steps:
        context, handled = step(context, whose)
        if handled is not None:
            return context, handled
    raise LookupError("no step handled the text")


def handles(handler: Callable[[ReplyContext, Whose], Handled | None]) -> Step[Whose]:
    """A step that handles a text or passes it on unchanged."""
    return lambda context, whose: (context, handler(context, whose))


def learns(reader: Callable[[ReplyContext, Whose], ReplyContext]) -> Step[Whose]:
    """A step that never handles a text, but may understand more of it."""
    return lambda context, whose: (reader(context, whose), None)
