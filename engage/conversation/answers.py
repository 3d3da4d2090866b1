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
from engage.understanding.vocabulary import Intent
from messaging import outbox, suppression
from messaging.outbox import Lane, Route
from messaging.sending import pacing
from messaging.states import NEVER_LEFT
from messaging.tables import Inbound, Message

ANSWER_LIFE = timedelta(hours=24)
_HOUR = timedelta(hours=1)
MAX_ANSWERS_PER_HOUR = 10
MAX_SAFETY_TEXTS_PER_HOUR = 3
MIN_INTERVALS = {
    TextKind.NOT_SURE: timedelta(hours=6),
    TextKind.NOT_SURE_UNNAMED: timedelta(hours=6),
    TextKind.NOT_SURE_MORE: timedelta(hours=6),
    TextKind.KEEP_TEXTS: timedelta(hours=1),
    TextKind.ASK_END_TEXTS: timedelta(hours=12),
    TextKind.ASK_WHOSE: timedelta(hours=12),
    TextKind.LIKE_ASKED: timedelta(hours=6),
    TextKind.ASK_COMING: timedelta(hours=6),
    TextKind.FROM_OTHER: timedelta(minutes=30),
    TextKind.WHO_WRITES: timedelta(minutes=30),
    TextKind.UNDECIDED: timedelta(hours=6),
    TextKind.UNDECIDED_SOON: timedelta(hours=6),
    TextKind.PICTURE: timedelta(hours=6),
    TextKind.HEARD: timedelta(hours=6),
    TextKind.AFTER_DANGER: timedelta(hours=6),
    TextKind.UNKNOWN_NUMBER: timedelta(days=30),
}
"""How soon an answer that says nothing new may be repeated to a number [ours]."""

NEUTRAL_TEXTS = {
    *texts.SAFETY_TEXTS,
    TextKind.AFTER_DANGER,
    TextKind.HEARD,
    TextKind.HELP,
    TextKind.NOT_SURE_UNNAMED,
    TextKind.UNKNOWN_NUMBER,
    TextKind.WHO,
    TextKind.ASK_END_TEXTS,
    TextKind.ASK_WHOSE,
    TextKind.KEEP_TEXTS,
    TextKind.FROM_OTHER,
    TextKind.WHO_WRITES,
}
"""Texts from which another reader of the phone learns nothing about anybody."""

_ONCE_PER_BURST = {
    TextKind.WILL_ATTEND,
    TextKind.CANNOT_ATTEND,
    TextKind.NO_RECORDED,
    TextKind.NO_BECAUSE,
    TextKind.NO_SORRY,
    TextKind.LATE,
    TextKind.LATE_ON,
    TextKind.HERE,
    TextKind.CALL,
    TextKind.ABSENCE_THANKS,
    TextKind.GOOD_NEWS,
    TextKind.HARD_NEWS,
    TextKind.NEWS,
    TextKind.CHECK_IN_THANKS,
}
"""Thanks that are sent once for several texts in a row with the same result."""

