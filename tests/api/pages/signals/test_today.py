"""Today: what each role sees, in which order, and what it can do there."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from engage.agencies.model import Staff
from engage.appointments.model import (
    IntentKind,
    Outcome,
    OutcomeCode,
    Reminder,
    ReminderKind,
    ReminderState,
    StatedIntent,
)
from engage.core.db import Database
from engage.people.model import Person
from engage.signals import Evidence, Signal, SignalKind, SignalState
from messaging import outbox
from messaging.states import MessageStatus
from messaging.transitions import move
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.signals.made import heard, signal
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def test_the_most_urgent_signal_is_first_and_quotes_its_text(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Urgent before high before medium.

    Each says why and what to do, quotes its text and gives the number to ring.
    """
    text = heard(committed, katrina, "can somebody ring me", now)
    signal(committed, katrina, SignalKind.CALL_REQUESTED, now, Evidence("inbound", str(text)))
    signal(committed, katrina, SignalKind.WRONG_NUMBER, now)
    signal(committed, katrina, SignalKind.CRISIS, now)
    words = sit_down(house.pat).open("/today").words
    assert (
        words.index("May be in danger")
        < words.index("belongs to another person")
        < words.index("Asked for a call")
    )
    assert "“can somebody ring me”" in words and "Ring within 1 working day." in words
    assert "07700 900101" in words and "1 urgent" in words


