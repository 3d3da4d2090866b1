"""Histories written as rows: people with their texts, appointments, custody and reviews."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engage.agencies.model import Agency, Hub, Staff
from engage.appointments.kinds import OutcomeCode
from engage.appointments.model import Appointment, AppointmentType, Outcome
from engage.cohort.kinds import Cohort, ExitReason
from engage.cohort.model import Enrolment, RagReview
from engage.conversation.model import ReplyRecord
from engage.legal.model import CustodySpell
from engage.people.model import ContactPoint, NumberState, Person
from messaging.states import MessageStatus
from messaging.tables import Inbound, Message
from tests import builders
from tests.engage.cohort.nightly.histories import A_DAY, A_MINUTE, HUBS, History, Review, Stay, Text


@dataclass(frozen=True)
class Stage:
    """The hubs of `HUBS`, each with an offender manager, and the agency Probation of each."""

    hubs: tuple[Hub, ...]
    staff: tuple[Staff, ...]
    agencies: tuple[Agency, ...]


def set_stage(session: Session) -> Stage:
    """The hubs, without people."""
    hubs = tuple(
        builders.hub(session, f"Hub {number}", **settings)
        for number, (_, settings) in enumerate(HUBS)
    )
    for hub, (zone, _) in zip(hubs, HUBS, strict=True):
        hub.timezone = zone
    session.flush()
    staff = tuple(builders.staff(session, hub) for hub in hubs)
    return Stage(hubs, staff, tuple(builders.agency(session, hub) for hub in hubs))


def write(
    session: Session, stage: Stage, histories: Sequence[History], now: datetime
) -> list[uuid.UUID]:
    """Write the histories as rows, as they are at `now`. Return the people's ids in order."""
    rows = _Rows(stage, now)
    for history in histories:
        rows.add(history)
    for model, values in rows.of.items():
        if values:
            session.execute(insert(model), values)
    if rows.inbound:
        came = insert(Inbound).returning(Inbound.id, sort_by_parameter_order=True)
        ids = session.scalars(came, rows.inbound).all()
        read = [{**values, "inbound_id": id} for id, values in zip(ids, rows.records, strict=True)]
        session.execute(insert(ReplyRecord), read)
    session.expire_all()
    return rows.people


