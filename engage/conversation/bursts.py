"""The texts that a text goes on from: several in a row from one phone within minutes, with nothing
of ours between that was not an answer to them.

It finds them, has them read as one where the rule of together.py says so, and takes back what an
earlier one of them had recorded when the whole means something else. It waits for nothing: each
text is done when it comes.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules
from engage.appointments.kinds import IntentKind
from engage.conversation import appointment_match
from engage.conversation.context import Burst, Handled, ReplyContext
from engage.conversation.corrections import withdrawal
from engage.conversation.handlers import attendance
from engage.conversation.model import QuestionKind, ReplyRecord
from engage.conversation.open_questions import close, open_for
from engage.conversation.phone_owner import PhoneOwner, language_of
from engage.signals import Evidence
from engage.understanding.choices import read_choice
from engage.understanding.interpret import interpret
from engage.understanding.joining import DANGER, How, choose
from engage.understanding.keywords import keyword
from engage.understanding.vocabulary import Act, Context, Intent, Interpretation, Prompt
from messaging import suppression
from messaging.tables import Inbound, Message

MOST = 5
"""More earlier texts than this are never read with one."""
_NUMBERED = frozenset(
    {Prompt.REBOOK, Prompt.WHICH, Prompt.NUMBER_CHECK, Prompt.WHO, Prompt.CHECKIN}
)
_CHOICES = 9
_TURNED_ROUND = frozenset("\u202d\u202e")
"""Signs that show letters in another order than they are stored: what is read is not what was seen.
"""
_OF_COMING = frozenset(
    {Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.NONE}
)
"""After any of these the same question about coming may be meant."""

_BEFORE = (
    select(Inbound, ReplyRecord)
    .join(ReplyRecord, ReplyRecord.inbound_id == Inbound.id)
    .where(
        Inbound.from_number == bindparam("number"),
        Inbound.received_at >= bindparam("since"),
        Inbound.id < bindparam("id"),
    )
    .order_by(Inbound.received_at.desc(), Inbound.id.desc())
    .limit(MOST)
)
_left_at = func.coalesce(Message.claimed_at, Message.created_at)
_OURS = (
    select(_left_at, Message.context)
    .where(
        Message.to_number == bindparam("number"),
        Message.created_at >= bindparam("since") - timedelta(hours=1),
        Message.status.in_(appointment_match.LEFT),
        _left_at > bindparam("since"),
        _left_at <= bindparam("until"),
    )
    .order_by(_left_at.desc())
)


@dataclass(frozen=True)
class _Earlier:
    text: Inbound
    reading: ReplyRecord


def read(
    session: Session,
    inbound: Inbound,
    prompt: Prompt,
    owners: Sequence[PhoneOwner],
    *,
    first: bool = False,
) -> tuple[Interpretation, Prompt, Burst]:
    """Read a text, with those that it goes on from (`first`: there are none); its reading, the
    prompt in whose light it was read, and how.

    Whoever shares a phone has not said whose each text is: there only danger is read across texts.
    """
    language = language_of(owners)
    alone = interpret(inbound.body, prompt, language)
    if not _TURNED_ROUND.isdisjoint(inbound.body):
        return replace(alone, act=Act.HUMAN, sure=frozenset()), prompt, Burst()
    earlier = [] if first else _earlier(session, inbound, prompt, owners)
    if not earlier:
        return alone, prompt, Burst()
    asked = Prompt(earlier[0].reading.prompt)
    bodies = [one.text.body for one in earlier]
    joint = interpret(inbound.body, asked, language, Context(tuple(bodies)))
    before = interpret(bodies[-1], asked, language, Context(tuple(bodies[:-1])))
    done = [Intent(one.reading.intent) if one.reading.act else None for one in earlier]
    if any(_told_harm(one.reading) for one in earlier):
        # "im gonna kill" / "myself": what was told of as harm to others may be to themselves, and
        # nothing else is made of it
        if Intent.CRISIS in joint.intents and Intent.CRISIS not in alone.intents:
            return joint, asked, Burst(tuple(one.text.id for one in earlier), How.JOINED)
        return alone, prompt, Burst()
    choice = choose(alone, joint, before, text=inbound.body, earlier=bodies, done=done)
    if len(owners) > 1 and DANGER.isdisjoint(choice.interpretation.intents):
        return alone, prompt, Burst()
    whole = choice.how in (How.JOINED, How.SAME)
    return (
        choice.interpretation,
        asked if whole else prompt,
        Burst(tuple(one.text.id for one in earlier), choice.how),
    )


def _earlier(
    session: Session, inbound: Inbound, prompt: Prompt, owners: Sequence[PhoneOwner]
) -> list[_Earlier]:
    """The texts that belong with this one, oldest first: the rule in one place (the bounds are
    settings).
    """
    apart = _apart(owners)
    if not apart or _stands_alone(inbound.body):
        return []
    given = {
        "number": inbound.from_number,
        "id": inbound.id,
        "since": inbound.received_at - MOST * apart,
    }
    rows = [_Earlier(text, reading) for text, reading in session.execute(_BEFORE, given)]
    person = owners[0].person.id if len(owners) == 1 else None
    found: list[_Earlier] = []
    after = inbound
    for one in rows:
        if after.received_at - one.text.received_at > apart or not _goes_on(one, prompt, person):
            break
        found.append(one)
        after = one.text
    return _since_ours(session, inbound, found)[::-1]


def _apart(owners: Sequence[PhoneOwner]) -> timedelta:
    rules = [owner.contactability.hub for owner in owners] or [HubRules()]
    return timedelta(minutes=min(one.texts_together_minutes for one in rules))


def _goes_on(one: _Earlier, prompt: Prompt, person: uuid.UUID | None) -> bool:
    """Whether the next text can go on from this one: nobody has dealt with it, and it was no whole
    answer, command or crisis.
    """
    reading = one.reading
    asked = Prompt(reading.prompt)
    harm = _told_harm(reading)
    return (
        reading.person_id == person
        and reading.read_at is None
        and reading.taken_back_at is None
        and not reading.passed_over
        and Intent.CRISIS not in reading.intents
        and not _stands_alone(one.text.body)
        and (harm or not (reading.act and asked in _NUMBERED))
        and (asked is prompt or {asked, prompt} <= _OF_COMING)
    )


def _told_harm(reading: ReplyRecord) -> bool:
    return Intent.HARM_TO_OTHERS in reading.intents


def _stands_alone(body: str) -> bool:
    """A word that always works, a bare choice ("2", "both"), or nothing at all: no piece of a
    sentence.
    """
    whole = suppression.stop_word(body) or suppression.start_word(body) or keyword(body)
    return not body.strip() or bool(whole) or read_choice(body, _CHOICES) is not None


def _since_ours(session: Session, inbound: Inbound, found: list[_Earlier]) -> list[_Earlier]:
    """Those of `found` (newest first) after which nothing left for the number but answers to them."""
    if not found:
        return []
    oldest = found[-1].text.received_at
    ids = {one.text.id for one in found}
    ours = session.execute(
        _OURS, {"number": inbound.from_number, "since": oldest, "until": inbound.received_at}
    )
    for at, context in ours:
        if context.get("purpose") == "reply" and context.get("inbound") in ids:
            continue
        return [one for one in found if one.text.received_at >= at]
    return found


def evidence(burst: Burst) -> list[Evidence]:
    """The earlier texts that a reading rests on with this one."""
    return [Evidence("inbound", str(id)) for id in burst.before if burst.how is How.JOINED]


def follow(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Before a text is done: what the earlier ones recorded and the whole does not say counts no
    more. What adds nothing is done already.
    """
    before, how = context.burst.before, context.burst.how
    if not before:
        return None
    if how is How.SAME:
        return Handled("Goes on from the text before: nothing new in it", person_id=owner.person.id)
    if unsaid := _unsaid(context.interpretation, how):
        withdrawal.withdraw(context, owner, before, kinds=unsaid)
    if how is How.JOINED and context.interpretation.acts:
        _understood(context, owner)
    if how is How.DOUBTED:
        return attendance.unsure(context, owner, "It may turn round what they said just before")
    return None