def test_an_overdue_signal_says_so(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """A signal due within 15 minutes is marked as overdue an hour later."""
    signal(committed, katrina, SignalKind.CRISIS, now - timedelta(hours=1))
    assert "Overdue by 45 minutes" in sit_down(house.pat).open("/today").words


def test_reply_delivery_and_outcome_are_separate(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The person said yes, the delivery is unknown and no outcome is recorded.

    Three columns say so.
    """
    with committed.begin() as session:
        booked = builders.appointment(session, katrina, now + timedelta(hours=2))
        message = outbox.enqueue(
            session,
            outbox.Text(
                to="+447700900101",
                body="Hi Katrina. See you today.",
                lane=outbox.Lane.REMINDER,
                dedupe_key="one",
                recipient=str(katrina.id),
            ),
            now=now,
        )
        session.flush()
        move(session, [message.id], MessageStatus.SENDING, now=now)
        move(session, [message.id], MessageStatus.UNKNOWN, now=now, reason="No answer came")
        session.add(
            Reminder(
                appointment_id=booked.id,
                kind=ReminderKind.TWO_HOURS,
                revision=1,
                due_at=now,
                expires_at=now + timedelta(hours=1),
                state=ReminderState.SENT,
                message_id=message.id,
            )
        )
        session.add(
            StatedIntent(
                appointment_id=booked.id, kind=IntentKind.WILL_ATTEND, said_at=now, revision=1
            )
        )
    words = sit_down(house.pat).open("/today").words
    assert "Will come" in words and "Not known whether it was sent" in words and "Not yet" in words


def test_a_recorded_outcome_is_shown_with_who_recorded_it(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The word, the code and the worker."""
    with committed.begin() as session:
        booked = builders.appointment(session, katrina, now - timedelta(hours=2))
        session.add(
            Outcome(
                appointment_id=booked.id,
                code=OutcomeCode.ATTENDED_COMPLIED,
                recorded_by=f"staff:{house.partner.id}",
                recorded_at=now,
            )
        )
    words = sit_down(house.pat).open("/today").words
    assert "Attended and complied ATTC, Jo Lamb" in words


def test_a_person_who_cannot_be_texted_is_shown_before_the_appointment(
    committed: Database, house: House, sit_down: SitDown, now: datetime
) -> None:
    """Tomorrow's appointment of a person in custody says that no text will be sent, and why."""
    with committed.begin() as session:
        held = builders.person(session, house.pat, custody_status="custody")
        booked = builders.appointment(session, held, now + timedelta(days=1))
        session.add(
            Reminder(
                appointment_id=booked.id,
                kind=ReminderKind.ONE_DAY,
                revision=1,
                due_at=now + timedelta(hours=1),
                expires_at=now + timedelta(hours=20),
            )
        )
    assert (
        "No text will be sent at present The person is in custody"
        in sit_down(house.pat).open("/today").words
    )


def test_each_role_sees_its_own(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Pat, the coordinator and the auditor see Pat's person.

    A partner sees only the appointment with them; others see nothing.
    """
    text = heard(committed, katrina, "secret words", now, needs_human=True)
    signal(committed, katrina, SignalKind.CALL_REQUESTED, now, Evidence("inbound", str(text)))
    with committed.begin() as session:
        builders.appointment(session, katrina, now + timedelta(hours=1), worker_name="Ours")
        builders.appointment(
            session,
            katrina,
            now + timedelta(hours=3),
            worker_name="Theirs",
            agency_name="Tyne Recovery",
        )
        from engage.people.service import ensure_involved

        ensure_involved(session, katrina.id, house.partner.agency_id, now=now)
    seen = {
        staff.name: sit_down(staff).open("/today").words
        for staff in (house.pat, house.other, house.coordinator, house.partner, house.auditor)
    }
    for name in ("Pat Hale", "Chidi Okafor"):
        assert all(
            words in seen[name] for words in ("secret words", "Asked for a call", "Ours", "Theirs")
        ), name
    assert "Katrina" not in seen["Dai Rees"]
    assert "Theirs" in seen["Jo Lamb"] and "Ours" not in seen["Jo Lamb"]
    assert "secret words" not in seen["Jo Lamb"] and "Asked for a call" not in seen["Jo Lamb"]
    assert "Ours" in seen["Robin Platt"] and "Assign to me" not in seen["Robin Platt"]
    assert "Mark as read" not in seen["Robin Platt"] and "Book" not in seen["Robin Platt"]
    assert "cannot open people’s records" in sit_down(house.administrator).open("/today").words


def test_a_signal_is_assigned_and_resolved(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """ "Assign to me" shows the worker.

    Resolving asks what was done, stores it, and removes the signal from the list.
    """
    found = signal(committed, katrina, SignalKind.CALL_REQUESTED, now)
    visitor = sit_down(house.pat)
    page = visitor.send(visitor.open("/today").form("/acknowledge"))
    assert page.address == "/today" and "Pat Hale has been assigned since" in page.words
    form = visitor.open(f"/signals/{found}").form("/resolve")
    refused = visitor.send(form)
    assert refused.status == 422 and "Say what was done" in refused.words
    done = visitor.send(form, how="Rang, all is well")
    assert done.address == "/today" and "No signals are open" in done.words
    again = visitor.send(form, how="Rang again")
    assert again.status == 422 and "already resolved" in again.words
    with committed.begin() as session:
        kept = session.get_one(Signal, found)
        assert kept.state is SignalState.RESOLVED and kept.resolution == "Rang, all is well"


@pytest.mark.parametrize("who", ["other", "partner", "auditor", "administrator"])
def test_other_staff_cannot_change_a_signal(
    who: str, committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Another offender manager, a partner, the auditor and the administrator are refused.

    The signal stays open.
    """
    found = signal(committed, katrina, SignalKind.CALL_REQUESTED, now)
    visitor = sit_down(getattr(house, who))
    token = visitor.token()
    for address in ("acknowledge", "resolve"):
        page = visitor.post(f"/signals/{found}/{address}", {"csrf_token": token, "how": "hm"})
        assert page.status in (403, 404)
    with committed.begin() as session:
        assert session.get_one(Signal, found).state is SignalState.OPEN


def test_a_waiting_reply_is_marked_as_read_on_today(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """A reply that was not understood stays on Today until a worker marks it as read."""
    heard(committed, katrina, "its about my housing", now, needs_human=True)
    visitor = sit_down(house.pat)
    page = visitor.open("/today")
    assert "1 reply to read" in page.words and "“its about my housing”" in page.words
    page = visitor.send(page.form("/read"))
    assert "Marked as read" in page.words and "its about my housing" not in page.words


def test_resolving_or_replying_marks_replies_as_read(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Only replies that were on the worker's page are marked as read; later ones still wait."""
    crisis = heard(committed, katrina, "cant go on", now, needs_human=True)
    found = signal(committed, katrina, SignalKind.CRISIS, now, Evidence("inbound", str(crisis)))
    visitor = sit_down(house.pat)
    resolving = visitor.open(f"/signals/{found}").form("/resolve")
    heard(committed, katrina, "is it still on", now, needs_human=True)
    page = visitor.send(resolving, how="Rang her")
    assert "cant go on" not in page.words and "“is it still on”" in page.words
    assert (
        "No signals are open, but there are replies to read." in page.words
        and "Nobody" not in page.words
    )
    writing = visitor.open(f"/people/{katrina.id}").form("/text")
    heard(committed, katrina, "hello??", now, needs_human=True)
    refused = visitor.send(writing, body="Yes, the court says so")
    assert refused.status == 422 and "“is it still on”" in visitor.open("/today").words
    assert visitor.send(refused.form("/text"), body="Yes it is. Pat").status == 200
    words = visitor.open("/today").words
    assert "is it still on" not in words and "“hello??”" in words


@pytest.mark.parametrize("seen", ["0", "x", "９", "1" * 40, "-1", "\0"])
def test_an_invalid_id_of_a_seen_text_is_ignored(
    seen: str, committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Unknown or malformed ids mark nothing, and the text is sent all the same."""
    heard(committed, katrina, "is it still on", now, needs_human=True)
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}").form("/text")
    form.fields["seen"] = seen
    visitor.send(form, body="Hi. Pat")
    assert "“is it still on”" in visitor.open("/today").words


def test_names_are_shown_as_text_not_as_markup(
    committed: Database, house: House, sit_down: SitDown, now: datetime
) -> None:
    """A name, a place and a reply that look like HTML have no effect in the browser."""
    nasty = "<script>alert(1)</script>"
    with committed.begin() as session:
        person = builders.person(session, house.pat, last_name=nasty)
        builders.appointment(
            session, person, now + timedelta(hours=1), worker_name=nasty, place_alias=nasty
        )
    heard(committed, person, nasty, now, needs_human=True)
    visitor = sit_down(house.pat)
    for address in ("/today", "/caseload", f"/people/{person.id}", f"/people/{person.id}/book"):
        html = visitor.open(address).html
        assert nasty not in html and "&lt;script&gt;" in html, address


@pytest.mark.parametrize("who", ["pat", "coordinator"])
def test_many_signals_are_paged(
    who: str, committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """60 open signals of three severities, each on exactly one page.

    The urgent ones are on the first.
    """
    urgent = {str(signal(committed, katrina, SignalKind.CRISIS, now)) for _ in range(5)}
    for kind in (SignalKind.NO_REPLY, SignalKind.WRONG_NUMBER):
        for minute in range(25 if kind is SignalKind.NO_REPLY else 30):
            signal(committed, katrina, kind, now - timedelta(minutes=minute // 5))
    visitor, address, pages = sit_down(getattr(house, who)), "/today", []
    while address:
        html = visitor.open(address).html
        pages.append([part.split('"')[0] for part in html.split('id="signal-')[1:]])
        following = html.split('href="/today?after=')
        address = "/today?after=" + following[1].split('"')[0] if len(following) > 1 else ""
    seen = [id for page in pages for id in page]
    assert [len(page) for page in pages] == [25, 25, 10] and len(set(seen)) == 60
    assert set(pages[0][:5]) == urgent


def test_a_full_day_is_paged(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """45 appointments on one day, many at one time.

    Today shows the first and the day's pages the rest, each exactly once.
    """
    with committed.begin() as session:
        for number in range(45):
            builders.appointment(
                session, katrina, now + timedelta(hours=1 + number // 10), minutes=5
            )
    visitor, seen = sit_down(house.pat), []
    html = visitor.open("/today").html
    while html:
        seen += [part.split('"')[0] for part in html.split('id="appointment-')[1:]]
        following = html.split('href="/day/2027-03-20?after=')
        after = following[1].split('"')[0] if following[1:] else ""
        html = visitor.open(f"/day/2027-03-20?after={after}").html if after else ""
    assert len(seen) == len(set(seen)) == 45


def test_an_invalid_day_is_not_found(house: House, sit_down: SitDown) -> None:
    """So is a day outside this century, or an invalid position within a day."""
    visitor = sit_down(house.pat)
    assert "No appointments" in visitor.open("/day/2027-04-01").words
    for day in ("2027-02-30", "tomorrow", "9999-12-31", "0001-01-01", "2027-03-20?after=x"):
        assert visitor.open(f"/day/{day}").status == 404


def test_an_invalid_position_in_the_list_is_not_found(house: House, sit_down: SitDown) -> None:
    """Any address gets a page, never a server error."""
    visitor = sit_down(house.pat)
    for given in (
        "x",
        "9.2027.1",
        "0.2027-01-01.x",
        "%00",
        "0.2027-03-20T09:00:00+00:00.not-an-id",
    ):
        assert visitor.open(f"/today?after={given}").status == 404