class _Rows:
    """The rows of some histories, by table, in the order in which tables refer to each other."""

    def __init__(self, stage: Stage, now: datetime) -> None:
        self.stage, self.now = stage, now
        self.people: list[uuid.UUID] = []
        self.of: dict[Any, list[dict[str, Any]]] = {
            model: []
            for model in (
                Person,
                ContactPoint,
                Message,
                Appointment,
                Outcome,
                CustodySpell,
                Enrolment,
                RagReview,
            )
        }
        self.inbound: list[dict[str, Any]] = []
        self.records: list[dict[str, Any]] = []

    def add(self, history: History) -> None:
        """The rows of one history."""
        number, id = len(self.people), uuid.uuid4()
        hub, om = self.stage.hubs[history.hub], self.stage.staff[history.hub]
        self.people.append(id)
        self.of[Person].append(
            {
                "id": id,
                "crn": f"Z{100000 + number}",
                "hub_id": hub.id,
                "offender_manager_id": om.id,
                "first_name": "Katrina",
                "last_name": "Dodds",
                "contact_status": history.contact,
                "custody_status": history.custody,
                "created_at": self.now - history.known,
            }
        )
        phone = f"+4477009{number:05d}"
        self._contact(id, phone, history)
        for ago, code in history.appointments:
            self._appointment(id, history.hub, ago, code)
        for stay in history.stays:
            self._stay(id, history.hub, stay)
        if history.earlier_reviews:
            self._enrolment(id, history.hub, history.earlier_reviews, ended=True)
        if history.reviews is not None:
            self._enrolment(id, history.hub, history.reviews, ended=False)

    def _contact(self, id: uuid.UUID, phone: str, history: History) -> None:
        claimed_ago = min(history.claimed, default=None)
        since = history.known if claimed_ago is None else min(history.known, claimed_ago - A_MINUTE)
        self.of[ContactPoint].append(
            {
                "id": uuid.uuid4(),
                "person_id": id,
                "given": phone,
                "number": phone,
                "state": NumberState.VERIFIED,
                "created_at": self.now - since,
            }
        )
        for ago in (*(one for one in history.replies if one <= since), *history.claimed):
            self._reply(id, phone, self.now - ago)
        for text in history.texts:
            self._text(id, phone, text)

    def _reply(self, id: uuid.UUID, phone: str, at: datetime) -> None:
        inbound: dict[str, Any] = {
            "message_sid": f"SM{uuid.uuid4().hex}",
            "provider": "twilio",
            "from_number": phone,
            "to_number": "+447700900000",
            "body": "ok",
            "num_media": 0,
            "params": {},
            "received_at": at,
        }
        record: dict[str, Any] = {
            "id": uuid.uuid4(),
            "number": phone,
            "person_id": id,
            "prompt": "none",
            "intent": "other",
            "confidence": 0.0,
            "act": False,
            "done": "",
            "at": at,
            "needs_human": False,
        }
        self.inbound.append(inbound)
        self.records.append(record)

    def _text(self, id: uuid.UUID, phone: str, text: Text) -> None:
        at, after = self.now - text.ago, text.delivered_after
        self.of[Message].append(
            {
                "id": uuid.uuid4(),
                "recipient": str(id),
                "to_number": phone,
                "lane": 3,
                "body": "Hi",
                "encoding": "gsm7",
                "segments": 1,
                "status": MessageStatus.UNDELIVERED if after is None else MessageStatus.DELIVERED,
                "send_after": at,
                "expires_at": at + A_DAY,
                "dedupe_key": f"test:{uuid.uuid4()}",
                "provider": "twilio",
                "created_at": at,
                "delivered_at": None if after is None else at + after,
                "ended_at": at if after is None else at + after,
            }
        )

    def _appointment(self, id: uuid.UUID, hub: int, ago: timedelta, code: OutcomeCode) -> None:
        at, appointment = self.now - ago, uuid.uuid4()
        self.of[Appointment].append(
            {
                "id": appointment,
                "hub_id": self.stage.hubs[hub].id,
                "person_id": id,
                "agency_id": self.stage.agencies[hub].id,
                "starts_at": at,
                "minutes": 30,
                "type": AppointmentType.OFFICE,
                "worker_name": "Pat",
                "place": "the centre",
                "place_alias": "the centre",
                "enforceable": True,
                "created_by": "system",
                "created_at": at,
                "updated_at": at,
            }
        )
        self.of[Outcome].append(
            {
                "id": uuid.uuid4(),
                "appointment_id": appointment,
                "code": code,
                "recorded_by": "system",
                "recorded_at": at,
            }
        )

    def _stay(self, id: uuid.UUID, hub: int, stay: Stay) -> None:
        since = self._today(hub) - stay.ago * A_DAY
        self.of[CustodySpell].append(
            {
                "id": uuid.uuid4(),
                "person_id": id,
                "kind": stay.kind,
                "since": since,
                "sentence_days": stay.sentence_days,
                "released_on": None if stay.days is None else since + stay.days * A_DAY,
                "recorded_by": "system",
                "recorded_at": self.now,
            }
        )

    def _enrolment(
        self, id: uuid.UUID, hub: int, reviews: Sequence[Review], *, ended: bool
    ) -> None:
        enrolment = uuid.uuid4()
        days = [self._day(hub, self.now - one.ago) for one in reviews]
        self.of[Enrolment].append(
            {
                "id": enrolment,
                "person_id": id,
                "hub_id": self.stage.hubs[hub].id,
                "cohort": Cohort.FIXED,
                "lead_agency_id": self.stage.agencies[hub].id,
                "adopted_on": min(days, default=self._today(hub)),
                "ended_on": self._today(hub) if ended else None,
                "exit_reason": ExitReason.GREEN if ended else None,
            }
        )
        for review, day in zip(reviews, days, strict=True):
            self.of[RagReview].append(
                {
                    "id": uuid.uuid4(),
                    "enrolment_id": enrolment,
                    "rag": review.rag,
                    "held_on": day,
                    "reason": "As it is",
                    "next_due_on": day + 28 * A_DAY,
                    "decided_by": "system",
                    "decided_at": self.now - review.ago,
                }
            )

    def _today(self, hub: int) -> date:
        return self._day(hub, self.now)

    def _day(self, hub: int, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(HUBS[hub][0])).date()
