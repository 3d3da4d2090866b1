"""A person's page: the thread, the state of texts, the number, details and the access log."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engage.agencies.model import Staff
from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from engage.core.model import AccessRecord
from engage.people.model import ContactPoint, NumberState, Person
from engage.people.phones import set_number
from engage.people.service import ensure_involved
from messaging import suppression
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.people.written import written
from tests.api.pages.signals.made import heard
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]


def point_of(database: Database, person: Person) -> ContactPoint:
    """The person's current number."""
    with database.begin() as session:
        return session.scalars(
            select(ContactPoint).where(
                ContactPoint.person_id == person.id, ContactPoint.state != NumberState.RETIRED
            )
        ).one()


SHOWN = [
    ((), "Waiting to be sent"),
    ((MessageStatus.SENDING,), "Being sent"),
    ((MessageStatus.SENDING, MessageStatus.ACCEPTED), "Handed to the network"),
    ((MessageStatus.SENDING, MessageStatus.SENT), "Sent, delivery not confirmed"),
    ((MessageStatus.SENDING, MessageStatus.DELIVERED), "Delivered"),
    ((MessageStatus.SENDING, MessageStatus.UNDELIVERED), "Not delivered"),
    ((MessageStatus.SENDING, MessageStatus.FAILED), "Failed"),
    ((MessageStatus.SENDING, MessageStatus.REFUSED), "Refused by the network"),
    ((MessageStatus.SENDING, MessageStatus.UNKNOWN), "Not known whether it was sent"),
    ((MessageStatus.WITHDRAWN,), "Withdrawn before it was sent"),
    ((MessageStatus.WITHHELD,), "Stopped before it was sent"),
    ((MessageStatus.EXPIRED,), "Too late to send"),
]


