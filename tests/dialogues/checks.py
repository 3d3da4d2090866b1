"""What is checked after each text: what its script expects, and what must hold of every text.

Each check returns its problems in words: a conversation is played to its end, and all its problems
are told together.
"""

import re
from collections.abc import Iterator, Sequence

from messaging.tables import Inbound, Message
from tests.dialogues import observed
from tests.dialogues.observed import Observed
from tests.dialogues.script import DANGERS, Expected, Turn, moment
from tests.dialogues.world import World

EMERGENCY = re.compile(r"\b999\b")
MENU = re.compile(
    r"\b\d (?:for|am)\b|\b(?:reply|atebwch) (?:\d|yes|no|ie|na|late|hwyr)\b|\bNEXT\b|\bNESAF\b",
    re.IGNORECASE,
)
PROMISE_TO_READ = re.compile(r"will read this|yn darllen hwn", re.IGNORECASE)
INDISCREET = re.compile(
    r"\b(?:dodds|probation|offender|court|police|prawf|troseddwr|llys|heddlu)\b", re.IGNORECASE
)
SAFETY_SIGNALS = frozenset({"lapse_told", "feeling_low"})


class Conversation:
    """What was said so far, as far as the checks need it."""

    def __init__(self) -> None:
        self.last_answer: str | None = None
        self.in_danger = False
        self.answers = 0

    def worker_wrote(self) -> None:
        """A worker took up the conversation: the time after danger is over."""
        self.in_danger = False


def problems(
    world: World, said: Conversation, turn: Turn, stored: Inbound, answers: Sequence[Message]
) -> Iterator[str]:
    """All problems with what followed from a text."""
    record = world.record_of(stored)
    if record is None:
        yield "record: the text has none"
        return
    seen = Observed(world.session, stored, record)
    said.in_danger = said.in_danger or turn.expected.danger in DANGERS
    yield from _always(said, turn, seen, answers)
    yield from _about_answer(turn.expected, answers)
    yield from _about_text(world, turn.expected, seen)
    yield from state_problems(world, turn.expected, turn.sender)
    said.answers += len(answers)
    if answers:
        said.last_answer = answers[-1].body


def _always(
    said: Conversation, turn: Turn, seen: Observed, answers: Sequence[Message]
) -> Iterator[str]:
    """What must hold of every text."""
    if len(answers) > 1:
        yield f"answers: {len(answers)} to one text"
    for answer in answers:
        yield from _of_every_answer(said, turn, seen, answer)
    ended = answers or seen.for_worker() or seen.effects() or seen.passed_over_with_one_listed()
    if not ended and not turn.expected.nothing_to_do:
        yield f"lost: not answered, nothing done, on nobody's list ({seen.record.done})"
    if turn.by != "person" and (kept := seen.said_by_person()):
        names = ", ".join(type(row).__name__ for row in kept)
        yield f"speaker: {names} recorded as the person's words, but a {turn.by} wrote"
    if turn.expected.danger in (None, "none") and (found := seen.dangers()):
        yield f"false alarm: {', '.join(sorted(found))}"


def _of_every_answer(
    said: Conversation, turn: Turn, seen: Observed, answer: Message
) -> Iterator[str]:
    body = answer.body
    if body == said.last_answer:
        yield f"repeated: the same answer twice running: {body!r}"
    may_warn = (
        said.in_danger
        or turn.expected.danger == "maybe"
        or SAFETY_SIGNALS & set(turn.expected.signals)
        or seen.record.prompt == "checkin"
    )
    if EMERGENCY.search(body) and not may_warn:
        yield f"999: in an answer to no danger: {body!r}"
    if said.in_danger and (MENU.search(body) or PROMISE_TO_READ.search(body)):
        yield f"menu: after danger: {body!r}"
    if answer.segments > (2 if body.count("\n") > 1 else 1):
        yield f"segments: {answer.segments}: {body!r}"
    if INDISCREET.search(body):
        yield f"indiscreet: {body!r}"


def _about_answer(expected: Expected, answers: Sequence[Message]) -> Iterator[str]:
    body = "\n".join(answer.body for answer in answers)
    if expected.answered is False and answers:
        yield f"answered: expected no answer: {body!r}"
    if (expected.answered or expected.says) and not answers:
        yield "answered: expected an answer, there was none"
        return
    yield from fragment_problems(expected, body)


