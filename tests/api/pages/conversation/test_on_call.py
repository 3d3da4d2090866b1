"""The rota, notices, paused texts and the steps of an alarm, as staff see and change them."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engage.access.policy import SYSTEM
from engage.agencies import staff_notices
from engage.agencies.model import OnCallTurn, Staff
from engage.conversation.safety import on_call, rota
from engage.conversation.safety.rota import NewTurn
from engage.core.db import Database
from engage.people import pause
from engage.people.model import Person
from engage.signals import SignalKind
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.signals.made import signal
from tests.api.pages.visitor import Page, Visitor

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def add(visitor: Visitor, who: Staff, **given: str) -> Page:
    """Fill in the form for a turn from 5pm on 20 March to 9am on the next day."""
    values = {
        "staff": str(who.id),
        "level": "1",
        "starts_on_day": "20",
        "starts_on_month": "3",
        "starts_on_year": "2027",
        "starts_time": "5pm",
        "ends_on_day": "21",
        "ends_on_month": "3",
        "ends_on_year": "2027",
        "ends_time": "9am",
        **given,
    }
    return visitor.send(visitor.open("/on-call").form("/on-call", "starts_time"), **values)


def turns(database: Database) -> list[OnCallTurn]:
    """All turns."""
    with database.begin() as session:
        return list(session.scalars(select(OnCallTurn)))


def test_a_coordinator_adds_a_turn_and_removes_it(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Times are the hub's.

    Staff without a mobile are added with a warning. A removed turn is gone.
    """
    visitor = sit_down(house.coordinator)
    assert "No one is on call in Tyneside now" in visitor.open("/on-call").words
    page = add(visitor, house.coordinator)
    assert "Chidi Okafor has no mobile number recorded" in page.words
    (turn,) = turns(committed)
    assert turn.starts_at == datetime.fromisoformat("2027-03-20T17:00:00+00:00")
    assert turn.ends_at == datetime.fromisoformat("2027-03-21T09:00:00+00:00")
    page = visitor.send(page.form(f"/on-call/{turn.id}/remove"))
    assert "Removed." in page.words and turns(committed) == []


