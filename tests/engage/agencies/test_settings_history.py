"""The history of a hub's settings, and the closing of a hub."""

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies import setup
from engage.agencies.hub_settings import hub_rules, rules_at, settings_at
from engage.agencies.model import Hub, HubSettingsSpell
from engage.appointments import booking as appointments
from engage.appointments.booking import NewAppointment
from engage.appointments.kinds import AppointmentType
from engage.core.db import Database
from engage.core.errors import Conflict, Invalid
from engage.core.model import Event
from engage.people.service import NewPerson, create_person
from tests import builders

HOUR = timedelta(hours=1)


def choose(session: Session, hub: Hub, setting: str, value: int, now: datetime) -> None:
    """Change a setting as the system."""
    setup.set_hub_setting(session, hub, setting, value, actor="system", now=now)


def test_past_settings_can_be_read(session: Session, now: datetime) -> None:
    """Before the first change, between two, and after the last. Setting the same value again
    changes nothing.
    """
    hub = builders.hub(session, count_months=6)
    choose(session, hub, "count_months", 9, now)
    choose(session, hub, "count_months", 9, now + HOUR)
    choose(session, hub, "silent_days", 21, now + 2 * HOUR)
    held = [
        rules_at(session, hub, at)
        for at in (now - 9999 * HOUR, now, now + HOUR, now + 2 * HOUR, now + 9999 * HOUR)
    ]
    assert [(rules.count_months, rules.silent_days) for rules in held] == [
        (6, 14),
        (9, 14),
        (9, 14),
        (9, 21),
        (9, 21),
    ]
    assert hub_rules(hub) == held[-1]
    assert [(spell.since, spell.changed_by) for spell in setup.history(session, hub)] == [
        (now + 2 * HOUR, "system"),
        (now, "system"),
        (setup.EARLIEST, "system"),
    ]
    recorded = session.scalars(
        select(Event).where(Event.kind == "hub.setting_changed").order_by(Event.id)
    )
    assert [event.data for event in recorded] == [
        {"setting": "count_months", "value": 9},
        {"setting": "silent_days", "value": 21},
    ]


def test_a_hub_without_changes_always_had_its_present_settings(
    session: Session, now: datetime
) -> None:
    """Its stored settings count for any time."""
    hub = builders.hub(session, silent_days=10)
    assert rules_at(session, hub, now).silent_days == 10


def test_closed_days_have_a_history_too(session: Session, now: datetime) -> None:
    """A day that was a working day at the time is still shown as one."""
    hub = builders.hub(session)
    setup.close_days(session, hub, [date(2027, 3, 26)], closed=True, actor="system", now=now)
    assert settings_at(session, hub, now)["closed_days"] == ["2027-03-26"]
    assert "closed_days" not in settings_at(session, hub, now - HOUR)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("nothing", 1, "no such setting"),
        ("closed_days", 1, "no such setting"),
        ("count_months", 0, "must be between 1 and 36"),
        ("count_months", True, "must be a whole number"),
        ("text_from_hour", 20, "must be before the last"),
        ("work_until_hour", 9, "must be before the last"),
    ],
)
def test_a_value_that_is_not_allowed_changes_nothing(
    session: Session, now: datetime, setting: str, value: int, words: str
) -> None:
    """The refusal says what is allowed."""
    hub = builders.hub(session)
    with pytest.raises(Invalid) as refused:
        choose(session, hub, setting, value, now)
    assert words in refused.value.fields[setting]
    assert hub.settings == {} and setup.history(session, hub) == []


def test_two_changes_at_once_both_count(committed: Database, now: datetime) -> None:
    """Neither overwrites the other."""
    with committed.begin() as session:
        hub_id = builders.hub(session).id
    start = threading.Barrier(2)

    def do(setting: str) -> None:
        start.wait()
        with committed.begin() as session:
            choose(session, session.get_one(Hub, hub_id), setting, 20, now)

    threads = [
        threading.Thread(target=do, args=(name,)) for name in ("silent_days", "rag_window_days")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        assert session.get_one(Hub, hub_id).settings == {"silent_days": 20, "rag_window_days": 20}
        assert len(session.scalars(select(HubSettingsSpell)).all()) == 3


def test_a_hub_closes_on_a_day(session: Session, now: datetime) -> None:
    """Before that day people are added and appointments booked; from it on neither."""
    hub = builders.hub(session)
    pat = builders.staff(session, hub)
    person = builders.person(session, pat)
    setup.close_hub(session, hub, date(2027, 4, 1), actor="system", now=now)

    def book(at: str) -> None:
        appointments.book(
            session,
            SYSTEM,
            NewAppointment(
                person_id=person.id,
                agency_id=pat.agency_id,
                type=AppointmentType.OFFICE,
                starts_at=datetime.fromisoformat(at),
                minutes=30,
                worker_name="Pat",
                enforceable=True,
            ),
            now=now,
        )

    def add(crn: str, at: datetime) -> None:
        new = NewPerson(
            crn=crn, first_name="Ann", last_name="Bold", hub_id=hub.id, offender_manager_id=pat.id
        )
        create_person(session, SYSTEM, new, now=at)

    book("2027-03-31T10:00:00+01:00")
    with pytest.raises(Conflict, match="closed by then"):
        book("2027-04-01T10:00:00+01:00")
    add("X700001", now)
    with pytest.raises(Conflict, match="closed"):
        add("X700002", datetime.fromisoformat("2027-04-01T00:00:00+01:00"))


def test_closing_can_be_cancelled_until_the_day(session: Session, now: datetime) -> None:
    """Afterwards it cannot. A hub does not close twice or in the past."""
    hub = builders.hub(session)
    with pytest.raises(Conflict, match="No closing is planned"):
        setup.keep_open(session, hub, actor="system", now=now)
    with pytest.raises(Invalid):
        setup.close_hub(session, hub, date(2027, 3, 19), actor="system", now=now)
    setup.close_hub(session, hub, date(2027, 3, 21), actor="system", now=now)
    setup.keep_open(session, hub, actor="system", now=now)
    assert hub.closed_at is None
    setup.close_hub(session, hub, date(2027, 3, 20), actor="system", now=now)
    with pytest.raises(Conflict, match="has closed"):
        setup.keep_open(session, hub, actor="system", now=now)
    with pytest.raises(Conflict, match="already"):
        setup.close_hub(session, hub, date(2027, 3, 20), actor="system", now=now)