def test_every_status_of_a_text_is_shown_correctly(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """All twelve, each with its reason. Unknown is never shown as sent or failed."""
    for minute, (steps, _) in enumerate(SHOWN):
        written(committed, katrina, f"text {minute}", now + timedelta(minutes=minute), *steps)
    words = sit_down(house.pat).open(f"/people/{katrina.id}").words
    for minute, (steps, shown) in enumerate(SHOWN):
        after = words.split(f"Words of text {minute} ")[1].strip()
        assert after.startswith(shown), shown
        assert not steps or f"because {steps[-1].value}" in after[:200]


def test_a_reply_is_shown_before_its_answer(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """A reply and its answer have the same time. The oldest is at the top."""
    written(committed, katrina, "reminder", now - timedelta(hours=1))
    heard(committed, katrina, "what time again?", now, needs_human=True)
    written(committed, katrina, "answer", now)
    words = sit_down(house.pat).open(f"/people/{katrina.id}").words
    assert (
        words.index("Words of reminder")
        < words.index("what time again?")
        < words.index("Words of answer")
    )
    assert "Needs you" in words and "Read as: not understood" in words


def test_the_thread_goes_back_page_by_page(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """120 texts, many at the same time: the latest 50, then older ones; each exactly once."""
    for number in range(120):
        written(committed, katrina, f"text {number}", now - timedelta(minutes=number // 10))
    visitor, address, seen = sit_down(house.pat), f"/people/{katrina.id}", []
    while address:
        html = visitor.open(address).html
        page = [part.split('"')[0] for part in html.split('id="out-')[1:]]
        seen += page
        older = html.split("?thread=")
        address = (
            f"/people/{katrina.id}?thread={older[1].split('#')[0].split('&#34;')[0]}"
            if len(older) > 1
            else ""
        )
        assert len(page) <= 50
    assert len(seen) == len(set(seen)) == 120


def test_a_changed_number_is_marked_in_the_thread(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The mark is between the texts, and a text to the old number shows that number."""
    written(
        committed,
        katrina,
        "old",
        now - timedelta(days=1),
        MessageStatus.SENDING,
        MessageStatus.DELIVERED,
    )
    visitor = sit_down(house.pat)
    page = visitor.open(f"/people/{katrina.id}/phone-number/change")
    page = visitor.send(page.form("/change"), given="07700 900155", how="asked face to face")
    assert "The number is up to date" in page.words and "Phone number changed" in page.words
    assert "To 07700 900101" in page.words and "Phone 07700 900155" in page.words
    assert point_of(committed, katrina).state is NumberState.VERIFIED


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "Enter a mobile number"),
        ("0191 498 0100", "mobile"),
        ("12", "few"),
        ("+33 6 12 34 56 78", "country"),
        ("not a number", "number"),
        ("0" * 41, "at most 40"),
    ],
)
def test_an_invalid_mobile_number_is_refused(
    given: str, words: str, committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The page gives the reason and keeps the input; the old number is unchanged."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/phone-number/change").form("/change")
    page = visitor.send(form, given=given, how="ask")
    assert page.status == 422 and words in page.words.split("There is a problem")[1]
    assert page.form("/change").fields["given"] == given
    assert point_of(committed, katrina).number == "+447700900101"


def test_a_number_is_confirmed_suspended_and_confirmed_again(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Each step records how or why; without that it is refused."""
    with committed.begin() as session:
        person = builders.person(session, house.pat, verified=False)
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{person.id}/phone-number/verify").form("/verify")
    assert visitor.send(form).status == 422
    visitor.send(form, how="asked face to face")
    assert point_of(committed, person).state is NumberState.VERIFIED
    page = visitor.open(f"/people/{person.id}")
    visitor.send(page.form("/phone-number/safe"))
    form = visitor.open(f"/people/{person.id}/phone-number/suspend").form("/suspend")
    assert visitor.send(form).status == 422
    page = visitor.send(form, why="The ex partner has the phone")
    assert "No texts are sent to Katrina: The ex partner has the phone" in page.words
    assert point_of(committed, person).state is NumberState.SUSPENDED


def test_a_shared_number_is_named_and_can_be_agreed(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Pat sees that a person of Dai's has the number, but not who.

    The coordinator sees the name. Agreeing needs a tick.
    """
    with committed.begin() as session:
        builders.person(session, house.other, first_name="Huw", last_name="Jenkins", crn="X700211")
    visitor = sit_down(house.pat)
    page = visitor.open(f"/people/{katrina.id}")
    assert "a person you cannot see" in page.words and "Huw" not in page.words
    assert "Huw Jenkins" in sit_down(house.coordinator).open(f"/people/{katrina.id}").words
    form = visitor.open(f"/people/{katrina.id}/phone-number/shared").form("/shared")
    assert visitor.send(form).status == 422
    visitor.send(form, sure="y")
    assert point_of(committed, katrina).shared_agreed_at is not None


def test_a_stopped_number_says_so(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """It cannot be texted; the page says since when, and what would end it."""
    with committed.begin() as session:
        suppression.suppress(session, "+447700900101", reason="STOP", evidence="1", now=now)
    words = sit_down(house.pat).open(f"/people/{katrina.id}").words
    assert "This number asked for no more texts on 20 March 2027" in words and "START" in words


def test_the_shortened_name_for_texts_is_shown(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """A long preferred name is cut by rule, and the page says so."""
    with committed.begin() as session:
        person = builders.person(session, house.pat, preferred_name="Maximiliana-Josephine")
    assert (
        "shortened from Maximiliana-Josephine"
        in sit_down(house.pat).open(f"/people/{person.id}").words
    )


def test_a_support_worker_sees_only_their_part(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """No thread, no number, no signals, and no actions on the person."""
    heard(committed, katrina, "secret words", now)
    with committed.begin() as session:
        ensure_involved(session, katrina.id, house.partner.agency_id, now=now)
    visitor = sit_down(house.partner)
    page = visitor.open(f"/people/{katrina.id}")
    assert page.status == 200 and "Book an appointment" in page.words
    assert not any(
        words in page.words for words in ("secret", "07700", "Change", "Approval", "Send")
    )
    token = visitor.token()
    for address in ("details", "text", "phone-number/change", "phone-number/safe", "text/facts"):
        sent = visitor.post(
            f"/people/{katrina.id}/{address}", {"csrf_token": token, "body": "hello"}
        )
        assert sent.status in (403, 422), address
    with committed.begin() as session:
        assert session.scalars(select(Message)).first() is None


def test_an_auditor_reads_everything_and_changes_nothing(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The thread is shown without buttons; forged posts are refused."""
    heard(committed, katrina, "words of hers", now, needs_human=True)
    visitor = sit_down(house.auditor)
    page = visitor.open(f"/people/{katrina.id}")
    assert "words of hers" in page.words
    assert not any(
        words in page.words for words in ("Book an", "Change", "Mark as read", "Suspend")
    )
    token = visitor.token()
    with committed.begin() as session:
        reading = session.scalars(select(ReplyRecord.id)).one()
    for address in (
        f"/people/{katrina.id}/text",
        f"/people/{katrina.id}/phone-number/safe",
        f"/readings/{reading}/read",
    ):
        assert visitor.post(address, {"csrf_token": token, "body": "hello"}).status == 403, address


def test_viewing_a_person_is_logged_and_others_get_not_found(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Pat's view is logged with what was viewed; Dai gets not found."""
    sit_down(house.pat).open(f"/people/{katrina.id}")
    assert sit_down(house.other).open(f"/people/{katrina.id}").status == 404
    with committed.begin() as session:
        log = session.scalars(
            select(AccessRecord).where(AccessRecord.person_id == katrina.id)
        ).all()
        assert ("person.page", f"staff:{house.pat.id}") in {(one.what, one.actor) for one in log}


def test_a_number_added_elsewhere_is_shown_at_once(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """It shows its state, and the previous number its end."""
    with committed.begin() as session:
        set_number(session, builders.actor(house.pat), katrina.id, "07700 900156", now=now)
    words = sit_down(house.pat).open(f"/people/{katrina.id}").words
    assert "07700 900156 Not yet confirmed as theirs" in words
    assert "Until 20 March 2027: 07700 900101" in words
