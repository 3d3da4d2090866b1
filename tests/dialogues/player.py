"""Plays conversations, and returns every problem, each with its turn."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace

from sqlalchemy.orm import Session

from tests.dialogues import checks
from tests.dialogues.checks import Conversation
from tests.dialogues.our_turns import DOES, SENDS_NOTHING
from tests.dialogues.script import Expected, Script, Turn
from tests.dialogues.world import World

REPEATED_SID = "SM" + "9" * 32


def play(session: Session, script: Script) -> list[str]:
    """The problems of a conversation; none if all is as the script says."""
    world, said = World(session, script), Conversation()
    found = _play(world, said, script.turns)
    return found + [f"end: {one}" for one in _at_end(world, said, script)]


class Starts:
    """Conversations that differ in their last text only: what comes before it is played once."""

    def __init__(self, session: Session) -> None:
        self._session, self._before = session, ""
        self._world: World | None = None
        self._said = Conversation()

    def play_last(self, script: Script) -> list[str]:
        """The problems of the last turn of a conversation."""
        before = repr((script.people, script.bookings, script.turns[:-1]))
        if before != self._before or self._world is None:
            self._session.rollback()
            self._world, self._said = World(self._session, script), Conversation()
            self._before = before
            _play(self._world, self._said, script.turns[:-1])
        with self._undone():
            world, said = copy(self._world), copy(self._said)
            return _play(world, said, script.turns[-1:])

    @contextmanager
    def _undone(self) -> Iterator[None]:
        nested = self._session.begin_nested()
        try:
            yield
        finally:
            nested.rollback()


def _play(world: World, said: Conversation, turns: Sequence[Turn]) -> list[str]:
    found: list[str] = []
    for count, turn in enumerate(turns, start=1):
        name = f"turn {count} ({turn.ours or turn.text!r})"
        found += [f"{name}: {problem}" for problem in _play_turn(world, said, turn)]
    return found


def _play_turn(world: World, said: Conversation, turn: Turn) -> Iterator[str]:
    before = world.all_texts()
    world.move_clock(turn)
    if turn.ours is not None:
        DOES[turn.ours](world, turn)
        world.work()
        yield from _problems_of_ours(world, said, turn, before)
        return
    for count in range(turn.times):
        if count:
            world.now += turn.gap
        stored, answers = world.receive(turn, REPEATED_SID if turn.same_sid else None)
        if count == 0 or not turn.same_sid:
            yield from checks.problems(world, said, _expects(turn, count), stored, answers)
        elif answers:
            yield f"answers: the same text was answered again: {answers[0].body!r}"


def _expects(turn: Turn, count: int) -> Turn:
    """Of a text that comes many times, the expectations hold after the last."""
    if count == turn.times - 1 or turn.same_sid:
        return turn
    kept = Expected(danger=turn.expected.danger, nothing_to_do=turn.expected.nothing_to_do)
    return replace(turn, expected=kept)


def _problems_of_ours(
    world: World, said: Conversation, turn: Turn, before: set[object]
) -> Iterator[str]:
    left = [one for one in world.texts_since(before) if one.context["purpose"] != "notice"]
    if turn.ours == "worker":
        said.worker_wrote()
    if turn.expected.answered is False:
        if left:
            yield f"ours: {left[-1].body!r} left"
    elif turn.ours not in SENDS_NOTHING:
        if not left:
            yield "ours: no text left"
        else:
            yield from checks.fragment_problems(turn.expected, left[-1].body)
    yield from checks.state_problems(world, turn.expected)


def _at_end(world: World, said: Conversation, script: Script) -> Iterator[str]:
    yield from checks.state_problems(world, script.end)
    most = script.end.answers_at_most
    if most is not None and said.answers > most:
        yield f"answers: {said.answers} in all, expected at most {most}"
