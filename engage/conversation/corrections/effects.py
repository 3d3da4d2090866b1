"""What follows when a worker corrects a reading: what Engage had recorded of it is withdrawn, what
the text really says is recorded, quietly.

It runs the same handlers as a text that comes in, with every answer held back. It never sends
anything, never deletes what was recorded, and never takes back a signal of danger, a stop of texts
or a wrong number.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import Actor
from engage.appointments.kinds import AppointmentState, IntentKind
from engage.appointments.model import Appointment
from engage.appointments.model import StatedIntent as Said
from engage.conversation import (
    handlers,
    open_questions,
    phone_owner,
)
from engage.conversation import (
    signals as telling,
)
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import attendance, stop
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.safety import alerts
from engage.core import events
from engage.people.model import Person
from engage.people.pause import pause
from engage.signals import Evidence, Signal, SignalKind, SignalState
from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import Act, Intent, Prompt
from messaging.tables import Inbound

_HOW = "A worker corrected how the text was read."


@dataclass(frozen=True)
class CorrectionCase:
    """A text whose reading a worker corrects: what it was taken for, and what it means."""

    actor: Actor
    person: Person
    reading: ReplyRecord
    inbound: Inbound
    correction_id: uuid.UUID
    was: Intent
    meaning: Intent

    @property
    def evidence(self) -> list[Evidence]:
        """The correction first: the same text may be corrected twice, and each time is a cause of
        its own.
        """
        return [
            Evidence("correction", str(self.correction_id)),
            Evidence("inbound", str(self.inbound.id)),
        ]


def make_right(session: Session, case: CorrectionCase, now: datetime) -> str:
    """Withdraw what does not hold, record what does; returns what was done, in words for the
    thread.
    """
    _close_question(session, case, now)
    touched = _withdraw(session, case, now)
    _resolve_raised(session, case, now)
    for appointment in touched:
        _clear(session, case, appointment, now)
    words = (
        [f"{len(touched)} record{'' if len(touched) == 1 else 's'} withdrawn"] if touched else []
    )
    kind = attendance.KINDS.get(case.meaning)
    if kind is not None:
        recorded, done = _record(session, case, kind, touched, now)
        touched = [*touched, *(one for one in recorded if one not in touched)]
        words.append(done)
    else:
        words.append(_follow(session, case, now))
    for appointment in touched:
        _settle(session, case, appointment, now)
    if case.was is not case.meaning:
        words.append(case.was.meaning.stays)
    said = "; ".join(word for word in words if word)
    return said[:1].upper() + said[1:] if said else "Nothing was recorded of it"


def _close_question(session: Session, case: CorrectionCase, now: datetime) -> None:
    """What was asked about the text is answered by the worker."""
    for question in session.scalars(
        select(Question).where(
            Question.person_id == case.person.id,
            Question.kind == QuestionKind.WHICH,
            Question.closed_at.is_(None),
            Question.options["reading"].astext == str(case.reading.id),
        )
    ):
        open_questions.close(question, now=now)


def _withdraw(session: Session, case: CorrectionCase, now: datetime) -> list[Appointment]:
    """What was recorded by the text and is not what it says: it stays, and counts no more."""
    rows = session.scalars(
        select(Said)
        .where(
            Said.inbound_id == case.inbound.id,
            Said.withdrawn_at.is_(None),
            Said.kind.is_distinct_from(attendance.KINDS.get(case.meaning)),
        )
        .order_by(Said.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.withdrawn_at, row.withdrawn_by = now, case.actor.label
        events.record_for_person(
            session,
            "intent.withdrawn",
            case.person,
            now=now,
            actor=case.actor.label,
            appointment=row.appointment_id,
            intent=row.kind.value,
            inbound=case.inbound.id,
        )
    session.flush()
    found = [session.get_one(Appointment, row.appointment_id) for row in rows]
    for appointment in found:
        session.expire(appointment, ["intents"])
    return found


def _resolve_raised(session: Session, case: CorrectionCase, now: datetime) -> None:
    """Signals that rest on this text alone, of what it does not say after all."""
    taken = {case.was, *(Intent(one) for one in case.reading.intents)} - {case.meaning}
    known = handlers.by_meaning()
    kinds = {kind for one in taken if one in known and (kind := known[one].raises)}
    ours = str(case.inbound.id)
    for signal in _unresolved(session, case.person.id, kinds):
        if {link["id"] for link in signal.evidence if link["type"] == "inbound"} == {ours}:
            signals.resolve(session, signal, how=_HOW, actor=case.actor.label, now=now)


def _record(
    session: Session,
    case: CorrectionCase,
    kind: IntentKind,
    touched: Sequence[Appointment],
    now: datetime,
) -> tuple[list[Appointment], str]:
    """Record what the text says about an appointment: the one that was recorded of, if it stands,
    else the one that it can be about.
    """
    owner = phone_owner.owner_of(session, case.person.id, now)
    if owner is None:
        return [], "nothing recorded: they have no number now"
    context = _turn(session, case, now)
    session.execute(
        update(Said)
        .where(
            Said.inbound_id == case.inbound.id, Said.kind == kind, Said.withdrawn_at.is_not(None)
        )
        .values(withdrawn_at=None, withdrawn_by=None)
    )
    standing = [one for one in touched if one.state is AppointmentState.BOOKED]
    done = Handled(f"recorded: {attendance.WORDS[kind]}")
    if standing:
        for appointment in standing:
            attendance.record(
                context,
                owner,
                appointment,
                kind,
                context.interpretation.value,
                context.interpretation.cause,
            )
    else:
        done = attendance.said(context, owner, kind)
    session.execute(
        update(Said)
        .where(Said.inbound_id == case.inbound.id, Said.kind == kind)
        .values(corrected_by=case.actor.label)
    )
    recorded = list(
        session.scalars(
            select(Appointment)
            .join(Said, Said.appointment_id == Appointment.id)
            .where(
                Said.inbound_id == case.inbound.id, Said.kind == kind, Said.withdrawn_at.is_(None)
            )
        )
    )
    for appointment in recorded:
        session.expire(appointment, ["intents"])
    case.reading.appointment_id = recorded[0].id if len(recorded) == 1 else None
    if not recorded:
        return [], f"nothing recorded ({done.words.partition(':')[0].lower()})"
    return recorded, f"recorded as said by text: {attendance.WORDS[kind]}"


def _follow(session: Session, case: CorrectionCase, now: datetime) -> str:
    """What else the meaning asks for, where it can be done without a word to anybody outside."""
    context = _turn(session, case, now)
    match case.meaning:
        case Intent.OPT_OUT | Intent.WRONG_NUMBER:
            return _end_texts(context, case, phone_owner.owners_of(session, context.number, now))
        case Intent.CRISIS | Intent.HARM_TO_OTHERS:
            return _danger(session, case, now)
        case Intent.CALL_ME:
            telling.raise_signal(
                session,
                SignalKind.CALL_REQUESTED,
                case.person,
                about="call",
                why="They asked by text to be phoned, as a worker read it.",
                evidence=case.evidence,
                now=now,
                due_at=telling.next_working_day(session, case.person, now),
            )
            return "call asked of the offender manager"
    owner = phone_owner.owner_of(session, case.person.id, now)
    handler = handlers.by_meaning().get(case.meaning)
    if handler is not None and handler.on_correction and owner is not None:
        return handler.handle(context, owner).words.partition(": for a worker")[0]
    return ""


def _end_texts(
    context: ReplyContext, case: CorrectionCase, owners: list[phone_owner.PhoneOwner]
) -> str:
    """Stop texts to the number that the text came from; what somebody said of a phone that others
    have now binds nobody.
    """
    if owners and case.person.id not in {owner.person.id for owner in owners}:
        return "nothing stopped: the number is somebody else's now"
    if case.meaning is Intent.OPT_OUT:
        return stop.stop(context, owners).words
    stop.wrong_number(context, owners)
    return "took the number off"


def _danger(session: Session, case: CorrectionCase, now: datetime) -> str:
    telling.raise_signal(
        session,
        alerts.SIGNALS[case.meaning],
        case.person,
        about="text",
        why="A text tells of danger, as a worker read it.",
        evidence=case.evidence,
        now=now,
        joins=(SignalState.OPEN,),
    )
    if case.meaning is Intent.CRISIS:
        pause(session, case.person, why=alerts.PAUSED_FOR, actor=case.actor.label, now=now)
    return "urgent signal raised; nothing was sent"


def _clear(
    session: Session, case: CorrectionCase, appointment: Appointment, now: datetime
) -> Said | None:
    """Resolve what says that they cannot come where their last word that stands, which it returns,
    does not say so.
    """
    last = session.scalars(
        select(Said)
        .where(
            Said.appointment_id == appointment.id,
            Said.revision == appointment.revision,
            Said.withdrawn_at.is_(None),
        )
        .order_by(Said.said_at.desc(), Said.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.kind is not IntentKind.CANNOT_ATTEND:
        for signal in _unresolved(
            session, case.person.id, {SignalKind.CANNOT_ATTEND, SignalKind.BARRIER}
        ):
            if signal.key.startswith(f"{signal.kind}:{case.person.id}:{appointment.id}:"):
                signals.resolve(session, signal, how=_HOW, actor=case.actor.label, now=now)
    return last


def _settle(
    session: Session, case: CorrectionCase, appointment: Appointment, now: datetime
) -> None:
    """Make the signals about an appointment fit the last word that stands."""
    last = _clear(session, case, appointment, now)
    if last is None or last.kind is not IntentKind.CANNOT_ATTEND:
        return
    if appointment.state is AppointmentState.BOOKED and appointment.starts_at > now:
        telling.raise_signal(
            session,
            SignalKind.CANNOT_ATTEND,
            case.person,
            about=str(appointment.id),
            why="They say by text that they cannot come, as a worker read it. The appointment still stands.",
            evidence=[
                *case.evidence[:1],
                Evidence("inbound", str(last.inbound_id)),
                Evidence("appointment", str(appointment.id)),
            ],
            now=now,
            due_at=min(telling.next_working_day(session, case.person, now), appointment.starts_at),
        )


def _turn(session: Session, case: CorrectionCase, now: datetime) -> ReplyContext:
    """The text in hand again, read as the worker says; nothing answers it."""
    prompt = Prompt(case.reading.prompt)
    read = interpret(case.inbound.body, prompt, case.person.language.value)
    interpretation = replace(
        read,
        intent=case.meaning,
        intents=(case.meaning,),
        sure=frozenset({case.meaning}),
        act=Act.ACT,
        confidence=1.0,
        value=read.value if read.intent is case.meaning else None,
    )
    return ReplyContext(
        session,
        case.inbound,
        now,
        interpretation,
        prompt,
        answer_to=case.inbound,
        record_id=case.reading.id,
        quiet=True,
    )


def _unresolved(session: Session, person_id: uuid.UUID, kinds: set[SignalKind]) -> Sequence[Signal]:
    return session.scalars(
        select(Signal).where(
            Signal.person_id == person_id,
            Signal.kind.in_(kinds),
            Signal.state != SignalState.RESOLVED,
        )
    ).all()
