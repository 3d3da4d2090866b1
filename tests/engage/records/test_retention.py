"""Rule 18: words are erased twelve months after they were sent, never those of a person held for a
case, and never unsaid.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from api.cli.main import main
from engage.agencies.model import Hub
from engage.conversation import intake
from engage.conversation.corrections.model import CorpusLine, ReplyCorrection
from engage.conversation.model import ReplyRecord
from engage.core.db import Database
from engage.core.events import record_access
from engage.core.model import AccessRecord, Event
from engage.people.model import Person
from engage.records import retention
from messaging import inbound, outbox, receipts
from messaging.outbox import Lane, Text
from messaging.states import MessageStatus
from messaging.tables import Inbound, InboundStatus, Message, Receipt
from tests import builders

NOW = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)
A_YEAR_AGO = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OLD, YOUNG = A_YEAR_AGO - MINUTE, A_YEAR_AGO + MINUTE
ANN, BOB = "+447700900101", "+447700900102"


def ann(database: Database, *, held: bool = False, **settings: Any) -> Person:
    """A person in a hub of their own."""
    with database.begin() as session:
        hub = builders.hub(session, **settings)
        return builders.person(session, builders.staff(session, hub), number=ANN, legal_hold=held)


def put(
    database: Database,
    at: datetime,
    person: Person | None = None,
    *,
    status: MessageStatus = MessageStatus.DELIVERED,
    key: str = "one",
) -> None:
    """A text to the person (or to nobody known) with its receipt, and one from that number, read as
    theirs, all at that moment.
    """
    recipient = str(person.id) if person else None
    with database.begin() as session:
        text = Text(ANN, f"Hello {key}", Lane.REMINDER, key, recipient=recipient)
        message = outbox.enqueue(session, text, now=at)
        session.execute(
            update(Message)
            .where(Message.id == message.id)
            .values(status=status, accepted_at=at, ended_at=at)
        )
        receipts.store(
            session, mid=str(message.id), params={"MessageSid": f"SM{key}", "To": ANN}, now=at
        )
        session.execute(update(Receipt).values(look_at=None))
        inbound.store(session, {"MessageSid": f"IN{key}", "From": ANN, "Body": "I am ill"}, now=at)
        came = session.scalars(select(Inbound).where(Inbound.message_sid == f"IN{key}")).one()
        came.status, came.handled_at = InboundStatus.HANDLED, at
        came.problem = "ValueError: I am ill"
        session.add(
            ReplyRecord(
                inbound_id=came.id,
                number=ANN,
                person_id=person.id if person else None,
                prompt="none",
                intent="other",
                confidence=0.1,
                act=False,
                done="for you to read",
                at=at,
                needs_human=False,
            )
        )


def words(database: Database) -> list[bool]:
    """Whether the text out, the text in and the receipt still hold their words."""
    with database.begin() as session:
        out = session.scalars(select(Message.body)).one()
        came = session.scalars(select(Inbound)).one()
        said = session.scalars(select(Receipt.params)).one()
        if not came.body:
            assert came.params == {} and came.problem == "ValueError"
        return [bool(out), bool(came.body), bool(said)]


@pytest.mark.parametrize(
    ("at", "settings", "kept"),
    [
        (OLD, {}, False),
        (YOUNG, {}, True),
        (OLD, {"keep_bodies_months": 24}, True),
        (YOUNG, {"keep_bodies_months": 6}, False),
        (NOW - timedelta(days=27), {"keep_bodies_months": 1}, True),
        (NOW - timedelta(days=29), {"keep_bodies_months": 1}, False),
    ],
)
def test_words_are_kept_for_the_months_of_the_hub(
    committed: Database, at: datetime, settings: dict[str, Any], kept: bool
) -> None:
    """Twelve calendar months unless the hub chose others; text out, text in and raw receipt alike."""
    put(committed, at, ann(committed, **settings))
    assert retention.erase(committed.begin, now=NOW) == (0 if kept else 3)
    assert words(committed) == [kept] * 3


def test_the_facts_stay(committed: Database) -> None:
    """That there was a text, to whom, when and what became of it, and how a reply was read, stay
    for the evidence pack.
    """
    person = ann(committed)
    put(committed, OLD, person)
    retention.erase(committed.begin, now=NOW)
    with committed.begin() as session:
        message = session.scalars(select(Message)).one()
        assert (message.status, message.to_number, message.recipient) == (
            MessageStatus.DELIVERED,
            ANN,
            str(person.id),
        )
        assert session.scalars(select(Inbound.from_number)).one() == ANN
        assert session.scalars(select(ReplyRecord.intent)).one() == "other"
        assert session.scalars(select(Receipt.provider_sid)).one() == "SMone"


def test_the_words_that_a_reading_rests_on_go_with_the_text_and_a_correction_loses_its_line(
    committed: Database,
) -> None:
    """That it was read so, and corrected, stays; what was learnt from it is nobody's any more."""
    person = ann(committed)
    put(committed, OLD, person)
    with committed.begin() as session:
        reading = session.scalars(select(ReplyRecord)).one()
        reading.intents, reading.evidence = ["decline"], ["am ill"]
        line = CorpusLine(
            hub_id=person.hub_id,
            prompt="none",
            intent="decline",
            read_as="other",
            words="I am ill",
            added_on=OLD.date(),
        )
        session.add(line)
        session.flush()
        session.add(
            ReplyCorrection(
                reply_record_id=reading.id,
                was="other",
                now="decline",
                by="system",
                at=OLD,
                done="",
                line_id=line.id,
            )
        )
    retention.erase(committed.begin, now=NOW)
    with committed.begin() as session:
        reading = session.scalars(select(ReplyRecord)).one()
        assert (reading.evidence, reading.intents) == ([], ["decline"])
        correction = session.scalars(select(ReplyCorrection)).one()
        assert (correction.now, correction.line_id) == ("decline", None)
        assert session.scalars(select(CorpusLine.words)).one() == "I am ill"


