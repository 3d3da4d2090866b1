"""The outcome of an appointment, recorded by a worker. A correction keeps the earlier outcome.

What the person said, what the network delivered and what a worker recorded stay three separate
facts: no text and no receipt makes an outcome. A signal about an absence says which texts reached
the person and which did not (rules 4, 5 and 8).
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals, texts
from engage.access.policy import Ability, Actor
from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments import absence_rules, disputes
from engage.appointments.kinds import AppointmentState, IntentKind, OutcomeCode
from engage.appointments.model import Appointment, Outcome, StatedIntent
from engage.appointments.open_record import open_appointment, record_event
from engage.appointments.reminders import (
    absence_chasers,
    message_history,
    planning,
    rules,
)
from engage.appointments.reminders.message_history import SentReminder
from engage.core.errors import Conflict
from engage.core.text_fields import clean_text
from engage.signals import Evidence, Signal, SignalKind, SignalState
from messaging.states import DID_NOT_ARRIVE, MessageStatus

LONGEST_NOTE = 1000
_REPLIES = {
    IntentKind.WILL_ATTEND: "They had said they would come.",
    IntentKind.CANNOT_ATTEND: "They had said they could not come.",
    IntentKind.LATE: "They had said they would be late.",
    IntentKind.HERE: "They had said they were there.",
}
_SHOWN_REASONS = 2


def current_outcome(session: Session, appointment_id: uuid.UUID) -> Outcome | None:
    """The outcome recorded now, after any correction."""
    return session.scalars(
        select(Outcome).where(
            Outcome.appointment_id == appointment_id, Outcome.superseded_at.is_(None)
        )
    ).one_or_none()


def record_outcome(
    session: Session,
    actor: Actor,
    appointment_id: uuid.UUID,
    *,
    code: OutcomeCode,
    note: str = "",
    now: datetime,
) -> Outcome:
    """Record the outcome, or correct it: the earlier one stays, superseded. Recording the same
    outcome again changes nothing.

    `AFTA` raises a no_show signal and plans to ask the person why (rule 5); any other code resolves
    the signal and cancels the question. An absence is signalled as disputed if the person said that
    they were there. Before the appointment starts only an acceptable absence can be recorded, and
    its remaining texts are called back.

    Raises Conflict when it is cancelled or has not started, Invalid for a note that is too long.
    """
    appointment = open_appointment(
        session,
        actor,
        appointment_id,
        now=now,
        what="record outcome",
        ability=Ability.RECORD,
        change=True,
        lock=True,
    )
    note = clean_text("note", note, LONGEST_NOTE)
    _check_time(appointment, code, now)
    earlier = current_outcome(session, appointment.id)
    if earlier is not None:
        if (earlier.code, earlier.note) == (code, note):
            return earlier
        earlier.superseded_at = now
        session.flush()
    outcome = Outcome(
        appointment_id=appointment.id,
        code=code,
        note=note,
        recorded_by=actor.label,
        recorded_at=now,
    )
    session.add(outcome)
    session.flush()
    record_event(
        session,
        "outcome.recorded",
        appointment,
        now=now,
        actor=actor.label,
        outcome=outcome.id,
        code=code.value,
        corrects=earlier.code.value if earlier else None,
    )
    if appointment.starts_at > now:
        planning.cancel_unsent(session, appointment, rules.ABSENCE_ACCEPTED, now=now)
    reminders = message_history.reminders_of(session, [appointment.id])
    _update_signals(session, actor, appointment, outcome, reminders, now)
    if code is not OutcomeCode.FAILED_TO_ATTEND:
        absence_chasers.cancel(session, appointment, absence_rules.OTHER_OUTCOME, now=now)
    elif earlier is None or earlier.code is not code:
        absence_chasers.plan(session, appointment, now=now)
    disputes.update_dispute(session, appointment, outcome, actor=actor.label, now=now)
    return outcome


def _check_time(appointment: Appointment, code: OutcomeCode, now: datetime) -> None:
    if appointment.state is AppointmentState.CANCELLED:
        raise Conflict(
            "This appointment is cancelled, so no outcome can be recorded.", code="cancelled"
        )
    if now < appointment.starts_at and code not in rules.ACCEPTABLE_ABSENCES:
        raise Conflict(
            "The appointment has not started yet: only an acceptable absence can be recorded.",
            code="not_begun",
        )


def _update_signals(
    session: Session,
    actor: Actor,
    appointment: Appointment,
    outcome: Outcome,
    reminders: Sequence[SentReminder],
    now: datetime,
) -> None:
    no_shows = _open_signals(session, SignalKind.NO_SHOW, appointment)
    if outcome.code is not OutcomeCode.FAILED_TO_ATTEND:
        for signal in (
            *no_shows,
            *_open_signals(session, SignalKind.EVIDENCE_DUE, appointment),
        ):
            signals.resolve(
                session,
                signal,
                how=f"{outcome.code.value} was recorded.",
                actor=actor.label,
                now=now,
            )
    elif not no_shows:
        intent = _last_intent(session, appointment)
        signals.raise_signal(
            session,
            SignalKind.NO_SHOW,
            person_id=appointment.person_id,
            hub_id=appointment.hub_id,
            cause=f"{appointment.id}:{outcome.id}",
            why=_why(session, appointment, reminders, intent),
            evidence=_evidence(appointment, outcome, reminders, intent),
            now=now,
            actor=actor.label,
        )


def _open_signals(session: Session, kind: SignalKind, appointment: Appointment) -> Sequence[Signal]:
    return session.scalars(
        select(Signal).where(
            Signal.person_id == appointment.person_id,
            Signal.kind == kind,
            Signal.key.startswith(
                f"{kind}:{appointment.person_id}:{appointment.id}", autoescape=True
            ),
            Signal.state != SignalState.RESOLVED,
        )
    ).all()


def _last_intent(session: Session, appointment: Appointment) -> StatedIntent | None:
    return session.scalars(
        select(StatedIntent)
        .where(
            StatedIntent.appointment_id == appointment.id,
            StatedIntent.revision == appointment.revision,
            StatedIntent.withdrawn_at.is_(None),
        )
        .order_by(StatedIntent.said_at.desc(), StatedIntent.id.desc())
        .limit(1)
    ).one_or_none()


def _why(
    session: Session,
    appointment: Appointment,
    reminders: Sequence[SentReminder],
    intent: StatedIntent | None,
) -> str:
    hub = session.get_one(Hub, appointment.hub_id)
    last = absence_rules.last_day_to_explain(
        appointment.starts_at, zone(hub), hub_rules(hub).evidence_days
    )
    sentences = [
        f"Did not attend on {texts.when(appointment.starts_at, zone(hub), 'en')}.",
        f"They can explain until {texts.day_named(last, 'en')}.",
        delivery_note(
            [
                one
                for one in reminders
                if one.reminder.revision == appointment.revision
                and one.reminder.kind not in absence_rules.CHASERS
            ]
        ),
        _REPLIES[intent.kind] if intent else "",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def delivery_note(reminders: Sequence[SentReminder]) -> str:
    """Whether texts about an appointment reached the person, in words that hold nothing against
    them (rule 8).
    """
    statuses = [one.status for one in reminders if one.sent]
    delivered = statuses.count(MessageStatus.DELIVERED)
    if delivered == len(statuses) == 1:
        return "The one text about it reached their phone."
    if delivered:
        return f"{delivered} of {len(statuses)} texts about it reached their phone."
    failed = [one for one in statuses if one in DID_NOT_ARRIVE]
    if statuses and len(failed) < len(statuses):
        return "It is not known whether a text about it reached their phone."
    if statuses:
        return "No text about it reached them: the phone network could not deliver."
    reasons = Counter(
        reason["words"] for one in reminders if one.unsent for reason in one.reminder.reasons
    )
    shown = [words for words, _ in reasons.most_common() if words != rules.BOOKED_LATE.words][
        :_SHOWN_REASONS
    ]
    return f"No text about it reached them: {'; '.join(shown) or 'none was sent'}."


def _evidence(
    appointment: Appointment,
    outcome: Outcome,
    reminders: Sequence[SentReminder],
    intent: StatedIntent | None,
) -> list[Evidence]:
    links = [Evidence("outcome", str(outcome.id)), Evidence("appointment", str(appointment.id))]
    messages = dict.fromkeys(
        str(one.reminder.message_id) for one in reminders if one.reminder.message_id
    )
    links += [Evidence("message", message) for message in messages]
    if intent is not None and intent.inbound_id is not None:
        links.append(Evidence("inbound", str(intent.inbound_id)))
    return links
