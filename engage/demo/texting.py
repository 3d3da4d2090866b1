"""A year of appointments as rows: booked, reminded, delivered or not, replied to or not, and
recorded. Intent, delivery and outcome stay three separate facts.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from engage import texts
from engage.access.policy import PERSON
from engage.agencies.hub_settings import zone
from engage.appointments.kinds import IntentKind, OutcomeCode, ReminderKind, ReminderState
from engage.appointments.model import Appointment, AppointmentType, Outcome, Reminder, StatedIntent
from engage.conversation.model import ReplyRecord
from engage.demo.hub import DemoHub
from engage.demo.lives import Group
from engage.demo.people import DemoPerson
from engage.demo.rows import InboundRef, Rows
from engage.people.model import Involvement
from engage.texts import TextKind
from engage.understanding.vocabulary import Basis
from messaging.states import MessageStatus
from messaging.tables import InboundStatus, Message
from messaging.tables import new_id as message_id

ENGAGE = "+447700900999"
BOOKED_AHEAD = timedelta(days=21)
SILENCE = timedelta(days=24)
EXCUSED = (
    OutcomeCode.ABSENT_MEDICAL,
    OutcomeCode.ABSENT_WORK,
    OutcomeCode.ABSENT_FAMILY,
    OutcomeCode.WORKERS_JUDGEMENT,
)
DELIVERIES = (
    MessageStatus.DELIVERED,
    MessageStatus.UNDELIVERED,
    MessageStatus.FAILED,
    MessageStatus.UNKNOWN,
)
REPLIES = {
    IntentKind.WILL_ATTEND: ("yes", "Yes", "ok see you", "ok will be there", "YES thanks"),
    IntentKind.CANNOT_ATTEND: ("cant make it", "no sorry im not well", "No"),
    IntentKind.LATE: ("gonna be late", "running 10 mins late"),
}


class Failures:
    """The unacceptable absences of people under an order, by person, for enforcement: (appointment,
    outcome, day).
    """

    def __init__(self) -> None:
        self.of: dict[uuid.UUID, list[tuple[uuid.UUID, uuid.UUID, date]]] = {}


def write(rows: Rows, demo: DemoHub, one: DemoPerson, now: datetime, luck: Random) -> Failures:
    """Write appointments and texts: with the offender manager every week or two, with a partner
    every third week.
    """
    failures = Failures()
    where = zone(demo.hub)
    partner, worker = luck.choice(demo.partners)
    for agency in (demo.probation, partner):
        rows.add(
            Involvement,
            person_id=one.id,
            agency_id=agency.id,
            since=_at(one.life.adopted_on, 12, where),
        )
    every = 7 if one.life.reliability < 0.75 else 14
    for number, day in enumerate(_days(one, every, now)):
        _appointment(
            rows,
            demo,
            one,
            _at(day, 9 + (one.life.number + number) % 8, where),
            None,
            failures,
            now,
            luck,
        )
    for day in _days(one, 21, now, shift=2):
        _appointment(
            rows,
            demo,
            one,
            _at(day, 14, where),
            (partner.id, worker.first_name),
            failures,
            now,
            luck,
        )
    return failures


def _days(one: DemoPerson, every: int, now: datetime, *, shift: int = 0) -> Iterator[date]:
    today = now.date()
    day = one.life.adopted_on + timedelta(days=3 + shift)
    while day <= today + BOOKED_AHEAD:
        working = day + timedelta(days=max(0, 7 - day.weekday()) % 7 if day.weekday() >= 5 else 0)
        lost = one.life.silent and today - SILENCE < working < today
        if one.life.free(working, today) and working != today and not lost:
            yield working
        day += timedelta(days=every)


def _at(day: date, hour: int, where: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=where)


def _appointment(
    rows: Rows,
    demo: DemoHub,
    one: DemoPerson,
    starts_at: datetime,
    partner: tuple[uuid.UUID, str] | None,
    failures: Failures,
    now: datetime,
    luck: Random,
) -> None:
    booked_at = min(starts_at - timedelta(days=luck.randint(5, 14)), now - timedelta(hours=1))
    enforceable = partner is None and one.life.group is Group.ORDER
    appointment_id = rows.add(
        Appointment,
        hub_id=demo.hub.id,
        person_id=one.id,
        agency_id=partner[0] if partner else demo.probation.id,
        type=luck.choice((AppointmentType.GROUP, AppointmentType.COURSE, AppointmentType.OFFICE))
        if partner
        else AppointmentType.OFFICE,
        starts_at=starts_at,
        minutes=60 if partner else 30,
        worker_name=partner[1] if partner else one.officer.first_name,
        worker_id=None if partner else one.officer.id,
        place="the hall, Mill Lane" if partner else "the centre on Bridge St",
        place_alias="the hall, Mill Lane" if partner else "the centre on Bridge St",
        enforceable=enforceable,
        created_by=one.label,
        created_at=booked_at,
        updated_at=booked_at,
    )
    rows.add_event(
        "appointment.booked",
        booked_at,
        hub_id=demo.hub.id,
        person_id=one.id,
        actor=one.label,
        appointment=appointment_id,
    )
    said = _remind(rows, demo, one, appointment_id, starts_at, now, luck)
    if starts_at < now:
        code = _outcome(one, starts_at, said, now, luck)
        if code is not None:
            outcome_id = _record(rows, demo, one, appointment_id, code, starts_at)
            if code is OutcomeCode.UNACCEPTABLE_ABSENCE and enforceable:
                failures.of.setdefault(one.id, []).append(
                    (appointment_id, outcome_id, starts_at.date())
                )


def _remind(
    rows: Rows,
    demo: DemoHub,
    one: DemoPerson,
    appointment_id: uuid.UUID,
    starts_at: datetime,
    now: datetime,
    luck: Random,
) -> IntentKind | None:
    """Write the reminder a day before, and the reply to it."""
    due_at = starts_at - timedelta(days=1)
    expires_at = starts_at - timedelta(hours=4)
    common = {
        "appointment_id": appointment_id,
        "kind": ReminderKind.ONE_DAY,
        "revision": 1,
        "due_at": due_at,
        "expires_at": expires_at,
    }
    if one.number is None and due_at < now:
        why = [{"code": "no_number", "words": "No mobile number"}]
        rows.add(Reminder, **common, state=ReminderState.SKIPPED, reasons=why, decided_at=due_at)
        return None
    if due_at >= now - timedelta(hours=1) or one.number is None:
        if expires_at > now:
            rows.add(Reminder, **common)
        return None
    end = luck.choices(DELIVERIES, weights=(92, 5, 2, 1))[0]
    text_id = message_id()
    rows.add_keyed(
        Message,
        id=text_id,
        recipient=str(one.id),
        to_number=one.number,
        sender=ENGAGE,
        lane=3,
        body=texts.render(
            TextKind.ONE_DAY_NO_PLACE,
            "en",
            first=one.life.first_name,
            worker=one.officer.first_name,
            time=texts.time_of(starts_at, zone(demo.hub), "en"),
        ),
        encoding="gsm7",
        segments=1,
        status=end,
        reason=None
        if end is MessageStatus.DELIVERED
        else "The phone may be switched off or out of reach",
        send_after=due_at,
        expires_at=expires_at,
        dedupe_key=f"demo:{appointment_id}",
        group_key=f"appointment:{appointment_id}",
        context={"purpose": "reminder", "person": str(one.id), "texts": "one_day"},
        attempts=1,
        created_at=due_at,
        claimed_at=due_at,
        accepted_at=due_at,
        sent_at=due_at,
        delivered_at=due_at + timedelta(seconds=4) if end is MessageStatus.DELIVERED else None,
        ended_at=None if end is MessageStatus.UNKNOWN else due_at + timedelta(seconds=4),
        reported_at=due_at + timedelta(seconds=6),
    )
    rows.add(
        Reminder,
        **common,
        state=ReminderState.SENT,
        reasons=[],
        decided_at=due_at,
        message_id=text_id,
    )
    if end is not MessageStatus.DELIVERED or luck.random() > 0.25 + 0.5 * one.life.reliability:
        return None
    return _answer(
        rows, demo, one, appointment_id, due_at + timedelta(minutes=luck.randint(2, 300)), luck
    )


def reply_row(rows: Rows, one: DemoPerson, words: str, at: datetime, **reading: Any) -> InboundRef:
    """Add an inbound text. `reading` holds what was asked, how it was interpreted, and what was
    done: it was read by rules and acted on, unless `reading` says otherwise.
    """
    inbound = rows.add_inbound(
        from_number=one.number,
        to_number=ENGAGE,
        body=words,
        num_media=0,
        params={},
        received_at=at,
        status=InboundStatus.HANDLED,
        handled_at=at,
    )
    rows.add(
        ReplyRecord,
        inbound_id=inbound,
        number=one.number,
        person_id=one.id,
        at=at,
        **{"act": True, "needs_human": False, "basis": Basis.RULE.value, **reading},
    )
    return inbound


def _answer(
    rows: Rows,
    demo: DemoHub,
    one: DemoPerson,
    appointment_id: uuid.UUID,
    at: datetime,
    luck: Random,
) -> IntentKind:
    kind = luck.choices(list(REPLIES), weights=(86, 8, 6))[0]
    words = luck.choice(REPLIES[kind])
    inbound = reply_row(
        rows,
        one,
        words,
        at,
        prompt="appointment",
        intent={IntentKind.WILL_ATTEND: "confirm", IntentKind.CANNOT_ATTEND: "decline"}.get(
            kind, "running_late"
        ),
        confidence=0.97,
        done="Recorded what they said of the appointment.",
        appointment_id=appointment_id,
    )
    rows.add(
        StatedIntent,
        appointment_id=appointment_id,
        kind=kind,
        said_at=at,
        inbound_id=inbound,
        revision=1,
    )
    rows.add_event(
        "intent.recorded",
        at,
        hub_id=demo.hub.id,
        person_id=one.id,
        actor=PERSON.label,
        appointment=appointment_id,
        intent=kind.value,
    )
    return kind


def _outcome(
    one: DemoPerson, starts_at: datetime, said: IntentKind | None, now: datetime, luck: Random
) -> OutcomeCode | None:
    """Choose the recorded outcome. People who said yes mostly attend; those who said no mostly have
    a reason.
    """
    age = now - starts_at
    if age < timedelta(days=1) or luck.random() < 0.015:
        return None
    likely = one.life.reliability + {
        None: -0.08,
        IntentKind.WILL_ATTEND: 0.1,
        IntentKind.LATE: 0.05,
    }.get(said, -0.9)
    if luck.random() < likely:
        return (
            OutcomeCode.ATTENDED_FAILED_TO_COMPLY
            if luck.random() < 0.01
            else OutcomeCode.ATTENDED_COMPLIED
        )
    if age < timedelta(days=7) and luck.random() < 0.6:
        return OutcomeCode.FAILED_TO_ATTEND
    return luck.choice(EXCUSED) if luck.random() < 0.6 else OutcomeCode.UNACCEPTABLE_ABSENCE


def _record(
    rows: Rows,
    demo: DemoHub,
    one: DemoPerson,
    appointment_id: uuid.UUID,
    code: OutcomeCode,
    starts_at: datetime,
) -> uuid.UUID:
    at = starts_at + timedelta(hours=3)
    outcome_id = rows.add(
        Outcome, appointment_id=appointment_id, code=code, recorded_by=one.label, recorded_at=at
    )
    rows.add_event(
        "outcome.recorded",
        at,
        hub_id=demo.hub.id,
        person_id=one.id,
        actor=one.label,
        appointment=appointment_id,
        outcome=outcome_id,
        code=code.value,
        corrects=None,
    )
    return outcome_id
