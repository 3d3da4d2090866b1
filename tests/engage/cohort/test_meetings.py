"""Meetings: called, agenda built, attended, minuted and closed."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Agency, Hub, Role, Staff
from engage.cohort import agenda, meetings
from engage.cohort.kinds import DecisionKind, ExitReason, Rag
from engage.cohort.meetings import Presence
from engage.cohort.model import ReReferral
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.legal.model import CustodyKind, CustodySpell
from engage.people.model import Person
from engage.signals import SignalKind, raise_signal
from tests import builders
from tests.engage.cohort.table import (
    TODAY,
    call,
    enrol,
    items,
    refer,
    review,
)


@pytest.fixture
def hub(session: Session) -> Hub:
    """The hub Tyneside."""
    return builders.hub(session)


@pytest.fixture
def om(session: Session, hub: Hub) -> Staff:
    """Its offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def keeper(session: Session, hub: Hub) -> Actor:
    """Its coordinator."""
    return builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor"))


def inside(session: Session, whose: Person, **values: Any) -> CustodySpell:
    """A period in prison, since January by default."""
    made = CustodySpell(
        person_id=whose.id,
        recorded_by="system",
        recorded_at=builders.NOW,
        **{"kind": CustodyKind.CUSTODY, "since": date(2027, 1, 4), **values},
    )
    session.add(made)
    session.flush()
    return made


def test_the_agenda_builds_itself_with_every_reason(
    session: Session, hub: Hub, om: Staff, keeper: Actor
) -> None:
    """Each for its own reason (rules 10 and 12); a person with none, or of another hub, is not on
    it.
    """
    people = {
        name: builders.person(session, om, number=None, first_name=name)
        for name in ("Due", "Green", "Long", "Urgent", "Out", "Soon", "Again", "Quiet", "Gone")
    }
    enrolled = {
        name: enrol(session, one)
        for name, one in people.items()
        if name not in ("Again", "Gone", "Green")
    }
    review(session, enrolled["Due"], Rag.RED, TODAY - timedelta(days=7), due_on=TODAY)
    green = enrol(session, people["Green"], rag=Rag.AMBER)
    review(session, green, Rag.GREEN, date(2026, 12, 20))
    review(session, green, Rag.GREEN, date(2027, 3, 10))
    inside(session, people["Long"], sentence_days=5 * 365)
    inside(session, people["Out"], released_on=TODAY - timedelta(days=2))
    inside(session, people["Soon"], release_on=TODAY + timedelta(days=14))
    inside(
        session, people["Quiet"], release_on=TODAY + timedelta(days=15), sentence_days=5 * 365 - 1
    )
    raise_signal(
        session,
        SignalKind.CRISIS,
        person_id=people["Urgent"].id,
        hub_id=hub.id,
        cause="x",
        why="why",
        evidence=[],
        now=builders.NOW,
    )
    ended = enrol(session, people["Again"])
    ended.ended_on, ended.exit_reason = TODAY, ExitReason.LONG_CUSTODY
    session.add(
        ReReferral(
            enrolment_id=ended.id,
            person_id=people["Again"].id,
            custody_spell_id=inside(session, people["Again"]).id,
            due_on=TODAY,
        )
    )
    refer(session, keeper, hub)
    elsewhere = builders.staff(session, builders.hub(session, "Gwent"))
    enrol(session, builders.person(session, elsewhere, number=None, first_name="Far"), due_on=TODAY)
    meeting = call(session, keeper, hub)
    assert items(session, meeting) == {
        "Ryan": ["referral"],
        "Due": ["review_due"],
        "Green": ["green_three_months"],
        "Long": ["long_custody"],
        "Urgent": ["urgent_signal"],
        "Out": ["custody_changed"],
        "Soon": ["release_soon"],
        "Again": ["re_referral"],
    }


@pytest.mark.parametrize(
    ("since", "on", "listed"),
    [
        (date(2026, 12, 20), date(2027, 3, 20), True),
        (date(2026, 12, 21), date(2027, 3, 20), False),
        (date(2026, 11, 30), date(2027, 2, 28), True),
        (date(2027, 11, 29), date(2028, 2, 28), False),
        (date(2027, 11, 29), date(2028, 2, 29), True),
    ],
)
def test_three_green_months_are_counted_by_the_calendar(
    session: Session, hub: Hub, om: Staff, keeper: Actor, since: date, on: date, listed: bool
) -> None:
    """Rule 10, at the ends of months and in a leap year; a break restarts the count."""
    person = builders.person(session, om)
    enrolment = enrol(session, person, rag=Rag.GREEN, due_on=date(2030, 1, 1))
    review(session, enrolment, Rag.AMBER, since - timedelta(days=1), due_on=date(2030, 1, 1))
    review(session, enrolment, Rag.GREEN, since, due_on=date(2030, 1, 1))
    now = builders.NOW.replace(year=on.year, month=on.month, day=on.day)
    meeting = call(session, keeper, hub, now, held_on=on)
    assert ("Katrina" in items(session, meeting)) is listed


