"""The form for a person's details: what it shows first, what it changes, and what follows."""

from collections.abc import Callable
from datetime import datetime

from engage.agencies.model import Staff
from engage.appointments.kinds import ReminderKind
from engage.core.db import Database
from engage.labels.appointments import REMINDERS
from engage.people.model import CustodyStatus, Language, Person
from messaging.states import MessageStatus
from messaging.tables import Message
from tests.api.pages.conftest import House
from tests.api.pages.people.written import written
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]
USUAL = (ReminderKind.BOOKED, ReminderKind.THREE_DAYS, ReminderKind.ONE_DAY)


def test_details_are_changed_and_waiting_texts_withdrawn(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Custody withdraws unsent texts at once. Name, language and hours are saved."""
    waiting = written(committed, katrina, "waiting", now)
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/details").form("/details")
    assert form.fields["approved"] == "y" and form.fields["language"] == "en"
    page = visitor.send(
        form, preferred_name="Kat", language="cy", custody_status="remand", text_from_hour="10"
    )
    assert "The details are saved" in page.words and "remanded in custody" in page.words
    with committed.begin() as session:
        person = session.get_one(Person, katrina.id)
        assert (person.preferred_name, person.language) == ("Kat", Language.WELSH)
        assert person.custody_status is CustodyStatus.REMAND and person.text_from_hour == 10
        assert session.get_one(Message, waiting.id).status is MessageStatus.WITHDRAWN


def test_approval_of_texts_is_withdrawn_and_given_again(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """An unticked box ends the approval; ticking it again records who approved."""
    visitor = sit_down(house.pat)
    address = f"/people/{katrina.id}/details"
    form = visitor.open(address).form("/details")
    del form.fields["approved"]
    assert "Not approved: no texts are sent" in visitor.send(form).words
    page = visitor.send(visitor.open(address).form("/details"), approved="y")
    assert "Approved by Pat Hale" in page.words


def test_the_reminders_of_a_person_are_named_as_elsewhere(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The page says which reminders go, in the words of appointments and evidence packs."""
    visitor, address = sit_down(house.pat), f"/people/{katrina.id}"
    usual = f"Reminders {', '.join(REMINDERS[kind] for kind in USUAL)}"
    assert f"{usual} Another time by text" in visitor.open(address).words
    page = visitor.send(visitor.open(f"{address}/details").form("/details"), two_hour_reminder="y")
    assert f"{usual}, 2 hours before Another time by text" in page.words
