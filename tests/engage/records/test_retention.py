"""Rule 18: the words of texts are erased after twelve months, never those of a person with a legal
hold, and the list of what is due always comes first.
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
from messaging.gateways.twilio import webhooks as twilio
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
    """A text to the person (or to an unknown number) with its receipt, and a reply, all at that
    moment.
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
            session,
            twilio.read_receipt({"MessageSid": f"SM{key}", "To": ANN}, str(message.id)),
            now=at,
        )
        session.execute(update(Receipt).values(look_at=None))
        inbound.store(
            session,
            twilio.read_text({"MessageSid": f"IN{key}", "From": ANN, "Body": "I am ill"}),
            now=at,
        )
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
def test_words_are_kept_for_the_hubs_number_of_months(
    committed: Database, at: datetime, settings: dict[str, Any], kept: bool
) -> None:
    """Twelve calendar months by default, for texts in either direction and raw receipts."""
    put(committed, at, ann(committed, **settings))
    assert retention.erase(committed.begin, now=NOW) == (0 if kept else 3)
    assert words(committed) == [kept] * 3


def test_the_facts_about_texts_stay(committed: Database) -> None:
    """An evidence pack needs to know that there was a text, to whom, when, how it ended and how a
    reply was interpreted.
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


def test_the_evidence_of_an_interpretation_goes_with_the_text(
    committed: Database,
) -> None:
    """The interpretation and its correction stay, without their link to the line learnt from it."""
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


def test_a_legal_hold_keeps_everything(committed: Database) -> None:
    """Until it ends."""
    person = ann(committed, held=True)
    put(committed, OLD, person)
    assert retention.erase(committed.begin, now=NOW) == 0
    assert words(committed) == [True] * 3
    with committed.begin() as session:
        session.execute(update(Person).values(legal_hold=False))
    assert retention.erase(committed.begin, now=NOW) == 3


def test_a_legal_hold_keeps_every_text_from_the_persons_number(
    committed: Database,
) -> None:
    """On a shared phone it is never certain who wrote."""
    ann(committed, held=True)
    put(committed, OLD)
    retention.erase(committed.begin, now=NOW)
    assert words(committed) == [False, True, False]


def test_texts_of_unknown_numbers_are_kept_for_the_default_time(committed: Database) -> None:
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
    """An `unknown` one is found again at the provider by its words."""
    put(committed, OLD, ann(committed), status=status)
    retention.erase(committed.begin, now=NOW)
    assert words(committed)[0]


def test_a_text_that_was_set_aside_keeps_its_words(committed: Database) -> None:
    """It still waits for a worker, who must be able to read it."""
    put(committed, OLD, ann(committed))
    with committed.begin() as session:
        session.execute(update(Inbound).values(status=InboundStatus.SET_ASIDE))
    retention.erase(committed.begin, now=NOW)
    assert words(committed)[1]


def test_what_is_due_is_listed_by_hub_and_kind_and_recorded(committed: Database) -> None:
    """The list has the number, the oldest and the day before which all of it falls. Afterwards one
    event of the hub has the counts and no words.
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


def test_a_limit_leaves_the_rest_for_the_next_run(
    committed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five of each of three kinds, two at a time, at most four of a kind in a run: twelve, then
    three, then none.
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
        "Tyneside: 1 texts to people from before 2026-03-20, the oldest from 2026-03-20"
        in dry.output
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
def test_the_access_log_is_kept_for_six_years(
    committed: Database, settings: dict[str, int], held: bool, left: list[int]
) -> None:
    """Or as long as the hub chose. A legal hold keeps every line about the person."""
    person = ann(committed, held=held, **settings)
    with committed.begin() as session:
        for year in (2020, 2022):
            at = datetime(year, 3, 20, tzinfo=UTC)
            record_access(session, now=at, actor="system", person_id=person.id, what="person")
    retention.erase(committed.begin, now=NOW)
    with committed.begin() as session:
        assert sorted(at.year for at in session.scalars(select(AccessRecord.at))) == left


def test_each_hub_has_its_own_number_of_months(committed: Database) -> None:
    """What is due in one hub is not yet due in another."""
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


def test_texts_of_a_hub_may_be_marked_for_erasure_at_the_provider(
    committed: Database,
) -> None:
    """Both texts to its people and texts from them."""
    ann(committed, redact_after_delivery=True)
    with committed.begin() as session:
        inbound.store(
            session, twilio.read_text({"MessageSid": "IN1", "From": ANN, "Body": "HELP"}), now=NOW
        )
    assert inbound.handle_next(committed.begin, intake.handle, now=NOW) is not None
    with committed.begin() as session:
        assert session.scalars(select(Inbound.redact)).one()
        assert session.scalars(select(Message.redact)).one()
