"""Builders for tests of compliance: orders, and enforceable appointments with outcomes."""

import time
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor
from engage.agencies.model import Staff
from engage.appointments.model import (
    Appointment,
    IntentKind,
    Outcome,
    OutcomeCode,
    Reminder,
    ReminderKind,
    ReminderState,
    StatedIntent,
)
from engage.compliance import (
    counting,
    decisions,
    outcomes,
)
from engage.compliance.model import Enforcement, EnforcementKind
from engage.compliance.rules import Step
from engage.core import audit_chain
from engage.core.db import Database
from engage.legal.model import Order, OrderKind
from engage.people.model import Person
from engage.signals import Signal, SignalKind, SignalState
from messaging import inbound, outbox
from messaging.gateways.twilio import webhooks as twilio
from messaging.states import MessageStatus
from messaging.tables import Inbound
from messaging.transitions import move
from tests import builders

WARNING, REFERRAL, NONE = EnforcementKind.WARNING, EnforcementKind.REFERRAL, EnforcementKind.NONE
AFTC, ATTC, ABSENT_MEDICAL = (
    OutcomeCode.ATTENDED_FAILED_TO_COMPLY,
    OutcomeCode.ATTENDED_COMPLIED,
    OutcomeCode.ABSENT_MEDICAL,
)
TODAY = date(2027, 3, 20)


def order(
    session: Session,
    whose: Person,
    *,
    kind: OrderKind = OrderKind.COMMUNITY_ORDER,
    starts_on: date = date(2026, 9, 1),
    ends_on: date = date(2028, 8, 31),
    ended_on: date | None = None,
) -> Order:
    """An order in force at the tests' present, by default."""
    made = Order(
        person_id=whose.id,
        kind=kind,
        court="Newcastle Magistrates' Court",
        reference="NM/1234",
        made_on=starts_on,
        starts_on=starts_on,
        ends_on=ends_on,
        ended_on=ended_on,
        ending="revoked" if ended_on else None,
        recorded_by="system",
        recorded_at=builders.NOW,
    )
    session.add(made)
    session.flush()
    return made


def missed(
    session: Session,
    whose: Person,
    days_ago: int,
    *,
    code: OutcomeCode | None = OutcomeCode.UNACCEPTABLE_ABSENCE,
    now: datetime = builders.NOW,
    enforceable: bool = True,
) -> Appointment:
    """An appointment so many days ago, with an outcome recorded at once by Engage (and the rules
    applied), or none.
    """
    made = builders.appointment(
        session, whose, now - timedelta(days=days_ago), enforceable=enforceable
    )
    if code is not None:
        outcomes.record_outcome(session, SYSTEM, made.id, code=code, now=now)
    return made


def outcome_of(appointment: Appointment, session: Session) -> Outcome:
    """The current outcome of an appointment."""
    session.expire(appointment, ["outcomes"])
    return next(one for one in appointment.outcomes if one.superseded_at is None)


def told(
    session: Session, of: Appointment, status: MessageStatus | None, now: datetime, why: str = ""
) -> None:
    """A reminder of the day before, with the status of its text; None: none was sent, for `why`."""
    reminder = Reminder(
        appointment_id=of.id,
        kind=ReminderKind.ONE_DAY,
        revision=of.revision,
        due_at=of.starts_at - timedelta(days=1),
        expires_at=of.starts_at,
        state=ReminderState.SENT if status else ReminderState.SKIPPED,
        reasons=[{"code": "quiet", "words": why}] if why else [],
        decided_at=of.starts_at - timedelta(days=1),
    )
    if status is not None:
        message = outbox.enqueue(
            session,
            outbox.Text(
                to="+447700900101",
                body="Hi Katrina. See you tomorrow at 9am.",
                lane=outbox.Lane.REMINDER,
                dedupe_key=f"text {of.id}",
                recipient=str(of.person_id),
            ),
            now=now,
        )
        session.flush()
        move(session, [message.id], MessageStatus.SENDING, now=now)
        move(session, [message.id], status, now=now)
        reminder.message_id = message.id
    session.add(reminder)
    session.flush()


def said(session: Session, of: Appointment, words: str, kind: IntentKind, now: datetime) -> None:
    """A text from the person about an appointment."""
    inbound.store(
        session,
        twilio.read_text(
            {
                "MessageSid": f"SM{uuid.uuid4().hex}",
                "From": "+447700900101",
                "To": "+447700900999",
                "Body": words,
                "NumMedia": "0",
            }
        ),
        now=now,
    )
    id = session.scalars(select(Inbound.id).order_by(Inbound.id.desc()).limit(1)).one()
    session.add(
        StatedIntent(
            appointment_id=of.id, kind=kind, said_at=now, inbound_id=id, revision=of.revision
        )
    )
    session.flush()


def settle(database: Database, person_id: uuid.UUID) -> None:
    """Wait until every event of the person can be sealed: another test may have a transaction open
    on the server.
    """
    patience = time.monotonic() + 20
    while time.monotonic() < patience:
        with database.begin() as session:
            audit_chain.seal_person(session, person_id, now=builders.NOW)
            if not session.scalar(
                text(
                    "SELECT count(*) FROM event LEFT JOIN event_seal ON event_id = event.id"
                    " WHERE event.person_id = :whose AND event_id IS NULL"
                ),
                {"whose": person_id},
            ):
                return
    raise AssertionError("events were never settled")


@dataclass
class Stage:
    """A person on a community order, with their offender manager."""

    session: Session
    om: Staff
    actor: Actor
    person: Person
    order: Order
    now: datetime

    def decide(self, kind: EnforcementKind = WARNING, **more: object) -> Enforcement:
        """A decision under the order."""
        given = {
            "order_id": self.order.id,
            "reason": "Two absences without a word.",
            "now": self.now,
            **more,
        }
        return decisions.decide(self.session, self.actor, self.person.id, kind=kind, **given)  # type: ignore[arg-type]

    def step(self) -> Step:
        """What the rules suggest now."""
        (position,) = counting.assess(self.session, self.person, now=self.now).positions
        return position.suggestion.step

    def signals(self, kind: SignalKind) -> list[Signal]:
        """The open signals of a kind."""
        return list(
            self.session.scalars(
                select(Signal).where(Signal.kind == kind, Signal.state != SignalState.RESOLVED)
            )
        )
