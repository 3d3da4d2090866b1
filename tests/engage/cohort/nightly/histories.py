"""Random histories of people, written as rows: statuses, prison, replies, attendance, deliveries
and reviews, with moments around clock changes and month ends.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.orm import Session

from engage.agencies.model import Agency, Hub, Staff
from engage.appointments.kinds import OutcomeCode
from engage.appointments.model import Appointment, AppointmentType, Outcome
from engage.cohort.kinds import Cohort, ExitReason, Rag
from engage.cohort.model import Enrolment, RagReview
from engage.conversation.model import ReplyRecord
from engage.legal.model import CustodyKind, CustodySpell
from engage.people.model import ContactPoint, ContactStatus, CustodyStatus, NumberState, Person
from messaging.states import MessageStatus
from messaging.tables import Inbound, Message
from tests import builders

HUBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Europe/London", {}),
    ("Europe/London", {"silent_days": 3, "red_without_contact_days": 3, "green_months": 1}),
    ("Pacific/Auckland", {"silent_days": 30, "red_without_contact_days": 30, "green_months": 6}),
)
FIVE_YEARS = 5 * 365
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Text:
    """A text to the person: how long ago it was written, and how long after that it was delivered
    (None: never).
    """

    ago: timedelta
    delivered_after: timedelta | None


@dataclass(frozen=True)
class Stay:
    """A custody spell: how many days ago it started, and for how many days (None: it goes on)."""

    ago: int
    days: int | None
    kind: CustodyKind = CustodyKind.CUSTODY
    sentence_days: int | None = None


@dataclass(frozen=True)
class Review:
    """A review, and how long ago it was."""

    ago: timedelta
    rag: Rag


@dataclass(frozen=True)
class History:
    """What is recorded of one person.

    `claimed`: replies from their number before a worker claimed it for them. `reviews` is None if
    they are not on the cohort.
    """

    hub: int
    known: timedelta
    contact: ContactStatus
    custody: CustodyStatus
    replies: Sequence[timedelta]
    claimed: Sequence[timedelta]
    texts: Sequence[Text]
    appointments: Sequence[tuple[timedelta, OutcomeCode]]
    stays: Sequence[Stay]
    reviews: Sequence[Review] | None = None
    earlier_reviews: Sequence[Review] = ()


def _around(*days: int, most: int) -> st.SearchStrategy[timedelta]:
    """How long ago: mostly near the days that matter, on both sides of midnight and of the hour."""
    whole = st.one_of(st.sampled_from(days), st.integers(0, most))
    minutes = st.one_of(st.sampled_from([0, 1, 59, 60, 61]), st.integers(0, 24 * 60))
    return st.builds(lambda day, minute: day * A_DAY + minute * A_MINUTE, whole, minutes)


def _minutes(many: int) -> timedelta:
    return many * A_MINUTE


_AGO = _around(0, 2, 3, 12, 13, 14, 15, 29, 30, 31, most=90)
_DELAY = st.one_of(st.none(), st.integers(0, 72 * 60).map(_minutes))


def _texts(last: timedelta, drawn: Sequence[tuple[timedelta, timedelta | None]]) -> list[Text]:
    """Texts in turn, each some time before the one before; none is delivered after now."""
    found = []
    for before, delay in drawn:
        last += before
        found.append(Text(last, None if delay is None else min(delay, last)))
    return found


_TEXTS = st.builds(
    _texts,
    _AGO,
    st.lists(st.tuples(st.integers(1, 72 * 60).map(_minutes), _DELAY), max_size=3),
)
_CODE = st.sampled_from(
    [
        OutcomeCode.ATTENDED_COMPLIED,
        OutcomeCode.ATTENDED_FAILED_TO_COMPLY,
        OutcomeCode.SENT_HOME_SERVICE,
        OutcomeCode.SENT_HOME_BEHAVIOUR,
        OutcomeCode.FAILED_TO_ATTEND,
        OutcomeCode.ABSENT_MEDICAL,
    ]
)
_REVIEW = st.builds(
    Review,
    _around(*range(27, 33), *range(58, 62), *range(88, 93), *range(180, 185), most=400),
    st.sampled_from([Rag.GREEN, Rag.GREEN, Rag.GREEN, Rag.AMBER, Rag.RED]),
)
_GREEN = st.builds(Review, _around(*range(27, 33), most=32), st.just(Rag.GREEN))
_REVIEWS = st.one_of(
    st.none(),
    st.lists(_GREEN, min_size=1, max_size=1),
    st.lists(_REVIEW, max_size=6, unique_by=lambda one: one.ago),
)
_CHANGES = [
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC),
    datetime(2027, 9, 25, 14, tzinfo=UTC),
    datetime(2028, 4, 1, 14, tzinfo=UTC),
    datetime(2028, 1, 1, tzinfo=UTC),
]
"""Clock changes of both zones, and the new year."""
_MONTH_ENDS = [
    datetime(2027, 2, 28, tzinfo=UTC),
    datetime(2028, 2, 29, tzinfo=UTC),
    datetime(2027, 4, 30, tzinfo=UTC),
    datetime(2027, 9, 30, tzinfo=UTC),
]
"""Days that are a month, or some, after more than one day."""


def _moments(starts: Sequence[datetime], days: int) -> st.SearchStrategy[datetime]:
    """Moments up to `days` before or after one of `starts`."""
    return st.builds(
        lambda start, day, minutes: start + day * A_DAY + minutes * A_MINUTE,
        st.sampled_from(starts),
        st.integers(-days, days),
        st.integers(0, 24 * 60),
    )


MOMENTS = st.one_of(_moments(_CHANGES, 15), _moments(_MONTH_ENDS, 1))


def _stays(drawn: Sequence[tuple[int, int]], goes_on: Stay | None) -> tuple[Stay, ...]:
    """Custody spells one after another, as they can be recorded; the last may go on."""
    stays, ago = [], 90
    for gap, days in drawn:
        start = ago - gap
        if start - days < 0:
            break
        stays.append(Stay(start, days))
        ago = start - days
    if goes_on is not None:
        stays.append(Stay(min(goes_on.ago, ago), None, goes_on.kind, goes_on.sentence_days))
    return tuple(stays)


_GOES_ON = st.one_of(
    st.none(),
    st.builds(
        Stay,
        st.integers(0, 90),
        st.none(),
        st.just(CustodyKind.CUSTODY),
        st.one_of(st.none(), st.sampled_from([90, FIVE_YEARS - 1, FIVE_YEARS])),
    ),
    st.builds(Stay, st.integers(0, 90), st.none(), st.just(CustodyKind.REMAND)),
)
STAYS = st.builds(
    _stays,
    st.lists(
        st.tuples(st.sampled_from([0, 0, 1, 20, 60, 74]), st.sampled_from([0, 1, 3, 14, 30])),
        max_size=3,
    ),
    _GOES_ON,
)


def _mostly(usual: Any, others: Sequence[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual] * 2 * len(others) + list(others))


HISTORIES = st.builds(
    History,
    hub=st.integers(0, len(HUBS) - 1),
    known=_AGO,
    contact=_mostly(ContactStatus.OPEN, list(ContactStatus)),
    custody=_mostly(CustodyStatus.COMMUNITY, list(CustodyStatus)),
    replies=st.lists(_AGO, max_size=2),
    claimed=st.lists(_AGO, max_size=1),
    texts=_TEXTS,
    appointments=st.lists(st.tuples(_AGO, _CODE), max_size=3),
    stays=STAYS,
    reviews=_REVIEWS,
    earlier_reviews=st.lists(_REVIEW, max_size=2, unique_by=lambda one: one.ago),
)


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