_TEXT_KINDS = frozenset(TextKind)
_TWICE_RUNNING = timedelta(days=1)
_CONFIRMS = {
    TextKind.WILL_ATTEND,
    TextKind.LATE,
    TextKind.LATE_ON,
    TextKind.HERE,
    TextKind.NO_RECORDED,
    TextKind.NO_BECAUSE,
    TextKind.NO_SORRY,
}
"""What is told back. Said again in the same words, it gets a short "got it"."""
_NOT_REPLACED = {
    TextKind.NOT_SURE_MORE,
    TextKind.NOT_SURE_AGAIN,
    TextKind.PICTURE,
    TextKind.GOT_IT,
}
"""Of these, what gets no other words in its place."""

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
    if kind not in texts.SAFETY_TEXTS and _is_over_hourly_limit(context):
        context.effects.answer_limited = True
        return False
    if owner is not None and kind in _CONFIRMS and _last_said(context) == body:
        kind = TextKind.GOT_IT
        body = texts.render(kind, owner.person.language, first=first_name(owner))
    if _is_repeated_too_soon(context, kind) or _was_last_said(context, kind, body):
        return False
    outbox.enqueue(
        context.session,
        outbox.Text(
            to=context.number,
            body=body,
            lane=Lane.SAFETY if kind in texts.SAFETY_TEXTS else Lane.REPLY,
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
    """Send a text that may name the person and their offender manager, and nothing else.

    In place of thanks that were the last answer too, it says that this text has come as well.
    """
    if _send_named(context, kind, owner):
        return True
    if kind not in texts.SAYS_NOTHING_NEW - _NOT_REPLACED or _says_the_same(context):
        return False
    return _send_named(context, TextKind.NOT_SURE_MORE, owner) or _send_named(
        context, TextKind.NOT_SURE_AGAIN, owner
    )


def _send_named(context: ReplyContext, kind: TextKind, owner: PhoneOwner) -> bool:
    known: dict[str, str | int] = {"first": first_name(owner), "worker": manager_name(owner)}
    language = owner.person.language
    blanks = texts.wording(kind, language).blanks
    body = texts.render(
        kind, language, **{name: value for name, value in known.items() if name in blanks}
    )
    return send(context, kind, body, owner=owner)


def send_not_sure(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Say that a worker will read the text; without a name if others may have the phone. A second
    text gets other words, so that nobody who says something new is left without an answer. A sad,
    angry or final text gets kinder words.
    """
    language = owner.person.language
    if context.interpretation.worrying and send_neutral(
        context, TextKind.HEARD, language, owner=owner
    ):
        return True
    if owner.scope is not AnswerScope.OPEN:
        return send_neutral(context, TextKind.NOT_SURE_UNNAMED, language, owner=owner)
    asks = context.interpretation.intent is Intent.QUESTION
    if asks and send_personal(context, TextKind.QUESTION_PASSED, owner):
        return True
    return send_personal(context, TextKind.NOT_SURE, owner)


_SAME_WORDS = (
    select(Inbound.id)
    .where(
        Inbound.from_number == bindparam("number"),
        Inbound.received_at > bindparam("since"),
        Inbound.id < bindparam("id"),
        Inbound.body == bindparam("body"),
    )
    .limit(1)
)


def _says_the_same(context: ReplyContext) -> bool:
    """Whether the number sent the same words within the interval of such an answer."""
    since = context.received_at - MIN_INTERVALS[TextKind.NOT_SURE]
    given = {
        "number": context.number,
        "since": since,
        "id": context.inbound.id,
        "body": context.inbound.body,
    }
    return context.session.scalar(_SAME_WORDS, given) is not None


def first_name(owner: PhoneOwner) -> str:
    """The name that texts use for the person."""
    return texts.shorten_first_name(owner.person.first_name, owner.person.preferred_name)


def manager_name(owner: PhoneOwner) -> str:
    """The name that texts use for the person's offender manager."""
    return owner.person.offender_manager.first_name


def was_answered(context: ReplyContext) -> bool:
    """Whether the text has an answer in the queue."""
    key = _dedupe_key(context.answer_to.id)
    return (
        context.session.scalar(select(Message.id).where(Message.dedupe_key == key).limit(1))
        is not None
    )


def last_kind(context: ReplyContext) -> TextKind | None:
    """The kind of the latest automatic answer to the number."""
    latest = (
        select(Message.context["texts"].astext)
        .where(
            Message.to_number == context.number, Message.context["purpose"].astext == Purpose.REPLY
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(1)
    )
    kind = context.session.scalar(latest)
    return TextKind(kind) if kind in _TEXT_KINDS else None


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
    if kind in texts.SAFETY_TEXTS:
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
    if kind in texts.SAFETY_TEXTS:
        return _is_over_safety_limit(context, kind)
    interval = MIN_INTERVALS.get(kind)
    return interval is not None and _answers_since(context, context.now - interval, kind) > 0


_LAST_SAID = (
    select(Message.body)
    .where(
        Message.to_number == bindparam("number"),
        Message.created_at > bindparam("since"),
        Message.context["purpose"].astext == Purpose.REPLY,
        Message.status.not_in(NEVER_LEFT),
    )
    .order_by(Message.created_at.desc(), Message.id.desc())
    .limit(1)
)


def _was_last_said(context: ReplyContext, kind: TextKind, body: str) -> bool:
    """Whether these words say nothing new, and were the last answer to the number within a day."""
    return kind in texts.SAYS_NOTHING_NEW and _last_said(context) == body


def _last_said(context: ReplyContext) -> str | None:
    """The words of the last answer to the number within a day."""
    given = {"number": context.number, "since": context.now - _TWICE_RUNNING}
    return context.session.scalar(_LAST_SAID, given)


def _is_over_safety_limit(context: ReplyContext, kind: TextKind) -> bool:
    """Whether so many safety texts went out in an hour that only new advice may."""
    sent = _safety_texts_since(context, context.now - _HOUR)
    return len(sent) >= MAX_SAFETY_TEXTS_PER_HOUR and kind in sent


def last_safety_text(context: ReplyContext) -> TextKind | None:
    """The last safety text to the number within a day."""
    sent = _safety_texts_since(context, context.now - ANSWER_LIFE)
    return sent[-1] if sent else None


def _safety_texts_since(context: ReplyContext, since: datetime) -> list[TextKind]:
    """The safety texts to the number since a moment that were not held back, oldest first."""
    given = {"number": context.number, "since": since, "kinds": sorted(texts.SAFETY_TEXTS)}
    return [TextKind(kind) for kind in context.session.scalars(_SAFETY_TEXTS, given)]


_ANSWERS = (
    select(func.count())
    .select_from(Message)
    .where(
        Message.to_number == bindparam("number"),
        Message.created_at > bindparam("since"),
        Message.context["purpose"].astext == "reply",
    )
)
_SAFETY_TEXTS = (
    select(Message.context["texts"].astext)
    .where(
        Message.to_number == bindparam("number"),
        Message.created_at > bindparam("since"),
        Message.context["purpose"].astext == "reply",
        Message.context["texts"].astext.in_(bindparam("kinds", expanding=True)),
        Message.status.not_in(NEVER_LEFT),
    )
    .order_by(Message.created_at, Message.id)
)
_ANSWERS_OF_KIND = _ANSWERS.where(Message.context["texts"].astext == bindparam("kind"))


def _answers_since(context: ReplyContext, since: datetime, kind: TextKind | None = None) -> int:
    """The number of answers to the number since a moment, of a kind or of any."""
    given = {"number": context.number, "since": since}
    if kind is not None:
        return context.session.scalar(_ANSWERS_OF_KIND, {**given, "kind": kind.value}) or 0
    return context.session.scalar(_ANSWERS, given) or 0