def test_updating_the_agenda_adds_and_removes(
    session: Session, hub: Hub, om: Staff, keeper: Actor
) -> None:
    """A reason that no longer holds is removed; requested people stay; repeating it changes
    nothing.
    """
    due, asked = (
        builders.person(session, om, number=None, first_name=name) for name in ("Due", "Asked")
    )
    enrolment = enrol(session, due, due_on=TODAY)
    enrol(session, asked)
    meeting = call(session, keeper, hub)
    agenda.request_item(session, builders.actor(om), meeting.id, asked.id, now=builders.NOW)
    agenda.request_item(session, builders.actor(om), meeting.id, asked.id, now=builders.NOW)
    assert items(session, meeting) == {"Due": ["review_due"], "Asked": ["asked_for"]}
    review(session, enrolment, Rag.AMBER, TODAY)
    for _ in range(2):
        meetings.rebuild_agenda(session, keeper, meeting.id, now=builders.NOW)
        assert items(session, meeting) == {"Asked": ["asked_for"]}


def test_a_requested_item_without_decision_is_carried_over(
    session: Session, hub: Hub, om: Staff, keeper: Actor
) -> None:
    """On the agenda of the next meeting."""
    person = builders.person(session, om)
    enrol(session, person)
    first = call(session, keeper, hub)
    agenda.request_item(session, keeper, first.id, person.id, now=builders.NOW)
    came = {session.query(Agency).first().id: Presence(True, "Pat")}  # type: ignore[union-attr]
    meetings.note_attendance(session, keeper, first.id, came, now=builders.NOW)
    meetings.close(session, keeper, first.id, minutes="We ran out of time.", now=builders.NOW)
    second = call(session, keeper, hub, held_on=TODAY + timedelta(days=7))
    assert items(session, second) == {"Katrina": ["asked_for"]}


def test_the_nightly_tick_builds_the_meetings_that_are_near(
    session: Session, hub: Hub, om: Staff, keeper: Actor
) -> None:
    """A review that fell due after the meeting was called; repeating it changes nothing."""
    meeting = call(session, keeper, hub, held_on=TODAY + timedelta(days=3))
    enrol(session, builders.person(session, om), due_on=TODAY + timedelta(days=2))
    assert agenda.build_due(session, now=builders.NOW) == 1
    assert agenda.build_due(session, now=builders.NOW) == 0
    assert items(session, meeting) == {"Katrina": ["review_due"]}


@pytest.mark.parametrize(
    ("now", "held_on", "built"),
    [
        ("2027-06-30T22:59:00+00:00", date(2027, 7, 1), True),
        ("2027-06-30T23:00:00+00:00", date(2027, 7, 1), False),
        ("2027-06-30T22:59:00+00:00", date(2027, 7, 8), False),
        ("2027-06-30T23:00:00+00:00", date(2027, 7, 8), True),
        ("2028-02-22T12:00:00+00:00", date(2028, 2, 29), True),
    ],
)
def test_an_agenda_is_left_alone_on_the_day_by_the_hubs_clock(
    session: Session, hub: Hub, om: Staff, keeper: Actor, now: str, held_on: date, built: bool
) -> None:
    """In summer the day starts an hour before midnight UTC; the agenda is built from seven days
    before.
    """
    at = datetime.fromisoformat(now)
    meeting = call(session, keeper, hub, at - timedelta(days=20), held_on=held_on)
    enrol(session, builders.person(session, om), due_on=held_on)
    assert agenda.build_due(session, now=at) == built
    assert items(session, meeting) == ({"Katrina": ["review_due"]} if built else {})


def test_calling_a_meeting(session: Session, hub: Hub, om: Staff, keeper: Actor) -> None:
    """By an actor who decides in the hub; one a day; not long ago, not years ahead."""
    call(session, keeper, hub)
    with pytest.raises(Conflict):
        call(session, keeper, hub)
    for day in (TODAY - timedelta(days=15), TODAY + timedelta(days=366)):
        with pytest.raises(Invalid):
            call(session, keeper, hub, held_on=day)
    with pytest.raises(Forbidden):
        call(session, builders.actor(om), hub, held_on=TODAY + timedelta(days=1))
    with pytest.raises(NotFound):
        call(session, keeper, builders.hub(session, "Gwent"))