def test_nothing_of_a_person_who_is_held_is_touched(committed: Database) -> None:
    """Held for a case: all of it stays until that ends."""
    person = ann(committed, held=True)
    put(committed, OLD, person)
    assert retention.erase(committed.begin, now=NOW) == 0
    assert words(committed) == [True] * 3
    with committed.begin() as session:
        session.execute(update(Person).values(legal_hold=False))
    assert retention.erase(committed.begin, now=NOW) == 3


def test_a_text_from_the_number_of_a_held_person_stays_whoever_it_is_given_to(
    committed: Database,
) -> None:
    """On a shared phone nobody can say for certain who wrote."""
    ann(committed, held=True)
    put(committed, OLD)
    retention.erase(committed.begin, now=NOW)
    assert words(committed) == [False, True, False]


def test_texts_of_nobody_are_kept_for_the_usual_time(committed: Database) -> None:
    """An unknown number has no hub."""
    with committed.begin() as session:
        builders.hub(session, keep_bodies_months=84)
    put(committed, OLD)
    with committed.begin() as session:
        assert {share.hub for share in retention.due(session, now=NOW)} == {retention.NOBODY}
    assert retention.erase(committed.begin, now=NOW) == 3


@pytest.mark.parametrize(
    "status", [MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN]
)
def test_a_text_that_still_waits_keeps_its_words(
    committed: Database, status: MessageStatus
) -> None:
    """An unknown one is compared by its words."""
    put(committed, OLD, ann(committed), status=status)
    retention.erase(committed.begin, now=NOW)
    assert words(committed)[0]


def test_a_text_that_nobody_has_dealt_with_keeps_its_words(committed: Database) -> None:
    """Set aside a year ago and still waiting for a human: it can still be read."""
    put(committed, OLD, ann(committed))
    with committed.begin() as session:
        session.execute(update(Inbound).values(status=InboundStatus.SET_ASIDE))
    retention.erase(committed.begin, now=NOW)
    assert words(committed)[1]


