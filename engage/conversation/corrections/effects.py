"""What follows when a worker corrects the meaning of a text: intents that were recorded wrongly are
withdrawn, and what the text means is recorded.

It runs the same handlers as for a new text, without answers. It must never send anything, delete a
record, or undo a danger signal, a stop of texts or a wrong number.
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
from engage.appointments.model import Appointment, StatedIntent
from engage.conversation import handlers, open_questions, phone_owner
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.corrections.withdrawal import last_intent
from engage.conversation.handlers import attendance, stop
from engage.conversation.handlers.intent_kinds import KIND_OF, WORDS
from engage.conversation.model import Question, QuestionKind, ReplyRecord
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.safety import alerts
from engage.conversation.safety.responses import RESPONSES
from engage.conversation.signals import next_working_day, raise_signal
from engage.core import events
from engage.people.model import Person
from engage.people.pause import pause
from engage.signals import Evidence, Signal, SignalKind, SignalState
from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import Act, Intent, Prompt
from messaging.tables import Inbound

_HOW = "A worker corrected the meaning of the text."


@dataclass(frozen=True)
class CorrectionCase:
    """A text that a worker corrects: what it was taken for (`was`), and its `meaning`."""

    actor: Actor
    person: Person
    record: ReplyRecord
    inbound: Inbound
    correction_id: uuid.UUID
    was: Intent
    meaning: Intent

    @property
    def evidence(self) -> list[Evidence]:
        """The correction comes first: each correction of a text is a new cause."""
        return [
            Evidence("correction", str(self.correction_id)),
            Evidence("inbound", str(self.inbound.id)),
        ]


def apply(session: Session, case: CorrectionCase, now: datetime) -> str:
    """Withdraw what was recorded wrongly and record what the text means. Returns what was done, in
    words for the thread.
    """
    _close_question(session, case, now)
    touched = _withdraw_intents(session, case, now)
    _resolve_raised_signals(session, case, now)
    for appointment in touched:
        if _current_refusal(session, appointment) is None:
            _resolve_signals(session, case, appointment, now)
    words = []
    if touched:
        words.append(f"{len(touched)} record{'' if len(touched) == 1 else 's'} withdrawn")
    kind = KIND_OF.get(case.meaning)
    if kind is None:
        words.append(_apply_meaning(session, case, now))
    else:
        recorded, done = _record_intent(session, case, kind, touched, now)
        touched = [*touched, *(one for one in recorded if one not in touched)]
        words.append(done)
    for appointment in touched:
        _update_signals(session, case, appointment, now)
    if case.was is not case.meaning:
        words.append(case.was.meaning.not_undone)
    joined = "; ".join(word for word in words if word)
    return joined[:1].upper() + joined[1:] if joined else "Nothing to change"


def _close_question(session: Session, case: CorrectionCase, now: datetime) -> None:
    """Close "which one?" about the text: the worker has answered it."""
    for question in session.scalars(
        select(Question).where(
            Question.person_id == case.person.id,
            Question.kind == QuestionKind.WHICH,
            Question.closed_at.is_(None),
            Question.options["reading"].astext == str(case.record.id),
        )
    ):
        open_questions.close(question, now=now)


def _withdraw_intents(session: Session, case: CorrectionCase, now: datetime) -> list[Appointment]:
    """Withdraw the intents that the text recorded and does not mean. Returns their appointments."""
    intents = session.scalars(
        select(StatedIntent)
        .where(
            StatedIntent.inbound_id == case.inbound.id,
            StatedIntent.withdrawn_at.is_(None),
            StatedIntent.kind.is_distinct_from(KIND_OF.get(case.meaning)),
        )
        .order_by(StatedIntent.id)
        .with_for_update()
    ).all()
    for intent in intents:
        intent.withdrawn_at, intent.withdrawn_by = now, case.actor.label
        events.record_for_person(
            session,
            "intent.withdrawn",
            case.person,
            now=now,
            actor=case.actor.label,
            appointment=intent.appointment_id,
            intent=intent.kind.value,
            inbound=case.inbound.id,
        )
    session.flush()
    appointments = [session.get_one(Appointment, intent.appointment_id) for intent in intents]
    for appointment in appointments:
        session.expire(appointment, ["intents"])
    return appointments


def _resolve_raised_signals(session: Session, case: CorrectionCase, now: datetime) -> None:
    """Resolve signals that only this text raised, for meanings that it does not have."""
    wrong = {case.was, *(Intent(intent) for intent in case.record.intents)} - {case.meaning}
    by_meaning = handlers.by_meaning()
    kinds = {
        kind for intent in wrong if intent in by_meaning and (kind := by_meaning[intent].raises)
    }
    for signal in _unresolved(session, case.person.id, kinds):
        texts = {link["id"] for link in signal.evidence if link["type"] == "inbound"}
        if texts == {str(case.inbound.id)}:
            signals.resolve(session, signal, how=_HOW, actor=case.actor.label, now=now)


def _record_intent(
    session: Session,
    case: CorrectionCase,
    kind: IntentKind,
    touched: Sequence[Appointment],
    now: datetime,
) -> tuple[list[Appointment], str]:
    """Record what the text says about an appointment: one that it was recorded for, if that is
    still booked, else the one that it can be about. Returns the appointments and words for the
    thread.
    """
    owner = phone_owner.owner_of(session, case.person.id, now)
    if owner is None:
        return [], "nothing recorded: they have no number now"
    context = _corrected_context(session, case, now)
    session.execute(
        update(StatedIntent)
        .where(
            StatedIntent.inbound_id == case.inbound.id,
            StatedIntent.kind == kind,
            StatedIntent.withdrawn_at.is_not(None),
        )
        .values(withdrawn_at=None, withdrawn_by=None)
    )
    booked = [one for one in touched if one.state is AppointmentState.BOOKED]
    handled = Handled("")
    if booked:
        interpretation = context.interpretation
        for appointment in booked:
            attendance.record_intent(
                context, owner, appointment, kind, interpretation.value, interpretation.cause
            )
    else:
        handled = attendance.record_or_ask(context, owner, kind)
    session.execute(
        update(StatedIntent)
        .where(StatedIntent.inbound_id == case.inbound.id, StatedIntent.kind == kind)
        .values(corrected_by=case.actor.label)
    )
    recorded = list(
        session.scalars(
            select(Appointment)
            .join(StatedIntent, StatedIntent.appointment_id == Appointment.id)
            .where(
                StatedIntent.inbound_id == case.inbound.id,
                StatedIntent.kind == kind,
                StatedIntent.withdrawn_at.is_(None),
            )
        )
    )
    for appointment in recorded:
        session.expire(appointment, ["intents"])
    case.record.appointment_id = recorded[0].id if len(recorded) == 1 else None
    if not recorded:
        return [], f"nothing recorded ({_without_for_worker(handled).lower()})"
    return recorded, f"recorded as said by text: {WORDS[kind]}"


def _apply_meaning(session: Session, case: CorrectionCase, now: datetime) -> str:
    """Do what another meaning calls for, as far as nobody outside is told. Returns words for the
    thread.
    """
    context = _corrected_context(session, case, now)
    match case.meaning:
        case Intent.OPT_OUT | Intent.WRONG_NUMBER:
            return _end_texts(context, case, phone_owner.owners_of(session, context.number, now))
        case Intent.CRISIS | Intent.HARM_TO_OTHERS:
            return _raise_danger(session, case, now)
        case Intent.CALL_ME:
            raise_signal(
                session,
                SignalKind.CALL_REQUESTED,
                case.person,
                about="call",
                why="They asked by text for a call, according to a worker.",
                evidence=case.evidence,
                now=now,
                due_at=next_working_day(session, case.person, now),
            )
            return "call requested from the offender manager"
    owner = phone_owner.owner_of(session, case.person.id, now)
    handler = handlers.by_meaning().get(case.meaning)
    if handler is not None and handler.on_correction and owner is not None:
        return _without_for_worker(handler.handle(context, owner))
    return ""


def _without_for_worker(handled: Handled) -> str:
    return handled.words.partition(f"; {FOR_WORKER}")[0]


def _end_texts(
    context: ReplyContext, case: CorrectionCase, owners: list[phone_owner.PhoneOwner]
) -> str:
    """Stop texts to the number that the text came from, unless the number belongs to others now."""
    if owners and case.person.id not in {owner.person.id for owner in owners}:
        return "nothing stopped: the number belongs to somebody else now"
    if case.meaning is Intent.OPT_OUT:
        return stop.stop_texts(context, owners).words
    stop.mark_wrong_number(context, owners)
    return "suspended the number"


def _raise_danger(session: Session, case: CorrectionCase, now: datetime) -> str:
    danger = alerts.DANGER_OF[case.meaning]
    raise_signal(
        session,
        RESPONSES[danger].signal,
        case.person,
        about=alerts.about(danger),
        why="A text reports danger, according to a worker.",
        evidence=case.evidence,
        now=now,
        joins=(SignalState.OPEN,),
        danger=danger,
    )
    if case.meaning is Intent.CRISIS:
        pause(session, case.person, why=alerts.PAUSE_REASON, actor=case.actor.label, now=now)
    return "urgent signal raised; nothing sent"


def _current_refusal(session: Session, appointment: Appointment) -> StatedIntent | None:
    """The last intent about an appointment, if it is that they cannot attend."""
    last = last_intent(session, appointment)
    return last if last is not None and last.kind is IntentKind.CANNOT_ATTEND else None


def _resolve_signals(
    session: Session, case: CorrectionCase, appointment: Appointment, now: datetime
) -> None:
    """Resolve "cannot attend" and the barriers of an appointment."""
    kinds = {SignalKind.CANNOT_ATTEND, SignalKind.BARRIER}
    for signal in _unresolved(session, case.person.id, kinds):
        if signal.key.startswith(f"{signal.kind}:{case.person.id}:{appointment.id}:"):
            signals.resolve(session, signal, how=_HOW, actor=case.actor.label, now=now)


def _update_signals(
    session: Session, case: CorrectionCase, appointment: Appointment, now: datetime
) -> None:
    """Resolve or raise "cannot attend" according to the last intent that counts."""
    refusal = _current_refusal(session, appointment)
    if refusal is None:
        _resolve_signals(session, case, appointment, now)
        return
    if appointment.state is AppointmentState.BOOKED and appointment.starts_at > now:
        raise_signal(
            session,
            SignalKind.CANNOT_ATTEND,
            case.person,
            about=str(appointment.id),
            why="They said by text that they cannot attend, according to a worker. The appointment"
            " is still booked.",
            evidence=[
                *case.evidence[:1],
                Evidence("inbound", str(refusal.inbound_id)),
                Evidence("appointment", str(appointment.id)),
            ],
            now=now,
            due_at=min(next_working_day(session, case.person, now), appointment.starts_at),
        )


def _corrected_context(session: Session, case: CorrectionCase, now: datetime) -> ReplyContext:
    """The text again, with the meaning that the worker gave. It gets no answer."""
    prompt = Prompt(case.record.prompt)
    found = interpret(case.inbound.body, prompt, case.person.language.value)
    interpretation = replace(
        found,
        intent=case.meaning,
        intents=(case.meaning,),
        sure=frozenset({case.meaning}),
        act=Act.ACT,
        confidence=1.0,
        value=found.value if found.intent is case.meaning else None,
    )
    return ReplyContext(
        session,
        case.inbound,
        now,
        interpretation,
        prompt,
        answer_to=case.inbound,
        record_id=case.record.id,
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
