"""After danger: until a human takes it up, nothing that the person texts is answered as usual.

The mode lasts while a signal of danger about the person is open and nobody has taken over the
conversation since the last text of danger. Each text goes to whoever is on it: as evidence on the
signal, and in a notice to those who were told. "Im fine" and "only joking" are passed on, never
believed. What they say about an appointment is still recorded, and gets a plain line; after a
threat to somebody else nothing is. STOP, START and a further danger come before this step.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import signals
from engage.agencies import staff_notices
from engage.agencies.model import Staff
from engage.conversation import answers, routing, takeover
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import number_check, stop
from engage.conversation.model import Alarm, AlarmOutcome, AlarmStep, ReplyRecord, Takeover
from engage.conversation.phone_owner import PhoneOwner, language_of
from engage.conversation.safety.alerts import record_item
from engage.conversation.steps import Result
from engage.signals import Signal, SignalState
from engage.texts import TextKind
from engage.understanding.choices import read_check
from engage.understanding.language.normalise import normalise
from engage.understanding.safety.denial import plays_down
from engage.understanding.safety.find_danger import DANGER
from engage.understanding.safety.kinds import DangerKind
from engage.understanding.vocabulary import Intent

PASSED_ON = "After danger: passed on to those who were told; not answered"
PASSED_ON_ANSWERED = "After danger: passed on to those who were told; answered with a plain line"
PLAYED_DOWN = "After danger: plays it down; passed on to those who were told, not believed"
_SAID = frozenset(
    {
        Intent.CONFIRM,
        Intent.DECLINE,
        Intent.RUNNING_LATE,
        Intent.ARRIVED,
        Intent.ABSENCE_REASON,
        Intent.CALL_ME,
    }
)
"""Meanings that are recorded as said also after danger."""
_ASKS = frozenset({Intent.QUESTION, Intent.RESCHEDULE, Intent.CALL_ME})
"""Meanings that get a plain line, because somebody waits for an answer."""
_NOTICE_SECONDS = 300
"""One notice to each of those who were told for all that the person texts in this time [ours]."""


def handle(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Result:
    """Record what a text after danger says about an appointment, and pass the text on."""
    handled = pass_on(context, owners)
    if handled is None:
        return context, None
    interpretation = context.interpretation
    if interpretation.acts and interpretation.intent is Intent.OPT_OUT:
        return context, stop.stop_texts(context, owners)
    if len(owners) != 1 or _is_after_threat(context, owners[0]):
        return context, handled
    if not _is_said(context, owners[0]):
        return context, _with_plain_line(context, owners, handled)
    silent, recorded = routing.route(replace(context, quiet=True), owners[0])
    if recorded.acted and answers.send_neutral(
        context, TextKind.AFTER_DANGER, language_of(owners), owner=owners[0]
    ):
        recorded = recorded.with_words("answered with a plain line")
    return silent, replace(recorded.with_words("after danger: passed on"), needs_human=True)


def _with_plain_line(
    context: ReplyContext, owners: Sequence[PhoneOwner], handled: Handled
) -> Handled:
    """Answer what asks or tells something new with a plain line, once in six hours."""
    is_new = context.interpretation.intent in _ASKS and not plays_down(normalise(context.body).line)
    if not is_new or not answers.send_neutral(
        context, TextKind.AFTER_DANGER, language_of(owners), owner=owners[0]
    ):
        return handled
    return replace(handled, words=f"{PASSED_ON_ANSWERED}")


def pass_on(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Pass a text on to those who were told of the danger. None if no danger waits for a human."""
    alerts = open_alerts(context.session, [owner.person.id for owner in owners], context.now)
    if not alerts and owners:
        return None
    alarms = _alarms(context, alerts)
    if not alerts and not alarms:
        return None
    for alert in alerts:
        signals.add_evidence(context.session, alert, context.evidence)
    for alarm in alarms:
        _notify(context, alarm)
    return Handled(
        PLAYED_DOWN if plays_down(normalise(context.body).line) else PASSED_ON,
        needs_human=True,
        person_id=owners[0].person.id if len(owners) == 1 else None,
        acted=False,
    )


