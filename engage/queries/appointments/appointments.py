"""Appointments as staff see them: what the person said, what the network did and what a worker
recorded, side by side.

The three are never mixed: nothing here turns one into another.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import health_redaction
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
)
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, Hub, Staff
from engage.appointments.absence_rules import ABSENT
from engage.appointments.kinds import AbsenceDecision
from engage.appointments.model import (
    AbsenceReason,
    Appointment,
    AppointmentState,
    AppointmentType,
    IntentKind,
    Outcome,
    OutcomeCode,
    Reminder,
    ReminderKind,
    ReminderState,
    StatedIntent,
)
from engage.people.model import Person
from engage.queries import actor_names
from messaging.states import MessageStatus
from messaging.tables import Inbound, Message


@dataclass(frozen=True)
class IntentView:
    """What the person said last. `earlier_time` when they said it of a time that has since been
    moved; `cause` is what stands in the way.

    `withdrawn` when it counts no more: the person took it back, or (`misread`) a worker says that
    the text was read wrongly. `corrected` when a worker found it in the text.
    """

    kind: IntentKind
    at: datetime
    minutes_late: int | None
    cause: str | None
    earlier_time: bool
    inbound_id: int | None
    words: str | None
    withdrawn: bool = False
    misread: bool = False
    corrected: bool = False


@dataclass(frozen=True)
class ReminderView:
    """One reminder: what it is, when it was or is due, what was decided and why, and what became of
    its text.
    """

    id: uuid.UUID
    kind: ReminderKind
    due_at: datetime
    state: ReminderState
    reasons: tuple[str, ...]
    revision: int
    message_id: uuid.UUID | None
    status: MessageStatus | None
    status_reason: str | None
    status_at: datetime | None


@dataclass(frozen=True)
class OutcomeView:
    """What a worker recorded, by whom and when; `superseded_at` when somebody corrected it."""

    code: OutcomeCode
    note: str
    by: str
    at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True)
class AbsenceReasonView:
    """Why they were not there, by their own word: the cause, the outcome that it proposes, and what
    a worker made of it, if anybody did.
    """

    id: uuid.UUID
    at: datetime
    cause: str | None
    proposed: OutcomeCode | None
    decision: AbsenceDecision | None
    decided_by: str | None
    decided_at: datetime | None
    words: str | None


@dataclass(frozen=True)
class AppointmentView:
    """One appointment with its three facts.

    `manager` is the person's offender manager, None where that is whoever looks; `may_record`
    whether they may record what came of it.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    crn: str
    manager: str | None
    may_record: bool
    starts_at: datetime
    minutes: int
    type: AppointmentType
    worker_name: str
    agency_name: str
    place: str
    place_alias: str
    enforceable: bool
    state: AppointmentState
    cancelled_reason: str | None
    revision: int
    zone: ZoneInfo
    booked_by: str
    booked_at: datetime
    said: IntentView | None = None
    said_before: tuple[IntentView, ...] = ()
    reminders: tuple[ReminderView, ...] = ()
    recorded: OutcomeView | None = None
    recorded_before: tuple[OutcomeView, ...] = field(default=())
    explained: tuple[AbsenceReasonView, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """When it is over by the book."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def stands(self) -> bool:
        """Not cancelled."""
        return self.state is AppointmentState.BOOKED

    @property
    def waits_to_be_seen(self) -> bool:
        """They said that they are late or there, and nobody has recorded what came of it."""
        now_said = self.said is not None and self.said.kind in (IntentKind.LATE, IntentKind.HERE)
        return (
            now_said
            and self.stands
            and self.recorded is None
            and not (self.said and self.said.earlier_time)
        )

    def to_decide(self, one: AbsenceReasonView) -> bool:
        """Whether a reason waits for a worker: an absence is recorded, and nobody has decided about
        this reason since.
        """
        if one.decision is not None or self.recorded is None or self.recorded.code not in ABSENT:
            return False
        return self.recorded.code is OutcomeCode.FAILED_TO_ATTEND or one.at > self.recorded.at

    @property
    def latest_text(self) -> ReminderView | None:
        """The last reminder of the present time that became a text."""
        sent = [
            one
            for one in self.reminders
            if one.state is ReminderState.SENT
            and (one.revision == self.revision or not self.stands)
        ]
        return sent[-1] if sent else None

    @property
    def next_text(self) -> ReminderView | None:
        """The next reminder that is still to be decided."""
        return next((one for one in self.reminders if one.state is ReminderState.PLANNED), None)

    @property
    def why_no_text(self) -> tuple[str, ...]:
        """Why the last decided reminder of the present time did not go, when none went and none is
        to come.
        """
        if self.latest_text is not None or self.next_text is not None:
            return ()
        skipped = [
            one
            for one in self.reminders
            if one.state is ReminderState.SKIPPED and one.revision == self.revision
        ]
        return skipped[-1].reasons if skipped else ()


def load(
    session: Session, actor: Actor, ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, AppointmentView]:
    """The views of appointments that the caller has found visible to the actor, in six statements
    however many there are.

    What a person wrote is there only where the actor may read that person's texts: in one hub they
    may, in another not.
    """
    if not ids:
        return {}
    wanted = list(ids)
    rows = session.execute(
        select(Appointment, Person, Agency.name, Hub, Staff.name)
        .join(Person, Person.id == Appointment.person_id)
        .join(Agency, Agency.id == Appointment.agency_id)
        .join(Hub, Hub.id == Appointment.hub_id)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .where(Appointment.id.in_(wanted))
    ).all()
    readable = {one.id for one, person, *_ in rows if Ability.CONVERSE in abilities(actor, person)}
    reminders = _reminders(session, wanted)
    of_health = {
        one.id
        for one, person, *_ in rows
        if one.id in readable and health_redaction.sees_health(actor, person)
    }
    said = _said(session, wanted, readable, of_health)
    outcomes = _outcomes(session, wanted)
    labels = {row.recorded_by for found in outcomes.values() for row in found}
    labels |= {appointment.created_by for appointment, *_ in rows}
    explained = _explained(session, wanted, readable, of_health)
    labels |= {row.decided_by for found in explained.values() for row, _ in found if row.decided_by}
    who = actor_names.of_labels(session, labels)
    return {
        appointment.id: _view(
            actor,
            appointment,
            person,
            actor_names.manager(actor, person, manager),
            agency,
            hub,
            who[appointment.created_by],
            reminders.get(appointment.id, []),
            said.get(appointment.id, []),
            [_recorded(row, who[row.recorded_by]) for row in outcomes.get(appointment.id, [])],
            tuple(_reason(row, body, who) for row, body in explained.get(appointment.id, [])),
        )
        for appointment, person, agency, hub, manager in rows
    }


def _view(
    actor: Actor,
    appointment: Appointment,
    person: Person,
    manager: str | None,
    agency: str,
    hub: Hub,
    booked_by: str,
    reminders: list[ReminderView],
    intents: list[tuple[StatedIntent, str | None]],
    outcomes: list[OutcomeView],
    explained: tuple[AbsenceReasonView, ...],
) -> AppointmentView:
    said = [
        IntentView(
            kind=intent.kind,
            at=intent.said_at,
            minutes_late=intent.minutes_late,
            cause=intent.cause,
            earlier_time=intent.revision != appointment.revision,
            inbound_id=intent.inbound_id,
            words=body,
            withdrawn=intent.withdrawn_at is not None,
            misread=intent.withdrawn_at is not None and intent.withdrawn_by != "person",
            corrected=intent.corrected_by is not None,
        )
        for intent, body in intents
    ]
    last = next((one for one in reversed(said) if not one.withdrawn), None)
    return AppointmentView(
        id=appointment.id,
        person_id=person.id,
        person_name=person.name,
        crn=person.crn,
        manager=manager,
        may_record=may_change(actor, person) and Ability.RECORD in abilities(actor, person),
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
        type=appointment.type,
        worker_name=appointment.worker_name,
        agency_name=agency,
        place=appointment.place,
        place_alias=appointment.place_alias,
        enforceable=appointment.enforceable,
        state=appointment.state,
        cancelled_reason=appointment.cancelled_reason,
        revision=appointment.revision,
        zone=zone(hub),
        booked_by=booked_by,
        booked_at=appointment.created_at,
        said=last,
        said_before=tuple(one for one in reversed(said) if one is not last),
        reminders=tuple(reminders),
        recorded=next((row for row in outcomes if row.superseded_at is None), None),
        recorded_before=tuple(row for row in outcomes if row.superseded_at is not None),
        explained=explained,
    )


def _reminders(session: Session, wanted: list[uuid.UUID]) -> dict[uuid.UUID, list[ReminderView]]:
    rows = session.execute(
        select(Reminder, Message)
        .outerjoin(Message, Message.id == Reminder.message_id)
        .where(Reminder.appointment_id.in_(wanted))
        .order_by(Reminder.revision, Reminder.due_at, Reminder.attempt, Reminder.id)
    )
    found: dict[uuid.UUID, list[ReminderView]] = {}
    for reminder, message in rows:
        found.setdefault(reminder.appointment_id, []).append(_reminded(reminder, message))
    return found


def _reminded(reminder: Reminder, message: Message | None) -> ReminderView:
    return ReminderView(
        id=reminder.id,
        kind=reminder.kind,
        due_at=reminder.due_at,
        state=reminder.state,
        reasons=tuple(reason["words"] for reason in reminder.reasons),
        revision=reminder.revision,
        message_id=reminder.message_id,
        status=None if message is None else message.status,
        status_reason=None if message is None else message.reason,
        status_at=None if message is None else last_moment(message),
    )


def last_moment(message: Message) -> datetime:
    """The moment of the last thing that is known of a text."""
    return (
        message.delivered_at
        or message.ended_at
        or message.sent_at
        or message.accepted_at
        or message.claimed_at
        or message.created_at
    )


def _said(
    session: Session,
    wanted: list[uuid.UUID],
    readable: Collection[uuid.UUID],
    of_health: Collection[uuid.UUID],
) -> dict[uuid.UUID, list[tuple[StatedIntent, str | None]]]:
    rows = session.execute(
        select(StatedIntent, Inbound.body, health_redaction.is_about_health())
        .outerjoin(Inbound, Inbound.id == StatedIntent.inbound_id)
        .where(StatedIntent.appointment_id.in_(wanted))
        .order_by(StatedIntent.said_at, StatedIntent.id)
    )
    found: dict[uuid.UUID, list[tuple[StatedIntent, str | None]]] = {}
    for intent, body, delicate in rows:
        shown = intent.appointment_id in (of_health if delicate else readable)
        found.setdefault(intent.appointment_id, []).append((intent, body if shown else None))
    return found


def _explained(
    session: Session,
    wanted: list[uuid.UUID],
    readable: Collection[uuid.UUID],
    of_health: Collection[uuid.UUID],
) -> dict[uuid.UUID, list[tuple[AbsenceReason, str | None]]]:
    rows = session.execute(
        select(AbsenceReason, Inbound.body, health_redaction.is_about_health())
        .join(Inbound, Inbound.id == AbsenceReason.inbound_id)
        .where(AbsenceReason.appointment_id.in_(wanted))
        .order_by(AbsenceReason.said_at, AbsenceReason.id)
    )
    found: dict[uuid.UUID, list[tuple[AbsenceReason, str | None]]] = {}
    for row, body, delicate in rows:
        shown = row.appointment_id in (of_health if delicate else readable)
        found.setdefault(row.appointment_id, []).append((row, body if shown else None))
    return found


def _reason(
    row: AbsenceReason, words: str | None, who: Mapping[str | None, str]
) -> AbsenceReasonView:
    return AbsenceReasonView(
        id=row.id,
        at=row.said_at,
        cause=row.cause,
        proposed=row.proposed,
        decision=row.decision,
        decided_by=None if row.decided_by is None else who[row.decided_by],
        decided_at=row.decided_at,
        words=words,
    )


def _outcomes(session: Session, wanted: list[uuid.UUID]) -> dict[uuid.UUID, list[Outcome]]:
    found: dict[uuid.UUID, list[Outcome]] = {}
    for row in session.scalars(
        select(Outcome)
        .where(Outcome.appointment_id.in_(wanted))
        .order_by(Outcome.recorded_at, Outcome.id)
    ):
        found.setdefault(row.appointment_id, []).append(row)
    return found


def _recorded(row: Outcome, by: str) -> OutcomeView:
    return OutcomeView(
        code=row.code, note=row.note, by=by, at=row.recorded_at, superseded_at=row.superseded_at
    )
