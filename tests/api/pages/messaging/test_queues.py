"""The administrator's queues page: everything that is stuck, and nothing about any person."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.conversation import intake, unprocessed
from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from engage.core.model import Event
from engage.people.model import Person
from engage.queries.messaging import engine
from messaging import inbound
from messaging.sending import pacing
from messaging.states import MessageStatus
from messaging.tables import Inbound, InboundStatus, Message
from tests import builders
from tests.api.pages import stalled
from tests.api.pages.conftest import House
from tests.api.pages.stalled import WORDS
from tests.api.pages.visitor import Page, Visitor

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """A person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


@pytest.fixture
def stuck(committed: Database, katrina: Person, now: datetime) -> tuple[UUID, int]:
    """One of everything that can be stuck.

    Returns the ids of the unknown and of the set-aside text.
    """
    return stalled.stall(committed, now, katrina)


def test_everything_that_is_stuck_is_on_it(
    house: House, stuck: tuple[UUID, int], sit_down: SitDown
) -> None:
    """Lanes and states show their oldest due text.

    Failures and slowed senders show reasons. Unknown and set-aside texts are listed.
    """
    page = sit_down(house.administrator).open("/queues")
    assert page.status == 200
    for words in (
        "Twilio has processed nothing since Sat 20 March, 9am",
        "Reminders by Twilio",
        "Waiting to be sent Texts: 1 Oldest due: Sat 20 March, 7am Late",
        "Not known whether it was sent",
        "to the number that ends in 101",
        "looked up 10 times, and not again automatically",
        "ValueError, 5 times",
        "+447700900999 Speed: 10 segments a second",
        "Why: The text service was too busy",
        "The number is not in use Twilio, code 30005 End: Not delivered Texts: 3",
        "set aside 1",
    ):
        assert words in page.words, (words, page.words)
    assert "Long ago" not in page.words


def test_the_page_identifies_no_person(
    house: House, stuck: tuple[UUID, int], katrina: Person, sit_down: SitDown
) -> None:
    """No name, no words of a text either way, no person's number, not even their id."""
    html = sit_down(house.administrator).open("/queues").html
    for secret in (
        WORDS,
        "needle",
        "Katrina",
        "Dodds",
        "447700900101",
        "07700 900101",
        str(katrina.id),
    ):
        assert secret not in html


def test_an_open_circuit_is_shown(committed: Database, house: House, sit_down: SitDown) -> None:
    """Until when nothing is sent, and why. After the pause it says only that there was one."""
    with committed.begin() as session:
        pacing.register(session, "+447700900999", 10)
        session.execute(
            text("UPDATE sender SET unanswered = 5, note = 'The text service did not answer'")
        )
        session.execute(
            text("UPDATE sender SET held_until = clock_timestamp() + interval '30 seconds'")
        )
    words = sit_down(house.administrator).open("/queues").words
    assert "Slowed: Until" in words and "Why: The text service did not answer" in words
    with committed.begin() as session:
        session.execute(text("UPDATE sender SET held_until = clock_timestamp()"))
    words = sit_down(house.administrator).open("/queues").words
    assert "Slowed: No" in words and "Last time: The text service did not answer" in words


def test_idle_queues_say_so(house: House, sit_down: SitDown) -> None:
    """Nothing waits, and nothing has failed."""
    page = sit_down(house.administrator).open("/queues")
    assert page.status == 200
    assert "No text waits." in page.words and "No worker has sent anything yet." in page.words


@pytest.mark.parametrize("who", ["pat", "coordinator", "partner", "auditor"])
def test_other_roles_are_refused(
    house: House, committed: Database, stuck: tuple[UUID, int], sit_down: SitDown, who: str
) -> None:
    """Other roles are refused the page and each of its buttons, and the menu has no link to it."""
    visitor = sit_down(getattr(house, who))
    unknown, aside = stuck
    assert visitor.open("/queues").status == 403
    assert "/queues" not in visitor.open("/today").html
    for address in buttons(unknown, aside):
        assert visitor.post(address, {"csrf_token": visitor.token()}).status == 403
    with committed.begin() as session:
        assert session.get_one(Message, unknown).reconcile_looks == 10
        assert session.get_one(Inbound, aside).status is InboundStatus.SET_ASIDE


def buttons(unknown: UUID, aside: int) -> list[str]:
    """The targets of the page's buttons."""
    return [
        f"/queues/unknown/{unknown}/ask",
        f"/queues/set-aside/{aside}/again",
        f"/queues/set-aside/{aside}/dismiss",
    ]


