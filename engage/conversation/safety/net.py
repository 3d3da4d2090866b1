"""The net: a text that was not understood and is sad, angry or final goes up the list with a clock
of an hour, and several texts that were not understood ring somebody.

Neither is called danger, to the person or to anybody else. Danger, the texts after it, and texts
for a worker who has the conversation are not the net's.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, select

from engage.conversation import takeover
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.model import ReplyRecord
from engage.conversation.outcomes import UNCLEAR
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.safety import after_danger
from engage.conversation.safety.alerts import CHANNEL
from engage.conversation.signals import raise_signal
from engage.core.db import wake
from engage.signals import Evidence, SignalKind
from engage.understanding.joining import JoinMode
from engage.understanding.vocabulary import Intent

UNCLEAR_TEXTS, WITHIN = 3, timedelta(hours=1)
"""So many texts that were not understood in this time ring somebody."""
UNDERSTOOD_FROM = 0.6
"""From this confidence a text is understood, though Engage may not act on it [ours]."""
_UNCLEAR = (
    select(ReplyRecord.inbound_id, ReplyRecord.read_with)
    .where(
        ReplyRecord.number == bindparam("number"),
        ReplyRecord.at > bindparam("since"),
        ~ReplyRecord.passed_over,
        ReplyRecord.needs_human,
        ~ReplyRecord.act,
        ReplyRecord.read_at.is_(None),
        ReplyRecord.done.contains(UNCLEAR),
        (ReplyRecord.confidence < UNDERSTOOD_FROM) | (ReplyRecord.intent == Intent.OTHER),
        ReplyRecord.intent != Intent.QUESTION,
    )
    .order_by(ReplyRecord.at, ReplyRecord.inbound_id)
)


def catch(context: ReplyContext, handled: Handled, owners: Sequence[PhoneOwner]) -> Handled:
    """Raise the signals of the net for a text that was handled, if it is one of its texts."""
    if not owners or not _is_unclear(context, handled):
        return handled
    unclear = _unclear_texts(context)
    is_worrying = context.interpretation.worrying
    is_many = _is_not_understood(context, handled) and len(unclear) >= UNCLEAR_TEXTS
    if not (is_worrying or is_many) or _has_human(context, owners):
        return handled
    if is_worrying:
        _raise(
            context,
            owners,
            SignalKind.WORRYING_TEXT,
            "A text that was not understood is sad, angry or final.",
            context.evidence,
        )
        handled = handled.with_words("a worker is asked to read it within the hour")
    if is_many:
        _raise(
            context,
            owners,
            SignalKind.TEXTS_NOT_UNDERSTOOD,
            f"{len(unclear)} texts within an hour were not understood.",
            [Evidence("inbound", str(id)) for id in unclear],
        )
        wake(context.session, CHANNEL)
        handled = handled.with_words("staff are told: several texts were not understood")
    return handled


def _is_unclear(context: ReplyContext, handled: Handled) -> bool:
    return (
        handled.needs_human
        and not handled.acted
        and not handled.passed_over
        and not context.interpretation.dangers
        and not context.other_reader
        and bool(context.body.strip())
    )


def _is_not_understood(context: ReplyContext, handled: Handled) -> bool:
    if not handled.words.startswith(UNCLEAR):
        return False
    found = context.interpretation
    is_unsure = found.confidence < UNDERSTOOD_FROM and found.intent is not Intent.QUESTION
    return is_unsure or found.intent is Intent.OTHER


def _unclear_texts(context: ReplyContext) -> list[int]:
    """The texts of the last hour that were not understood, this one last. Pieces of one text count
    once.
    """
    given = {"number": context.number[:16], "since": context.received_at - WITHIN}
    rows = context.session.execute(_UNCLEAR, given).all()
    pieces = {piece for _, read_with in rows for piece in read_with}
    if context.burst.mode is JoinMode.JOINED:
        pieces |= set(context.burst.earlier)
    return [*(id for id, _ in rows if id not in pieces), context.inbound.id]


def _has_human(context: ReplyContext, owners: Sequence[PhoneOwner]) -> bool:
    """Whether staff are on it already: after danger, or because a worker has the conversation."""
    people = [owner.person.id for owner in owners]
    return bool(after_danger.open_alerts(context.session, people, context.now)) or any(
        takeover.current(context.session, person, context.now) for person in people
    )


def _raise(
    context: ReplyContext,
    owners: Sequence[PhoneOwner],
    kind: SignalKind,
    why: str,
    evidence: Sequence[Evidence],
) -> None:
    for owner in owners:
        raise_signal(
            context.session,
            kind,
            owner.person,
            about="texts",
            why=why,
            evidence=evidence,
            now=context.now,
        )