def fragment_problems(expected: Expected, body: str) -> Iterator[str]:
    """Fragments that are missing from the words of a text of ours, or that must not be there."""
    for fragment in expected.says:
        if not _is_in(fragment, body):
            yield f"says: no {fragment!r} in {body!r}"
    for fragment in expected.says_not:
        if _is_in(fragment, body):
            yield f"says_not: {fragment!r} in {body!r}"


def _is_in(fragment: str, body: str) -> bool:
    """Whether one of the alternatives of a fragment, separated by `|`, is in the words."""
    return any(one.lower() in body.lower() for one in fragment.split("|"))


def _about_text(world: World, expected: Expected, seen: Observed) -> Iterator[str]:
    if expected.human is not None:
        listed = seen.for_worker() if expected.human else seen.record.needs_human
        if listed != expected.human:
            yield f"human: expected {expected.human} ({seen.record.done})"
    if not _is_by(expected.speaker, seen.speaker):
        yield f"recorded speaker: expected {expected.speaker}, is {seen.speaker}"
    if expected.within is not None and not seen.is_due_within(expected.within):
        yield f"within: nobody has to look within {expected.within}"
    if expected.danger in DANGERS and expected.danger not in seen.dangers():
        found = ", ".join(sorted(seen.dangers())) or "none"
        yield f"danger: expected {expected.danger}, found {found}"
    words = seen.words_for_staff()
    for fragment in expected.tells:
        if not _is_in(fragment, words):
            yield f"tells: no {fragment!r} in {words!r}"
    for fragment in expected.tells_not:
        if _is_in(fragment, words):
            yield f"tells_not: {fragment!r} in {words!r}"
    yield from _about_details(world, expected, seen)


def _is_by(expected: str | None, speaker: str | None) -> bool:
    if expected == "other":
        return speaker not in (None, "person", "machine", "reaction")
    if expected == "machine":
        return speaker in ("machine", "reaction", "auto_reply")
    return expected is None or speaker in (None, "person")


def _about_details(world: World, expected: Expected, seen: Observed) -> Iterator[str]:
    intent = observed.intent_of(world.session, seen.stored)
    found = {
        "cause": intent.cause if intent else None,
        "minutes": intent.minutes_late if intent else None,
        "absence": observed.absence_of(world.session, seen.stored),
    }
    for name, value in found.items():
        wanted = getattr(expected, name)
        if wanted is not None and value != wanted:
            yield f"{name}: expected {wanted}, is {value}"
    if expected.reports is not None:
        reports = observed.reports_of(world.session, seen.stored)
        if reports != sorted(expected.reports):
            yield f"reports: expected {sorted(expected.reports)}, are {reports}"


def state_problems(world: World, expected: Expected, sender: str | None = None) -> Iterator[str]:
    """Problems with how everything stands now."""
    yield from _record_problems(world, expected)
    yield from _number_problems(world, expected, sender)


def _record_problems(world: World, expected: Expected) -> Iterator[str]:
    """Problems with what was said, with signals and with times."""
    session, people = world.session, list(world.people.values())
    for about in world.appointments.values():
        session.refresh(about)
    if expected.stated is not None:
        with_cause = any("/" in value for value in expected.stated.values())
        stated = observed.stated(session, world.appointments, with_cause=with_cause)
        if stated != dict(expected.stated):
            yield f"stated: expected {dict(expected.stated)}, is {stated}"
    signals = observed.open_signals(session, people)
    if missing := set(expected.signals) - signals:
        yield f"signals: no {', '.join(sorted(missing))} among {sorted(signals)}"
    unwanted = signals if "any" in expected.signals_not else signals & set(expected.signals_not)
    if unwanted:
        yield f"signals_not: {', '.join(sorted(unwanted))}"
    for name, wanted in expected.starts.items():
        starts = world.appointments[name].starts_at
        if starts != moment(wanted, world.script.start):
            yield f"starts: {name} at {starts:%a %d %H:%M}, expected {wanted}"


def _number_problems(world: World, expected: Expected, sender: str | None) -> Iterator[str]:
    """Problems with the number and the check-in."""
    session, people = world.session, list(world.people.values())
    number = world.number_of(sender)
    if expected.number is not None:
        state = observed.number_state(session, number)
        if state != expected.number:
            yield f"number: expected {expected.number}, is {state}"
    if expected.check_in is not None:
        value = observed.check_in_answer(session, people)
        if value != expected.check_in:
            yield f"check_in: expected {expected.check_in}, is {value}"
    verified = expected.verified
    if verified is not None and observed.is_verified(session, number) != verified:
        yield f"verified: expected {expected.verified}"