def test_a_forged_form_does_nothing(
    house: House, committed: Database, stuck: tuple[UUID, int], sit_down: SitDown
) -> None:
    """Without the page's token, or from another site, it is refused and changes nothing."""
    visitor = sit_down(house.administrator)
    for address in buttons(*stuck):
        assert visitor.post(address, {"csrf_token": "forged"}).status == 400
        answer = visitor.client.post(
            address, data={"csrf_token": visitor.token()}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 403
    with committed.begin() as session:
        assert session.get_one(Inbound, stuck[1]).status is InboundStatus.SET_ASIDE


def test_the_provider_is_asked_again(
    house: House, committed: Database, stuck: tuple[UUID, int], sit_down: SitDown
) -> None:
    """Retries are reset and the actor is recorded; once it is known, the button says so."""
    visitor = sit_down(house.administrator)
    before = visitor.open("/queues")
    page = visitor.send(before.form(f"/unknown/{stuck[0]}/ask"))
    assert "asked again" in page.words
    with committed.begin() as session:
        message = session.get_one(Message, stuck[0])
        assert message.reconcile_at is not None and message.reconcile_looks == 0
        event = session.scalars(select(Event).where(Event.kind == "text.asked_after")).one()
        assert event.actor == f"staff:{house.administrator.id}"
        message.status = MessageStatus.DELIVERED
    assert (
        "The status of this text is now known"
        in visitor.send(before.form(f"/unknown/{stuck[0]}/ask")).words
    )


def test_a_set_aside_text_is_tried_again(
    house: House, committed: Database, stuck: tuple[UUID, int], sit_down: SitDown, now: datetime
) -> None:
    """It is handed out again with its count reset, and this time it is handled."""
    visitor = sit_down(house.administrator)
    before = visitor.open("/queues")
    show(committed, now)
    assert "is trying it again" in press(visitor, before, "again").words
    assert inbound.handle_next(committed.begin, intake.handle, now=now) is not None
    with committed.begin() as session:
        assert session.get_one(Inbound, stuck[1]).status is InboundStatus.HANDLED
        assert session.scalars(select(ReplyRecord.done)).one() != unprocessed.DONE
    assert "no longer set aside" in press(visitor, before, "again").words
    assert "no longer set aside" in press(visitor, before, "dismiss").words


def test_a_dismissed_text_stays_in_the_thread(
    house: House,
    committed: Database,
    stuck: tuple[UUID, int],
    katrina: Person,
    sit_down: SitDown,
    now: datetime,
) -> None:
    """The administrator never sees its words.

    The offender manager finds them on Today and in the thread, before and after.
    """
    show(committed, now)
    pat = sit_down(house.pat)
    assert WORDS in pat.open("/today").words
    visitor = sit_down(house.administrator)
    assert "Dismissed" in press(visitor, visitor.open("/queues"), "dismiss").words
    with committed.begin() as session:
        assert session.get_one(Inbound, stuck[1]).status is InboundStatus.DISMISSED
    assert WORDS in pat.open("/today").words
    assert WORDS in pat.open(f"/people/{katrina.id}").words


def test_a_text_that_a_worker_has_read_is_not_tried_again(
    house: House, committed: Database, stuck: tuple[UUID, int], sit_down: SitDown, now: datetime
) -> None:
    """The person would be answered twice, by a worker and by Engage."""
    show(committed, now)
    pat = sit_down(house.pat)
    pat.send(pat.open("/today").form("/read"))
    visitor = sit_down(house.administrator)
    assert (
        "A worker has read this text already"
        in press(visitor, visitor.open("/queues"), "again").words
    )
    with committed.begin() as session:
        assert session.get_one(Inbound, stuck[1]).status is InboundStatus.SET_ASIDE


def test_invalid_ids_are_refused_with_a_message(house: House, sit_down: SitDown) -> None:
    """A text that does not exist, or a number that is no valid id."""
    visitor = sit_down(house.administrator)
    for address in buttons(uuid4(), 5):
        page = visitor.post(address, {"csrf_token": visitor.token()})
        assert page.status == 200
        assert "no longer set aside" in page.words or "is now known" in page.words
    for wrong in ("/queues/unknown/5/ask", f"/queues/set-aside/{'9' * 30}/again"):
        assert visitor.post(wrong, {"csrf_token": visitor.token()}).status == 404


ENDED = text("""
INSERT INTO message (id, to_number, lane, body, encoding, segments, status, send_after,
                     expires_at, dedupe_key, context, created_at, provider_sid, ended_at)
SELECT gen_random_uuid(), '+447700900101', 3, 'words', 'gsm7', 1, 'delivered', :now,
       :now, n::text, '{}', :now, n::text, :now
FROM generate_series(1, 20000) AS n
""")


def test_it_is_quick_however_many_texts_have_ended(session: Session, now: datetime) -> None:
    """Waiting, failed and erasable texts are counted over partial indexes that hold only those.

    No text that ended well is read.
    """
    session.execute(ENDED, {"now": now})
    session.execute(text("ANALYZE message"))
    given = {"since": now - engine.WEEK, "limit": 50}
    for statement in (engine._WAITING, engine._FAILURES, engine._ERASING):
        plan = "\n".join(session.scalars(text(f"EXPLAIN {statement.text}"), given))
        assert "Seq Scan on message" not in plan, plan


def show(database: Database, now: datetime) -> None:
    """Report set-aside texts, as the worker process does."""
    with database.begin() as session:
        unprocessed.add_missing_records(session, now=now)


def press(visitor: Visitor, page: Page, what: str) -> Page:
    """Press a button of the set-aside text."""
    return visitor.send(page.form(f"/{what}"))
