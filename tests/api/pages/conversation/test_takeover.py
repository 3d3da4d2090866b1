"""Taking over a conversation, correcting a reading, and the export and review of both, by page."""

import csv
import io
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from engage.agencies.model import Role, Staff
from engage.conversation import takeover
from engage.conversation.corrections.model import CorpusLine, LineState, ReplyCorrection
from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from engage.core.model import AccessRecord, Event
from engage.people.model import Person
from messaging import outbox
from messaging.tables import Inbound, Message
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.signals.made import heard
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's, who can be texted."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def holder(database: Database, person: Person, now: datetime) -> uuid.UUID | None:
    """The worker who has taken the conversation over."""
    with database.begin() as session:
        found = takeover.current(session, person.id, now)
        return found.staff_id if found else None


def test_a_worker_takes_over_from_another_and_hands_back(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The banner says who, since when and until when.

    The second worker is warned before they press.
    """
    pat, chidi = sit_down(house.pat), sit_down(house.coordinator)
    address = f"/people/{katrina.id}"
    page = pat.send(pat.open(address).form("/take-over"))
    assert (
        "You have this conversation since Sat 20 March, 9am, until Sat 20 March, 11am" in page.words
    )
    page = chidi.open(address)
    assert "Pat Hale has this conversation" in page.words
    assert "If you take over, Pat Hale no longer has the conversation" in page.words
    assert "If you send a text, you take over from them" in page.words
    stale = page.form("/take-over")
    page = chidi.send(stale)
    assert "You have this conversation" in page.words
    assert holder(committed, katrina, now) == house.coordinator.id
    chidi.send(page.form("/hand-back"))
    assert holder(committed, katrina, now) is None
    words = chidi.open(address).words
    assert (
        words.count("Conversation taken over by a worker") == 2
        and "Conversation handed back" in words
    )


def test_a_stale_page_does_not_take_a_conversation_over(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """A page opened before another worker took over takes nothing from them, by button or by text.

    The text is kept to send again.
    """
    chidi = sit_down(house.coordinator)
    page = chidi.open(f"/people/{katrina.id}")
    with committed.begin() as session:
        takeover.take_over(session, builders.actor(house.pat), katrina.id, now=now)
    for form in ("/take-over", "/hand-back"):
        answer = chidi.post(
            f"/people/{katrina.id}/conversation{form}",
            {"csrf_token": chidi.token(), "over": "nonsense"},
        )
        assert "Pat Hale has the conversation" in answer.words
    answer = chidi.send(page.form("/text"), body="Hi Katrina")
    assert answer.status == 422 and "Pat Hale has the conversation" in answer.words
    assert holder(committed, katrina, now) == house.pat.id
    assert answer.form("/text").fields["body"] == "Hi Katrina"
    chidi.send(answer.form("/text"))
    assert holder(committed, katrina, now) == house.coordinator.id


def test_a_reading_is_explained_and_corrected(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Meaning, confidence, words and what else was found; then the correction and who made it."""
    heard(committed, katrina, "il be there if the bus runs", now, needs_human=True)
    with committed.begin() as session:
        session.execute(
            update(ReplyRecord).values(
                intent="confirm",
                confidence=0.97,
                intents=["confirm", "question"],
                evidence=["il be there"],
                prompt="appointment",
            )
        )
    pat = sit_down(house.pat)
    page = pat.open(f"/people/{katrina.id}")
    assert "Previous question: whether they will come." in page.words
    assert "Read as: will come (0.97) from “il be there”; also: a question" in page.words
    page = pat.send(page.form("/correct"), intent="other")
    assert (
        "Corrected to: not understood , by Pat Hale" in page.words and "Needs you" not in page.words
    )
    assert (
        "The text has this meaning already" in pat.send(page.form("/correct"), intent="other").words
    )
    assert (
        "Choose what the text means" in pat.send(page.form("/correct"), intent="marvellous").words
    )


def test_an_auditor_sees_the_banner_and_no_button(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Staff who only read can neither take over, correct nor download."""
    heard(committed, katrina, "hello", now)
    with committed.begin() as session:
        takeover.take_over(session, builders.actor(house.pat), katrina.id, now=now)
        reading = session.scalars(select(ReplyRecord.id)).one()
    robin = sit_down(house.auditor)
    page = robin.open(f"/people/{katrina.id}")
    assert "Pat Hale has this conversation" in page.words
    assert (
        "Take over" not in page.words
        and "Misread?" not in page.words
        and "/conversation-log" not in page.html
    )
    token = {"csrf_token": robin.token(), "intent": "decline"}
    for address in (
        f"/people/{katrina.id}/conversation/take-over",
        f"/people/{katrina.id}/conversation/hand-back",
        f"/readings/{reading}/correct",
    ):
        assert robin.post(address, token).status == 403
    assert robin.open(f"/people/{katrina.id}/conversation-log").status == 403
    assert robin.open(f"/people/{katrina.id}/conversation-log.csv").status == 403


def written(database: Database, person: Person, now: datetime, body: str) -> None:
    """A text to the person."""
    with database.begin() as session:
        outbox.enqueue(
            session,
            outbox.Text(
                to="+447700900101",
                body=body,
                lane=outbox.Lane.REMINDER,
                dedupe_key=body,
                recipient=str(person.id),
                context={"purpose": "reminder"},
            ),
            now=now,
        )


def test_the_whole_conversation_is_downloaded_and_logged(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """More than a page of it, oldest first, as a PDF and as rows.

    Erased words are marked as erased, and a cell is never a formula.
    """
    written(committed, katrina, now - timedelta(days=3), "You see Pat")
    for number in range(60):
        heard(committed, katrina, f"=cmd{number}", now - timedelta(minutes=60 - number))
    with committed.begin() as session:
        first = session.scalars(select(func.min(Inbound.id))).one()
        session.execute(update(Inbound).where(Inbound.id == first).values(body="", params={}))
        session.execute(update(Message).values(body=""))
    pat = sit_down(house.pat)
    page = pat.open(f"/people/{katrina.id}/conversation-log")
    assert page.status == 200 and page.words.count("erased under the retention rules") == 2
    assert page.words.index("=cmd1 ") < page.words.index("=cmd59 ")
    answer = pat.client.get(f"/people/{katrina.id}/conversation-log.csv")
    assert answer.content_type.startswith("text/csv")
    assert katrina.crn in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 61
    assert rows[0]["What was done"] == "Reminder" and rows[0]["Delivery"] == "Waiting to be sent"
    assert rows[1]["Words"].startswith("(erased") and rows[2]["Words"] == "'=cmd1"
    assert rows[2]["Read as"] == "not understood" and rows[2]["When"] == "2027-03-20T08:01:00+00:00"
    with committed.begin() as session:
        told = session.scalars(
            select(Event).where(Event.kind == "conversation.disclosed").order_by(Event.id)
        ).all()
        assert [(one.actor, one.data["form"]) for one in told] == [
            (f"staff:{house.pat.id}", "page"),
            (f"staff:{house.pat.id}", "file"),
        ]
        looks = select(AccessRecord).where(AccessRecord.what == "conversation log")
        assert len(session.scalars(looks).all()) == 2


def test_only_admitted_staff_download_a_restricted_record(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A coordinator who is not admitted gets not found."""
    with committed.begin() as session:
        session.execute(update(Person).values(restricted=True))
    assert (
        sit_down(house.coordinator).open(f"/people/{katrina.id}/conversation-log.csv").status == 404
    )
    assert sit_down(house.pat).open(f"/people/{katrina.id}/conversation-log.csv").status == 200


def test_the_administrator_reviews_each_correction(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Scrubbed words, the reading and the right meaning.

    Accepted ones are exported as a file; declined ones lose their words.
    """
    for minute, words in enumerate(("katrina cant come", "my nan is ill")):
        heard(committed, katrina, words, now + timedelta(minutes=minute))
    pat = sit_down(house.pat)
    page = pat.open(f"/people/{katrina.id}")
    with committed.begin() as session:
        readings = session.scalars(select(ReplyRecord.id).order_by(ReplyRecord.at)).all()
    for reading in readings:
        pat.send(page.form(f"{reading}/correct"), intent="decline")
    alex = sit_down(house.administrator)
    page = alex.open("/corrections")
    assert "[name] cant come" in page.words and "Katrina" not in page.words
    assert "Read as: not understood. Means: cannot come" in page.words
    with committed.begin() as session:
        lines = {line.words: line.id for line in session.scalars(select(CorpusLine))}
    alex.send(page.form(f"{lines['[name] cant come']}/accept"))
    page = alex.send(page.form(f"{lines['my nan is ill']}/decline"))
    assert "There are none." in page.words and "Accepted (1)" in page.words
    again = {"csrf_token": alex.token()}
    assert "was declined" in alex.post(f"/corrections/{lines['my nan is ill']}/accept", again).words
    assert alex.post(f"/corrections/{uuid.uuid4()}/accept", again).status == 404
    assert "(words erased)" in alex.open("/corrections?state=declined").words
    assert alex.open("/corrections?after=nonsense").status == 404
    answer = alex.client.get("/corrections.tsv")
    assert answer.get_data(as_text=True) == "none\tdecline\t[name] cant come\n"
    with committed.begin() as session:
        states = set(session.scalars(select(CorpusLine.state)))
        assert states == {LineState.ACCEPTED, LineState.DECLINED}
        assert len(session.scalars(select(ReplyCorrection)).all()) == 2


def test_only_the_administrator_opens_the_corrections(house: House, sit_down: SitDown) -> None:
    """Not even the worker who made the correction."""
    for one in (house.pat, house.coordinator, house.auditor, house.partner):
        visitor = sit_down(one)
        assert visitor.open("/corrections").status == 403
        assert visitor.open("/corrections.tsv").status == 403
        assert "Corrections" not in visitor.open("/today").words
    assert Role.ADMINISTRATOR in {one.role for one in house.administrator.memberships}
