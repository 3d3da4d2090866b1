"""Automatic answers to texts: whether one may be sent, and putting it in the queue.

All limits on answers are here: a stopped number gets nothing but the confirmation, rule 1 may
forbid content, a number gets so many answers an hour at most (two machines may be answering each
other), and an answer that says nothing new is not repeated. A text must never get two answers.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from engage import texts
from engage.appointments.model import Appointment
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner, can_be_texted
from engage.people.rules import AnswerScope
from engage.texts import Purpose, TextKind
from messaging import outbox, suppression
from messaging.outbox import Lane, Route
from messaging.sending import pacing
from messaging.states import NEVER_LEFT
from messaging.tables import Message

ANSWER_LIFE = timedelta(hours=24)
_HOUR = timedelta(hours=1)
MAX_ANSWERS_PER_HOUR = 10
MAX_SAFETY_TEXTS_PER_HOUR = 3
MIN_INTERVALS = {
    TextKind.NOT_SURE: timedelta(hours=6),
    TextKind.NOT_SURE_UNNAMED: timedelta(hours=6),
    TextKind.PICTURE: timedelta(hours=6),
    TextKind.UNKNOWN_NUMBER: timedelta(days=30),
}
"""How soon an answer that says nothing new may be repeated to a number [ours]."""

NEUTRAL_TEXTS = {
    TextKind.CRISIS,
    TextKind.HELP,
    TextKind.NOT_SURE_UNNAMED,
    TextKind.UNKNOWN_NUMBER,
    TextKind.WHO,
}
"""Texts from which another reader of the phone learns nothing about anybody."""

_ONCE_PER_BURST = {
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
"""Thanks that are sent once for several texts in a row with the same result."""

STOP_CONFIRMATIONS = {TextKind.OPTED_OUT_ORDER, TextKind.OPTED_OUT_VOLUNTARY, TextKind.WRONG_NUMBER}
"""Confirmations that texts have stopped. They may be sent to a stopped number."""


def send(
    context: ReplyContext,
    kind: TextKind,
    body: str,
    *,
    owner: PhoneOwner | None,
    about: Appointment | None = None,
) -> bool:
    """Queue the answer to a text if it may be sent; return whether the text has its answer.

    An answer about an appointment is withdrawn with it. If the hourly limit holds an answer back,
    `context.effects` says so.
    """
    if context.quiet or not _is_allowed(context, kind, owner):
        return False
    if kind in _ONCE_PER_BURST and _was_sent_in_burst(context, body):
        return True
    if kind is not TextKind.CRISIS and _is_over_hourly_limit(context):
        context.effects.answer_limited = True
        return False
    if _is_repeated_too_soon(context, kind):
        return False
    outbox.enqueue(
        context.session,
        outbox.Text(
            to=context.number,
            body=body,
            lane=Lane.SAFETY if kind is TextKind.CRISIS else Lane.REPLY,
            dedupe_key=_dedupe_key(context.answer_to.id),
            recipient=str(owner.person.id) if owner else None,
            group_key=f"appointment:{about.id}" if about else None,
            expires_at=context.now + ANSWER_LIFE,
            context={
                "purpose": Purpose.REPLY,
                "texts": kind.value,
                "inbound": context.answer_to.id,
                **({"person": str(owner.person.id)} if owner else {}),
            },
            despite_stop=kind in STOP_CONFIRMATIONS,
            # An unknown number is answered through the provider that it wrote to.
            route=owner.contactability.hub.route if owner else Route(context.inbound.provider),
            redact=owner is not None and owner.contactability.hub.redact_after_delivery,
        ),
        now=context.now,
    )
    return True


def send_neutral(
    context: ReplyContext, kind: TextKind, language: str, *, owner: PhoneOwner | None = None
) -> bool:
    """Send a text that has no blanks."""
    return send(context, kind, texts.render(kind, language), owner=owner)


def send_personal(context: ReplyContext, kind: TextKind, owner: PhoneOwner) -> bool:
    """Send a text that may name the person and their offender manager, and nothing else."""
    known: dict[str, str | int] = {"first": first_name(owner), "worker": manager_name(owner)}
    language = owner.person.language
    blanks = texts.wording(kind, language).blanks
    body = texts.render(
        kind, language, **{name: value for name, value in known.items() if name in blanks}
    )
    return send(context, kind, body, owner=owner)


def send_not_sure(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Say that a worker will read the text; without a name if others may have the phone."""
    if owner.scope is AnswerScope.OPEN:
        return send_personal(context, TextKind.NOT_SURE, owner)
    return send_neutral(context, TextKind.NOT_SURE_UNNAMED, owner.person.language, owner=owner)


def first_name(owner: PhoneOwner) -> str:
    """The name that texts use for the person."""
    return texts.shorten_first_name(owner.person.first_name, owner.person.preferred_name)


def manager_name(owner: PhoneOwner) -> str:
    """The name that texts use for the person's offender manager."""
    return owner.person.offender_manager.first_name


def queued(context: ReplyContext) -> Message:
    """The answer to the text, in the queue."""
    key = _dedupe_key(context.answer_to.id)
    return context.session.scalars(select(Message).where(Message.dedupe_key == key)).one()


def _dedupe_key(inbound_id: int) -> str:
    return f"reply:{inbound_id}"


def _is_allowed(context: ReplyContext, kind: TextKind, owner: PhoneOwner | None) -> bool:
    if not can_be_texted(context.number) or (owner is None and _is_own_number(context)):
        return False
    if kind in STOP_CONFIRMATIONS:
        return True
    if suppression.is_suppressed(context.session, context.number):
        return False
    if kind is TextKind.CRISIS:
        return True
    if owner is None:
        return kind in NEUTRAL_TEXTS or kind is TextKind.START
    if kind in NEUTRAL_TEXTS:
        return owner.scope is not AnswerScope.SILENT
    return owner.scope is AnswerScope.OPEN


def _is_own_number(context: ReplyContext) -> bool:
    """Whether we send from the number that the text came from. Engage must never text itself."""
    return context.number == context.inbound.to_number or pacing.is_sender(
        context.session, context.number
    )


def _was_sent_in_burst(context: ReplyContext, body: str) -> bool:
    """Whether the same words already answer one of the texts just before this one."""
    keys = [_dedupe_key(id) for id in context.burst.earlier]
    if not keys:
        return False
    same = select(Message.id).where(
        Message.dedupe_key.in_(keys), Message.body == body, Message.status.not_in(NEVER_LEFT)
    )
    return context.session.scalar(same.limit(1)) is not None


def _is_over_hourly_limit(context: ReplyContext) -> bool:
    return _answers_since(context, context.now - _HOUR) >= MAX_ANSWERS_PER_HOUR


def _is_repeated_too_soon(context: ReplyContext, kind: TextKind) -> bool:
    if kind is TextKind.CRISIS:
        count = _answers_since(context, context.now - _HOUR, kind)
        return count >= MAX_SAFETY_TEXTS_PER_HOUR
    interval = MIN_INTERVALS.get(kind)
    return interval is not None and _answers_since(context, context.now - interval, kind) > 0


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


def _answers_since(context: ReplyContext, since: datetime, kind: TextKind | None = None) -> int:
    """The number of answers to the number since a moment, of a kind or of any."""
    given = {"number": context.number, "since": since}
    if kind is not None:
        return context.session.scalar(_ANSWERS_OF_KIND, {**given, "kind": kind.value}) or 0
    return context.session.scalar(_ANSWERS, given) or 0
