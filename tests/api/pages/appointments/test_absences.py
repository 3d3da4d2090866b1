"""The appointment's page shows the reason for an absence, the proposal, and buttons to decide."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from engage.access.policy import SCOPES
from engage.agencies.model import Staff
from engage.agencies.service import issue_key
from engage.appointments.attendance import record_outcome
from engage.appointments.kinds import OutcomeCode
from engage.appointments.model import Appointment
from engage.core.db import Database
from engage.people.model import Person
from engage.understanding.vocabulary import Cause, Intent, Prompt
from tests import builders
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.conversation.phones import asked
from tests.engage.conversation.turns import hear, read_as

SitDown = Callable[[Staff], Visitor]
WORDS = "was in a+e with my lad"


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


@pytest.fixture
def missed(
    committed: Database, house: House, katrina: Person, now: datetime, clock: StoppedClock
) -> Appointment:
    """An appointment that she missed, with the reason she texted."""
    clock.at = now + timedelta(hours=2)
    with committed.begin() as session:
        appointment = builders.appointment(session, katrina, now)
        record_outcome(
            session,
            builders.actor(house.pat),
            appointment.id,
            code=OutcomeCode.FAILED_TO_ATTEND,
            now=now + timedelta(minutes=40),
        )
        heard = read_as(Intent.ABSENCE_REASON, cause=Cause.FAMILY)
        hear(session, katrina, heard, now + timedelta(hours=1), body=WORDS, prompt=Prompt.NONE)
        return appointment


def decide(visitor: Visitor, missed: Appointment, decision: str) -> str:
    """Press a button under the reason. Returns the words of the next page."""
    form = visitor.open(f"/appointments/{missed.id}").form(f"/appointments/{missed.id}/absence")
    return visitor.send(form, decision=decision).words


def test_the_page_shows_the_words_the_proposal_and_three_buttons(
    house: House, missed: Appointment, sit_down: SitDown
) -> None:
    """Only the absence is recorded until a worker presses a button."""
    words = sit_down(house.pat).open(f"/appointments/{missed.id}").words
    assert f"“{WORDS}”" in words
    assert "Read as: family. Proposed: Acceptable absence: family (AAFC)." in words
    for button in ("Accept AAFC", "Record as unacceptable UAAB", "Leave"):
        assert button in words
    assert "Failed to attend (evidence awaited)" in words


@pytest.mark.parametrize(
    ("decision", "shown"),
    [
        ("accepted", "Acceptable absence: family AAFC, Pat Hale"),
        ("not_accepted", "Unacceptable absence UAAB, Pat Hale"),
        ("left", "Failed to attend (evidence awaited) AFTA, Pat Hale"),
    ],
)
def test_a_button_decides(
    house: House, missed: Appointment, sit_down: SitDown, decision: str, shown: str
) -> None:
    """The outcome shows who recorded it, the note gives the ground, and the buttons are gone."""
    words = decide(sit_down(house.pat), missed, decision)
    assert shown in words and "Accept AAFC" not in words
    if decision == "accepted":
        assert "Accepted the reason given by text on Sat 20 March, 10am." in words


def test_a_second_decision_is_refused(house: House, missed: Appointment, sit_down: SitDown) -> None:
    """Two workers have the page open: one decision is recorded, and no second outcome."""
    first, second = sit_down(house.pat), sit_down(house.coordinator)
    form = second.open(f"/appointments/{missed.id}").form(f"/appointments/{missed.id}/absence")
    decide(first, missed, "left")
    assert (
        "A worker has already decided about this reason."
        in second.send(form, decision="accepted").words
    )


def test_who_may_not_decide(house: House, missed: Appointment, sit_down: SitDown) -> None:
    """An auditor sees no button and is refused.

    Another officer and another agency get not found.
    """
    auditor = sit_down(house.auditor)
    assert "Accept AAFC" not in auditor.open(f"/appointments/{missed.id}").words
    given = {"reason": str(uuid.uuid4()), "decision": "accepted"}
    for staff, status in ((house.auditor, 403), (house.other, 404), (house.partner, 404)):
        visitor = sit_down(staff)
        sent = {"csrf_token": visitor.token(), **given}
        assert visitor.post(f"/appointments/{missed.id}/absence", sent).status == status


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"reason": "none", "decision": "accepted"},
        {"reason": str(uuid.uuid4()), "decision": "AAME"},
        {"reason": str(uuid.uuid4()), "decision": ""},
    ],
)
def test_an_invalid_decision_is_refused(
    house: House, missed: Appointment, sit_down: SitDown, given: dict[str, str]
) -> None:
    """Changed or broken forms change nothing."""
    visitor = sit_down(house.pat)
    answer = visitor.post(
        f"/appointments/{missed.id}/absence", {"csrf_token": visitor.token(), **given}
    )
    assert 400 <= answer.status < 500
    assert "Accept AAFC" in visitor.open(f"/appointments/{missed.id}").words


def test_other_systems_see_reason_proposal_and_decision(
    house: House,
    missed: Appointment,
    sit_down: SitDown,
    client: FlaskClient,
    committed: Database,
    now: datetime,
) -> None:
    """They are on the appointment; the words themselves stay in the thread."""
    with committed.begin() as session:
        _, presented = issue_key(
            session,
            hub_id=house.hub.id,
            name="a system",
            scopes=["appointments:read"],
            allowed_scopes=SCOPES,
            expires_at=now + timedelta(days=30),
            actor="system",
            now=now,
        )
    headers = {"Authorization": f"Bearer {presented}"}
    address = f"/v1/appointments/{missed.id}"
    (reason,) = client.get(address, headers=headers).get_json()["absence_reasons"]
    assert (reason["cause"], reason["proposed"], reason["decision"]) == ("family", "AAFC", None)
    assert WORDS not in client.get(address, headers=headers).text
    decide(sit_down(house.pat), missed, "accepted")
    (reason,) = client.get(address, headers=headers).get_json()["absence_reasons"]
    assert (reason["decision"], reason["decided_by"]) == ("accepted", f"staff:{house.pat.id}")


def test_a_barrier_is_on_every_page_that_shows_the_appointment(
    committed: Database,
    house: House,
    katrina: Person,
    sit_down: SitDown,
    now: datetime,
) -> None:
    """The person's page, the appointment's page and Today show the barrier and what would help."""
    with committed.begin() as session:
        appointment = builders.appointment(session, session.merge(katrina), now + timedelta(days=1))
        asked(session, appointment, now - timedelta(days=1))
        hear(
            session,
            katrina,
            read_as(Intent.DECLINE, cause=Cause.TRANSPORT),
            now,
            body="no bus fare",
        )
    pat = sit_down(house.pat)
    for address in (f"/people/{katrina.id}", f"/appointments/{appointment.id}", "/today"):
        assert "Cannot come: getting there" in pat.open(address).words, address
    words = pat.open("/today").words
    assert (
        "Barrier to attending: transport, such as the bus fare or a lift (self-reported)." in words
    )
    assert "Arrange a bus pass or a lift" in words