def _unsaid(interpretation: Interpretation, how: How) -> frozenset[IntentKind]:
    """What the whole does not say: with a doubt, a yes; with a reading of the whole, whatever else
    was taken from its parts.
    """
    if how is How.JOINED:
        said = {kind for intent, kind in attendance.KINDS.items() if interpretation.surely(intent)}
        return frozenset(IntentKind) - said
    moved = interpretation.surely(Intent.RESCHEDULE) and not interpretation.surely(Intent.CONFIRM)
    return frozenset({IntentKind.WILL_ATTEND}) if how is How.DOUBTED or moved else frozenset()


def _understood(context: ReplyContext, owner: PhoneOwner) -> None:
    """The earlier pieces were left to a human, or asked about, only because the rest was missing."""
    pieces = context.session.scalars(
        select(ReplyRecord).where(ReplyRecord.inbound_id.in_(context.burst.before))
    ).all()
    for piece in pieces:
        if (
            piece.needs_human
            and piece.read_at is None
            and piece.done.startswith(attendance.UNCLEAR)
        ):
            piece.needs_human = False
            piece.done = f"{attendance.UNCLEAR} alone; read with what came after"
    ids = {str(piece.id) for piece in pieces}
    for question in open_for(
        context.session, context.number, context.received_at, QuestionKind.WHICH
    ):
        if question.person_id == owner.person.id and question.options["reading"] in ids:
            close(question, now=context.now, inbound_id=context.inbound.id)
