"""Automatic answers to texts: whether one may go, and putting it in the queue.

The one place that holds answers to their limits: nothing to a stopped number but the confirmation,
no content where rule 1 forbids it, at most so many an hour to one number (two machines may be
answering each other), no nagging. One answer per text, whatever happens.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engage import texts
from engage.appointments.model import Appointment
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import AnswerScope, PhoneOwner, textable
from engage.texts import TextKind
from messaging import outbox, suppression
from messaging.outbox import Lane, Route
from messaging.sending import pacing
from messaging.states import MessageStatus
from messaging.tables import Message

LIFE = timedelta(hours=24)
HOUR = timedelta(hours=1)
ANSWERS_AN_HOUR = 10
SAFETY_AN_HOUR = 3
AT_MOST_EVERY = {
    TextKind.NOT_SURE: timedelta(hours=6),
    TextKind.NOT_SURE_UNNAMED: timedelta(hours=6),
    TextKind.PICTURE: timedelta(hours=6),
    TextKind.UNKNOWN_NUMBER: timedelta(days=30),
}
"""An answer that says nothing new is not repeated sooner than this to one number [ours]."""

NOTHING_LEARNT = {
    TextKind.CRISIS,
    TextKind.HELP,
    TextKind.NOT_SURE_UNNAMED,
    TextKind.UNKNOWN_NUMBER,
    TextKind.WHO,
}
"""Texts from which somebody else with the phone in hand learns nothing about anybody."""

_ONCE_IN_A_ROW = {
    TextKind.WILL_ATTEND,
    TextKind.CANNOT_ATTEND,
    TextKind.LATE,
    TextKind.HERE,
    TextKind.CALL,
    TextKind.ABSENCE_THANKS,
    TextKind.GOOD_NEWS,
    TextKind.HARD_NEWS,
    TextKind.NEWS,
    TextKind.CHECK_IN_THANKS,
}
"""Thanks for what was said: said once for several texts in a row that come to the same."""

LAST_WORDS = {TextKind.OPTED_OUT_ORDER, TextKind.OPTED_OUT_VOLUNTARY, TextKind.WRONG_NUMBER}
"""Confirm that texts stop, and may go although they have."""


def answer(
    turn: ReplyContext,
    kind: TextKind,
    body: str,
    *,
    holder: PhoneOwner | None,
    about: Appointment | None = None,
) -> bool:
    """Queue the one answer to a text, if it may go; True when it will. An answer about an
    appointment is withdrawn with it.
    """
    if turn.quiet or not _may(turn, kind, holder):
        return False
    if kind in _ONCE_IN_A_ROW and _said_just_now(turn, body):
        return True
    if not _within_limits(turn, kind):
        return False
    outbox.enqueue(
        turn.session,
        outbox.Text(
            to=turn.number,
            body=body,
            lane=Lane.SAFETY if kind is TextKind.CRISIS else Lane.REPLY,
            dedupe_key=f"reply:{turn.answers_to.id}",
            recipient=str(holder.person.id) if holder else None,
            group_key=f"appointment:{about.id}" if about else None,
            expires_at=turn.now + LIFE,
            context={
                "purpose": "reply",
                "texts": kind.value,
                "inbound": turn.answers_to.id,
                **({"person": str(holder.person.id)} if holder else {}),
            },
            despite_stop=kind in LAST_WORDS,
            # A number that is nobody's is answered by the provider that it wrote to.
            route=holder.reach.hub.route if holder else Route(turn.inbound.provider),
            redact=holder is not None and holder.reach.hub.redact_after_delivery,
        ),
        now=turn.now,
    )
    return True


def neutral(
    turn: ReplyContext, kind: TextKind, language: str, *, holder: PhoneOwner | None = None
) -> bool:
    """Answer with a text that has no blanks."""
    return answer(turn, kind, texts.render(kind, language), holder=holder)


def personal(turn: ReplyContext, kind: TextKind, holder: PhoneOwner) -> bool:
    """Answer with a text that may name the person and their offender manager, and nothing else."""
    known: dict[str, str | int] = {"first": first_name(holder), "worker": manager_name(holder)}
    language = holder.person.language
    blanks = texts.wording(kind, language).blanks
    body = texts.render(
        kind, language, **{name: value for name, value in known.items() if name in blanks}
    )
    return answer(turn, kind, body, holder=holder)


def not_sure(turn: ReplyContext, holder: PhoneOwner) -> bool:
    """Say that a human will read it; without a name where the phone may be in other hands."""
    if holder.standing is AnswerScope.OPEN:
        return personal(turn, TextKind.NOT_SURE, holder)
    return neutral(turn, TextKind.NOT_SURE_UNNAMED, holder.person.language, holder=holder)


def first_name(holder: PhoneOwner) -> str:
    """What texts call the person."""
    return texts.shorten_first_name(holder.person.first_name, holder.person.preferred_name)


def manager_name(holder: PhoneOwner) -> str:
    """What texts call the person's offender manager, who sees the signals and reads what a machine
    cannot.
    """
    return holder.person.offender_manager.first_name


def _may(turn: ReplyContext, kind: TextKind, holder: PhoneOwner | None) -> bool:
    if not textable(turn.number) or (holder is None and _is_ours(turn)):
        return False
    if kind in LAST_WORDS:
        return True
    if suppression.is_suppressed(turn.session, turn.number):
        return False
    if kind is TextKind.CRISIS:
        return True
    if holder is None:
        return kind in NOTHING_LEARNT or kind is TextKind.START
    if kind in NOTHING_LEARNT:
        return holder.standing is not AnswerScope.SILENT
    return holder.standing is AnswerScope.OPEN


def _is_ours(turn: ReplyContext) -> bool:
    """Whether the text came from a number that we send from: answering it would be texting
    ourselves.
    """
    return turn.number == turn.inbound.to_number or pacing.sends(turn.session, turn.number)


def _said_just_now(turn: ReplyContext, body: str) -> bool:
    """Whether these very words answer one of the texts just before this one already."""
    keys = [f"reply:{id}" for id in turn.burst.before]
    if not keys:
        return False
    same = select(Message.id).where(
        Message.dedupe_key.in_(keys), Message.body == body, Message.status.not_in(_NEVER_LEFT)
    )
    return turn.session.scalar(same.limit(1)) is not None


def _within_limits(turn: ReplyContext, kind: TextKind) -> bool:
    if kind is TextKind.CRISIS:
        return _answers_since(turn.session, turn.number, turn.now - HOUR, kind) < SAFETY_AN_HOUR
    if _answers_since(turn.session, turn.number, turn.now - HOUR) >= ANSWERS_AN_HOUR:
        turn.limited = True
        return False
    every = AT_MOST_EVERY.get(kind)
    return every is None or not _answers_since(turn.session, turn.number, turn.now - every, kind)


_NEVER_LEFT = (
    MessageStatus.WITHDRAWN,
    MessageStatus.WITHHELD,
    MessageStatus.EXPIRED,
    MessageStatus.REFUSED,
)
_ANSWERS = (
    select(func.count())
    .select_from(Message)
    .where(
        Message.to_number == bindparam("number"),
        Message.created_at > bindparam("since"),
        Message.context["purpose"].astext == "reply",
    )
)
_ANSWERS_OF_KIND = _ANSWERS.where(Message.context["texts"].astext == bindparam("kind"))


def _answers_since(
    session: Session, number: str, since: datetime, kind: TextKind | None = None
) -> int:
    given = {"number": number, "since": since}
    if kind is not None:
        return session.scalar(_ANSWERS_OF_KIND, {**given, "kind": kind.value}) or 0
    return session.scalar(_ANSWERS, given) or 0