def pass_over(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """As `pass_on`, for a text over the limits of its number."""
    handled = pass_on(context, owners)
    return None if handled is None else replace(handled, passed_over=True)


def open_alerts(session: Session, people: Sequence[uuid.UUID], now: datetime) -> Sequence[Signal]:
    """The signals of danger about these people that nobody has taken up. None if a worker has the
    conversation with one of them.

    A takeover takes up the danger of the texts before it, also once it has ended.
    """
    if not people:
        return ()
    alerts = session.scalars(
        select(Signal)
        .where(
            Signal.person_id.in_(people),
            Signal.kind.in_(signals.DANGER),
            Signal.state == SignalState.OPEN,
        )
        .order_by(Signal.raised_at, Signal.id)
    ).all()
    if alerts and any(takeover.current(session, person, now) for person in people):
        return ()
    return [alert for alert in alerts if not _is_taken_up(session, alert)]


def _is_taken_up(session: Session, alert: Signal) -> bool:
    """Whether a worker took over the conversation after the last text of danger."""
    texts = [int(link["id"]) for link in alert.evidence if link["type"] == "inbound"]
    last = session.scalar(
        select(func.max(ReplyRecord.at)).where(
            ReplyRecord.inbound_id.in_(texts), ReplyRecord.intent.in_(DANGER)
        )
    )
    taken = session.scalar(
        select(Takeover.id)
        .where(
            Takeover.person_id == alert.person_id,
            Takeover.since >= max(alert.raised_at, last or alert.raised_at),
        )
        .limit(1)
    )
    return taken is not None


def _is_after_threat(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether the danger is a threat to somebody else: a yes after it may be about anything."""
    alerts = open_alerts(context.session, [owner.person.id], context.now)
    return any(alert.danger is DangerKind.THREATS_TO_OTHERS for alert in alerts)


def _is_said(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether the text plainly says something that is recorded also after danger."""
    if context.interpretation.acts and context.interpretation.intent in _SAID:
        return True
    return read_check(context.body) is not None and bool(
        number_check.pending(context.session, [owner])
    )


def _alarms(context: ReplyContext, alerts: Sequence[Signal]) -> Sequence[Alarm]:
    """The alarms about these signals, or else about a text from this unknown number."""
    query = select(Alarm).where(Alarm.next_at.is_not(None)).order_by(Alarm.id)
    if alerts:
        return context.session.scalars(
            query.where(Alarm.signal_id.in_([alert.id for alert in alerts]))
        ).all()
    return context.session.scalars(
        query.join(ReplyRecord, ReplyRecord.id == Alarm.reply_record_id).where(
            ReplyRecord.number == context.number[:16],
            ReplyRecord.person_id.is_(None),
            ReplyRecord.read_at.is_(None),
        )
    ).all()


def _notify(context: ReplyContext, alarm: Alarm) -> None:
    """Send a notice to everybody whom the alarm has told so far."""
    told = context.session.scalars(
        select(Staff).where(
            Staff.id.in_(
                select(AlarmStep.staff_id).where(
                    AlarmStep.alarm_id == alarm.id, AlarmStep.outcome == AlarmOutcome.TOLD
                )
            )
        )
    ).all()
    if alarm.signal_id is not None:
        item = signals.notice_item(alarm.signal_id)
    else:
        assert alarm.reply_record_id is not None  # noqa: S101 (an alarm is about one of the two)
        item = record_item(alarm.reply_record_id)
    turn = int(context.now.timestamp()) // _NOTICE_SECONDS
    for staff in told:
        staff_notices.queue_notice(
            context.session,
            staff,
            about=f"alarm:{alarm.id}:text:{turn}",
            now=context.now,
            urgent=True,
            item=item,
        )