def test_what_is_due_is_said_by_hub_and_kind_and_written_down(committed: Database) -> None:
    """How many of what, the oldest, and before which day; afterwards one event of the hub with the
    counts and no words.
    """
    person = ann(committed)
    put(committed, OLD - timedelta(days=30), person, key="older")
    put(committed, OLD, person, key="old")
    put(committed, YOUNG, person, key="young")
    with committed.begin() as session:
        shares = retention.due(session, now=NOW)
    assert [(share.hub, share.what, share.many) for share in shares] == [
        ("Tyneside", "raw receipts", 2),
        ("Tyneside", "texts from people", 2),
        ("Tyneside", "texts to people", 2),
    ]
    assert {(share.oldest, share.before) for share in shares} == {
        (OLD - timedelta(days=30), A_YEAR_AGO)
    }
    assert retention.erase(committed.begin, now=NOW) == 6
    with committed.begin() as session:
        event = session.scalars(select(Event).where(Event.kind == "words.erased")).one()
        assert event.hub_id == person.hub_id
        assert event.data == {
            "counts": {"raw_receipts": 2, "texts_from_people": 2, "texts_to_people": 2}
        }
    assert retention.erase(committed.begin, now=NOW) == 0
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 1


def test_many_are_erased_in_steps_and_a_limit_leaves_the_rest_for_the_next_run(
    committed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five of each of three kinds, two at once, at most four of a kind a run: twelve, then three,
    then none.
    """
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    person = ann(committed)
    for n in range(5):
        put(committed, OLD, person, key=str(n))
    assert [retention.erase(committed.begin, now=NOW, limit=4) for _ in range(3)] == [12, 3, 0]


def test_the_command_lists_before_it_erases(committed: Database) -> None:
    """--dry-run changes nothing; without it the same list comes first."""
    put(committed, OLD, ann(committed))
    environment = {
        "DATABASE_URL": committed.url.render_as_string(hide_password=False),
        "ENGAGE_NOW": NOW.isoformat(),
    }
    dry = CliRunner().invoke(main, ["retention", "--dry-run"], env=environment)
    assert dry.exit_code == 0, dry.output
    assert (
        "Tyneside: 1 texts to people from before 2026-03-20, the oldest of 2026-03-20" in dry.output
    )
    assert "Nothing was changed." in dry.output
    assert words(committed) == [True] * 3
    real = CliRunner().invoke(main, ["retention"], env=environment)
    assert real.output.startswith(dry.output.split("Nothing")[0]), real.output
    assert "Erased 3." in real.output
    assert words(committed) == [False] * 3
    again = CliRunner().invoke(main, ["retention"], env=environment)
    assert "Nothing is due" in again.output


@pytest.mark.parametrize(
    ("settings", "held", "left"),
    [
        ({}, False, [2022]),
        ({}, True, [2020, 2022]),
        ({"keep_access_log_years": 3}, False, []),
        ({"keep_access_log_years": 10}, False, [2020, 2022]),
    ],
)
def test_who_looked_at_a_record_is_known_for_six_years(
    committed: Database, settings: dict[str, int], held: bool, left: list[int]
) -> None:
    """Lines older than the hub keeps them are deleted; of a person held for a case none is."""
    person = ann(committed, held=held, **settings)
    with committed.begin() as session:
        for year in (2020, 2022):
            at = datetime(year, 3, 20, tzinfo=UTC)
            record_access(session, now=at, actor="system", person_id=person.id, what="person")
    retention.erase(committed.begin, now=NOW)
    with committed.begin() as session:
        assert sorted(at.year for at in session.scalars(select(AccessRecord.at))) == left


def test_the_rule_reads_every_hub(committed: Database) -> None:
    """Two hubs with different months: each by its own."""
    person = ann(committed, keep_bodies_months=24)
    with committed.begin() as session:
        other = builders.hub(session, "Wearside")
        theirs = builders.person(session, builders.staff(session, other), number=BOB)
    put(committed, OLD, person, key="ann")
    put(committed, OLD, theirs, key="bob")
    with committed.begin() as session:
        named = {hub.id: hub.name for hub in session.scalars(select(Hub))}
        assert {
            named[share.hub_id] for share in retention.due(session, now=NOW) if share.hub_id
        } == {"Wearside"}


def test_the_words_of_a_hub_that_wants_it_are_marked_for_erasure_at_the_provider(
    committed: Database,
) -> None:
    """What is queued for its people says so, and so does what they text."""
    ann(committed, redact_after_delivery=True)
    with committed.begin() as session:
        inbound.store(session, {"MessageSid": "IN1", "From": ANN, "Body": "HELP"}, now=NOW)
    assert inbound.handle_next(committed.begin, intake.handle, now=NOW) is not None
    with committed.begin() as session:
        assert session.scalars(select(Inbound.redact)).one()
        assert session.scalars(select(Message.redact)).one()