def test_a_closed_hub_has_no_meetings(session: Session, hub: Hub, keeper: Actor) -> None:
    """The day before its closing is the last, by its own clock: midnight in summer is 23:00 UTC the
    day before.
    """
    hub.closed_at = datetime.fromisoformat("2027-03-31T23:00:00+00:00")
    session.flush()
    for day in (date(2027, 4, 1), date(2027, 4, 9)):
        with pytest.raises(Conflict) as refused:
            call(session, keeper, hub, held_on=day)
        assert refused.value.code == "hub_closed"
    assert call(session, keeper, hub, held_on=date(2027, 3, 31)).held_on == date(2027, 3, 31)


def test_when_the_hub_meets_next(session: Session, hub: Hub, keeper: Actor) -> None:
    """Today if it has never met; the day that was called; a week after the last meeting
    (rule 12).
    """
    assert meetings.next_meeting(session, hub, now=builders.NOW).on == TODAY
    called = call(session, keeper, hub, held_on=TODAY + timedelta(days=3))
    found = meetings.next_meeting(session, hub, now=builders.NOW)
    assert (found.on, found.called, found.meeting_id) == (called.held_on, True, called.id)
    later = builders.NOW + timedelta(days=4)
    assert meetings.next_meeting(session, hub, now=later).on == called.held_on + timedelta(days=7)


def test_a_meeting_is_closed_with_its_minutes_and_never_changes(
    session: Session, hub: Hub, om: Staff, keeper: Actor
) -> None:
    """Not without minutes, before any agency is recorded as present, or before its day."""
    agency = builders.agency(session, hub).id
    ahead = call(session, keeper, hub, held_on=TODAY + timedelta(days=1))
    with pytest.raises(Conflict):
        meetings.note_attendance(
            session, keeper, ahead.id, {agency: Presence(True)}, now=builders.NOW
        )
    meeting = call(session, keeper, hub)
    for minutes, field in ((" ", "minutes"), ("All went well.", "attendance")):
        with pytest.raises(Invalid) as refused:
            meetings.close(session, keeper, meeting.id, minutes=minutes, now=builders.NOW)
        assert set(refused.value.fields) == {field}
    far = builders.agency(session, builders.hub(session, "Gwent")).id
    with pytest.raises(Invalid):
        meetings.note_attendance(
            session, keeper, meeting.id, {far: Presence(True)}, now=builders.NOW
        )
    for names in ("Pat", "Pat and Dai"):
        meetings.note_attendance(
            session, keeper, meeting.id, {agency: Presence(True, names)}, now=builders.NOW
        )
    assert [one.names for one in meeting.attendance] == ["Pat and Dai"]
    with pytest.raises(Forbidden):
        meetings.close(session, builders.actor(om), meeting.id, minutes="x", now=builders.NOW)
    meetings.write_minutes(session, keeper, meeting.id, minutes="So far", now=builders.NOW)
    meetings.close(session, keeper, meeting.id, minutes="All went well.", now=builders.NOW)
    with pytest.raises(Conflict):
        meetings.write_minutes(session, keeper, meeting.id, minutes="x", now=builders.NOW)
    with pytest.raises(Conflict):
        meetings.rebuild_agenda(session, keeper, meeting.id, now=builders.NOW)
    person = builders.person(session, om)
    with pytest.raises(Conflict):
        agenda.request_item(session, keeper, meeting.id, person.id, now=builders.NOW)


def test_a_worker_who_does_not_attend_finds_no_meeting(
    session: Session, hub: Hub, keeper: Actor
) -> None:
    """Nor does an actor of another hub."""
    meeting = call(session, keeper, hub)
    worker = builders.actor(builders.staff(session, hub, Role.SUPPORT_WORKER, name="Jo Lamb"))
    stranger = builders.actor(
        builders.staff(session, builders.hub(session, "Gwent"), Role.COORDINATOR)
    )
    for actor in (worker, stranger):
        with pytest.raises(NotFound):
            meetings.open_meeting(session, actor, meeting.id)


def test_every_kind_of_decision_lists_its_required_fields() -> None:
    """So that no kind can be forgotten."""
    from engage.cohort.decision_details import REQUIRED_FIELDS

    assert set(REQUIRED_FIELDS) == set(DecisionKind)
