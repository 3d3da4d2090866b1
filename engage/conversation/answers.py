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
from engage.texts import Purpose, TextKind
from messaging import outbox, suppression
from messaging.outbox import Lane, Route
from messaging.sending import pacing
from messaging.states import NEVER_LEFT
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
    context: ReplyContext,
    kind: TextKind,
    body: str,
    *,
    owner: PhoneOwner | None,
    about: Appointment | None = None,
) -> bool:
    """Queue the one answer to a text, if it may go; True when it will. An answer about an
    appointment is withdrawn with it.
    """
    if context.quiet or not _may(context, kind, owner):
        return False
    if kind in _ONCE_IN_A_ROW and _said_just_now(context, body):
        return True
    if not _within_limits(context, kind):
        return False
    outbox.enqueue(
        context.session,
        outbox.Text(
            to=context.number,
            body=body,
            lane=Lane.SAFETY if kind is TextKind.CRISIS else Lane.REPLY,
            dedupe_key=f"reply:{context.answer_to.id}",
            recipient=str(owner.person.id) if owner else None,
            group_key=f"appointment:{about.id}" if about else None,
            expires_at=context.now + LIFE,
            context={
                "purpose": Purpose.REPLY,
                "texts": kind.value,
                "inbound": context.answer_to.id,
                **({"person": str(owner.person.id)} if owner else {}),
            },
            despite_stop=kind in LAST_WORDS,
            # A number that is nobody's is answered by the provider that it wrote to.
            route=owner.contactability.hub.route if owner else Route(context.inbound.provider),
            redact=owner is not None and owner.contactability.hub.redact_after_delivery,
        ),
        now=context.now,
    )
    return True


def neutral(
    context: ReplyContext, kind: TextKind, language: str, *, owner: PhoneOwner | None = None
) -> bool:
    """Answer with a text that has no blanks."""
    return answer(context, kind, texts.render(kind, language), owner=owner)


def personal(context: ReplyContext, kind: TextKind, owner: PhoneOwner) -> bool:
    """Answer with a text that may name the person and their offender manager, and nothing else."""
    known: dict[str, str | int] = {"first": first_name(owner), "worker": manager_name(owner)}
    language = owner.person.language
    blanks = texts.wording(kind, language).blanks
    body = texts.render(
        kind, language, **{name: value for name, value in known.items() if name in blanks}
    )
    return answer(context, kind, body, owner=owner)


def not_sure(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Say that a human will read it; without a name where the phone may be in other hands."""
    if owner.scope is AnswerScope.OPEN:
        return personal(context, TextKind.NOT_SURE, owner)
    return neutral(context, TextKind.NOT_SURE_UNNAMED, owner.person.language, owner=owner)


def first_name(owner: PhoneOwner) -> str:
    """What texts call the person."""
    return texts.shorten_first_name(owner.person.first_name, owner.person.preferred_name)


def manager_name(owner: PhoneOwner) -> str:
    """What texts call the person's offender manager, who sees the signals and reads what a machine
    cannot.
    """
    return owner.person.offender_manager.first_name


def _may(context: ReplyContext, kind: TextKind, owner: PhoneOwner | None) -> bool:
    if not textable(context.number) or (owner is None and _is_ours(context)):
        return False
    if kind in LAST_WORDS:
        return True
    if suppression.is_suppressed(context.session, context.number):
        return False
    if kind is TextKind.CRISIS:
        return True
    if owner is None:
        return kind in NOTHING_LEARNT or kind is TextKind.START
    if kind in NOTHING_LEARNT:
        return owner.scope is not AnswerScope.SILENT
    return owner.scope is AnswerScope.OPEN


def _is_ours(context: ReplyContext) -> bool:
    """Whether the text came from a number that we send from: answering it would be texting
    ourselves.
    """
    return context.number == context.inbound.to_number or pacing.is_sender(
        context.session, context.number
    )


def _said_just_now(context: ReplyContext, body: str) -> bool:
    """Whether these very words answer one of the texts just before this one already."""
    keys = [f"reply:{id}" for id in context.burst.before]
    if not keys:
        return False
    same = select(Message.id).where(
        Message.dedupe_key.in_(keys), Message.body == body, Message.status.not_in(NEVER_LEFT)
    )
    return context.session.scalar(same.limit(1)) is not None


def _within_limits(context: ReplyContext, kind: TextKind) -> bool:
    if kind is TextKind.CRISIS:
        return (
            _answers_since(context.session, context.number, context.now - HOUR, kind)
            < SAFETY_AN_HOUR
        )
    if _answers_since(context.session, context.number, context.now - HOUR) >= ANSWERS_AN_HOUR:
        context.effects.answer_limited = True
        return False
    every = AT_MOST_EVERY.get(kind)
    return every is None or not _answers_since(
        context.session, context.number, context.now - every, kind
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