def test_turns_may_overlap_but_must_end_after_they_start(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The same turn twice is allowed.

    One that ends before it starts, or is past, is refused beside the field.
    """
    visitor = sit_down(house.coordinator)
    add(visitor, house.coordinator)
    add(visitor, house.coordinator)
    assert len(turns(committed)) == 2
    page = add(visitor, house.coordinator, ends_on_day="20", ends_time="4pm")
    assert page.status == 422 and "The end must be after the start." in page.words
    page = add(visitor, house.coordinator, starts_on_year="2026", ends_on_year="2026")
    assert page.status == 422 and "The end has passed." in page.words
    page = add(visitor, house.coordinator, starts_time="soon")
    assert page.status == 422 and "Enter a time" in page.words
    assert len(turns(committed)) == 2


@pytest.mark.parametrize("field", ["staff", "hub", "level"])
@pytest.mark.parametrize("given", ["", "x", str(uuid.UUID(int=5)), "10"])
def test_a_forged_choice_is_refused(
    committed: Database, house: House, sit_down: SitDown, field: str, given: str
) -> None:
    """It adds nothing."""
    page = add(sit_down(house.coordinator), house.coordinator, **{field: given})
    assert page.status in (403, 422)
    assert turns(committed) == []


def test_staff_who_cannot_see_signals_are_not_put_on_call(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """A support worker, an auditor and an administrator could not see the signal."""
    visitor = sit_down(house.coordinator)
    for who in (house.partner, house.auditor, house.administrator):
        assert add(visitor, who).status == 422
    assert turns(committed) == []


def test_only_the_hubs_coordinators_and_administrators_manage_the_rota(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Other roles may not open it, and another hub's turns cannot be changed."""
    with committed.begin() as session:
        far = builders.staff(
            session, builders.hub(session, "Gwent"), *rota.ON_CALL, name="Far Away"
        )
        now = builders.NOW
        new = NewTurn(far.memberships[0].hub_id, far.id, now, now + timedelta(hours=1))
        turn = rota.add(session, SYSTEM, new, now=now)
    for who in (house.pat, house.partner, house.auditor):
        assert sit_down(who).open("/on-call").status == 403
    visitor = sit_down(house.administrator)
    assert visitor.open("/on-call").status == 200
    values = {"csrf_token": visitor.token()}
    assert visitor.post(f"/on-call/{turn.id}/remove", values).status == 404
    assert len(turns(committed)) == 1


def test_staff_set_where_their_own_notices_go(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """A UK mobile is stored normalised, anything else is refused; an empty one ends notices."""
    visitor = sit_down(house.pat)
    form = visitor.open("/notices").form("/notices", "mobile")
    assert "Saved." in visitor.send(form, mobile="07700 900 990", wants="y").words
    assert mobile(committed, house.pat) == "+447700900990"
    page = visitor.send(form, mobile="0191 498 0100", wants="y")
    assert page.status == 422 and "not a mobile" in page.words
    assert "Saved." in visitor.send(form, mobile="", wants="y").words
    assert mobile(committed, house.pat) is None


def test_an_administrator_sets_notices_for_their_own_hub_only(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Not for staff of another hub. A coordinator may set no other worker's notices."""
    with committed.begin() as session:
        far = builders.staff(session, builders.hub(session, "Gwent"), name="Far Away")
    visitor = sit_down(house.administrator)
    form = visitor.open(f"/staff/{house.pat.id}/notices").form(
        f"/staff/{house.pat.id}/notices", "mobile"
    )
    assert "Saved." in visitor.send(form, mobile="07700900991", wants="y").words
    assert mobile(committed, house.pat) == "+447700900991"
    assert visitor.open(f"/staff/{far.id}/notices").status == 404
    assert sit_down(house.coordinator).open(f"/staff/{house.pat.id}/notices").status == 403


def mobile(database: Database, staff: Staff) -> str | None:
    """The number that gets their notices."""
    with database.begin() as session:
        return session.get_one(Staff, staff.id).mobile


def test_today_says_in_red_that_nobody_is_on_call(
    committed: Database, house: House, sit_down: SitDown, now: datetime
) -> None:
    """A coordinator sees the gap until it is filled; an offender manager does not see it."""
    assert "No one is on call in Tyneside now" in sit_down(house.coordinator).open("/today").words
    assert "No one is on call" not in sit_down(house.pat).open("/today").words
    with committed.begin() as session:
        new = NewTurn(
            house.hub.id,
            house.coordinator.id,
            now - timedelta(days=400),
            now - timedelta(days=400) + timedelta(days=31),
        )
        rota.add(session, SYSTEM, new, now=now - timedelta(days=400))
        session.scalars(select(OnCallTurn)).one().ends_at = datetime.fromisoformat(
            "2099-01-01T00:00:00+00:00"
        )
    assert "No one is on call" not in sit_down(house.coordinator).open("/today").words


def test_the_signal_shows_who_was_notified_and_who_acknowledged(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Each step with its time.

    Once a worker has acknowledged, the page no longer says that it waits.
    """
    id = signal(committed, katrina, SignalKind.CRISIS, now)
    with committed.begin() as session:
        coordinator = session.get_one(Staff, house.coordinator.id)
        staff_notices.set_mobile(
            session, coordinator, "07700900991", wants=True, actor="system", now=now
        )
        new = NewTurn(house.hub.id, coordinator.id, now, now + timedelta(hours=1))
        rota.add(session, SYSTEM, new, now=now)
        on_call.advance_due(session, now=now)
    words = sit_down(house.pat).open(f"/signals/{id}").words
    assert "Chidi Okafor was told, on call at level 1" in words and "Not acknowledged yet" in words
    visitor = sit_down(house.coordinator)
    page = visitor.open(f"/signals/{id}")
    visitor.send(page.form(f"/signals/{id}/acknowledge"))
    assert "Not acknowledged yet" not in visitor.open(f"/signals/{id}").words


def test_a_worker_resumes_texts(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The page says since when and why they are paused.

    The button resumes them once, and the thread shows who did it.
    """
    with committed.begin() as session:
        person = session.get_one(Person, katrina.id)
        pause.pause(session, person, why="A text of danger", actor="system", now=now)
    visitor = sit_down(house.pat)
    page = visitor.open(f"/people/{katrina.id}")
    assert "A text of danger" in page.words
    assert (
        "No texts are sent to Katrina: Texts wait until a worker has spoken with them" in page.words
    )
    form = page.form("/texts/go-on")
    page = visitor.send(form)
    assert "Texts may be sent again." in page.words and "A text of danger" not in page.words
    assert "by Pat Hale" in page.words
    assert visitor.send(form).status == 200


def test_staff_who_do_not_manage_a_person_cannot_resume_texts(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Another offender manager cannot see the person; an auditor and a support worker only read."""
    with committed.begin() as session:
        person = session.get_one(Person, katrina.id)
        pause.pause(session, person, why="A text of danger", actor="system", now=now)
    for who in (house.other, house.auditor, house.partner):
        visitor = sit_down(who)
        values = {"csrf_token": visitor.token()}
        answer = visitor.post(f"/people/{katrina.id}/texts/go-on", values)
        assert answer.status in (403, 404)
    with committed.begin() as session:
        assert session.get_one(Person, katrina.id).texts_paused_at is not None
