"""The evidence pack: every appointment with how the person was told, what arrived, what they
replied, and the chain that reveals tampering.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import event, select, text

from engage.access.model import Disclosure
from engage.access.policy import Actor
from engage.agencies.model import Hub, Role, Staff
from engage.appointments.model import (
    IntentKind,
    OutcomeCode,
)
from engage.compliance import decisions, outcomes
from engage.compliance.model import Delivery, EnforcementKind, EvidencePack
from engage.core import audit_chain
from engage.core.db import Database
from engage.core.errors import Forbidden, Invalid, NotFound
from engage.documents.evidence_pack import pdf, service
from engage.people.model import LegalStatus, Person
from messaging.states import MessageStatus
from tests import builders
from tests.engage.compliance.stage import missed, order, said, settle, told

TODAY = date(2027, 3, 20)


@dataclass
class Case:
    """A person with an order, four appointments and a warning, committed."""

    database: Database
    om: Staff
    actor: Actor
    person: Person
    now: datetime
    delivered: uuid.UUID
    silent: uuid.UUID

    def make(self, actor: Actor | None = None, **more: object) -> uuid.UUID:
        """Make a pack of the last year."""
        given = {
            "from_on": date(2026, 3, 21),
            "until_on": TODAY,
            "purpose": "Breach hearing",
            "recipient": "Newcastle Magistrates' Court",
            **more,
        }
        with self.database.begin() as session:
            return service.make(
                session, actor or self.actor, self.person.id, now=self.now, **given
            ).id  # type: ignore[arg-type]

    def open(self, pack_id: uuid.UUID, actor: Actor | None = None) -> service.OpenedPack:
        """Open the pack as it was given."""
        with self.database.begin() as session:
            return service.open_pack(session, actor or self.actor, pack_id, now=self.now)


@pytest.fixture
def case(committed: Database, now: datetime) -> Case:
    """Two missed appointments, one of which without any delivered text; one attended; a warning
    given.
    """
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        person = builders.person(
            session, om, legal_status=LegalStatus.STATUTORY, date_of_birth=date(1990, 3, 3)
        )
        under = order(session, person)
        actor = builders.actor(om)
        first = missed(session, person, 30)
        told(session, first, MessageStatus.DELIVERED, now - timedelta(days=31))
        said(
            session,
            first,
            "yes c u there \N{THUMBS UP SIGN}",
            IntentKind.WILL_ATTEND,
            now - timedelta(days=31),
        )
        second = missed(session, person, 10)
        told(session, second, MessageStatus.UNDELIVERED, now - timedelta(days=11))
        third = missed(session, person, 5, code=OutcomeCode.ATTENDED_COMPLIED)
        told(session, third, None, now, why="Quiet hours")
        warning = decisions.decide(
            session,
            actor,
            person.id,
            kind=EnforcementKind.WARNING,
            order_id=under.id,
            reason="Twice.",
            now=now,
        )
        decisions.record_delivery(session, actor, warning.id, on=TODAY, how=Delivery.POST, now=now)
        return Case(committed, om, actor, person, now, first.id, second.id)


def test_the_pack_says_what_happened_and_who_says_so(case: Case) -> None:
    """How the person was told, what the network reported, what they replied, which outcome was
    recorded by whom, and what was decided.
    """
    facts = case.open(case.make()).facts
    assert facts["person"] == {
        "name": "Katrina Dodds",
        "crn": case.person.crn,
        "born": "1990-03-03",
    }
    assert (
        facts["made"]["by"] == "Pat Hale"
        and facts["made"]["recipient"] == "Newcastle Magistrates' Court"
    )
    first, second, third = facts["appointments"]
    assert (
        first["told"][0]["text"]["status"] == "delivered"
        and first["told"][0]["text"]["number_ends"] == "0101"
    )
    assert (
        first["said"][0]["words"] == "yes c u there \N{THUMBS UP SIGN}"
        and first["said"][0]["kind"] == "will_attend"
    )
    assert (
        first["recorded"][0]["code"] == "UAAB"
        and first["recorded"][0]["by"] == "Engage, automatically"
    )
    assert first["counts_as_failure"] and not third["counts_as_failure"]
    assert third["told"][0]["why_not"] == ["Quiet hours"] and third["told"][0]["text"] is None
    assert [one["kind"] for one in facts["orders"]] == ["community_order"]
    assert (
        facts["decisions"][0]["given_how"] == "post"
        and "unacceptable" in facts["decisions"][0]["letter"]
    )
    assert (
        len(facts["count"]["failures"]) == 2 and second["starts_at"] == "2027-03-10T09:00:00+00:00"
    )


def test_undelivered_texts_are_on_the_first_page(case: Case) -> None:
    """Rule 8: undelivered and skipped texts are pointed out, those of counted failures first."""
    opened = case.open(case.make())
    silent = opened.facts["non_delivery"]
    assert silent["appointments"] == 3 and len(silent["nothing_known_to_have_arrived"]) == 2
    assert silent["of_these_counted_as_failures"] == [str(case.silent)]
    pages = pages_of(opened)
    assert "For 2 of 3 appointments no text is known to have reached the phone" in pages[0].replace(
        "\n", " "
    )
    assert "1 of these is counted as a failure to comply" in pages[0].replace("\n", " ")


def pages_of(opened: service.OpenedPack) -> list[str]:
    """The words on each page of the PDF."""
    document = pdf.render(opened.facts, opened.pack.digest)
    return [page.extract_text() for page in PdfReader(BytesIO(document)).pages]


def test_the_pdf_says_what_the_json_says(case: Case) -> None:
    """Dated, numbered pages, with the digest of the JSON, the chain, and an emoji by name."""
    opened = case.open(case.make())
    pages = pages_of(opened)
    whole = " ".join(" ".join(pages).split())
    for words in (
        f"SHA-256 of the JSON {opened.pack.digest[:40]}",
        "Katrina Dodds",
        "ARRIVED on the phone, according to the network",
        "DID NOT ARRIVE: the network could not deliver it",
        "NOT SENT: Quiet hours",
        "“yes c u there [thumbs up sign]”",
        "UAAB, unacceptable absence",
        "Letter given on 20 March 2027 by post.",
        "The chain was recalculated when this pack was made, and it holds",
        f"Page {len(pages)} of {len(pages)}",
    ):
        assert words in whole, words
    assert pdf.render(opened.facts, opened.pack.digest) == pdf.render(
        opened.facts, opened.pack.digest
    )


def test_the_chain_can_be_checked_from_the_pack_alone(case: Case) -> None:
    """From the pack alone: the digest of a link and an event gives the next link, up to the
    head.
    """
    settle(case.database, case.person.id)
    opened = case.open(case.make())
    chain = opened.facts["chain"]
    link = chain["before"]
    for one in chain["links"]:
        link = hashlib.sha256((link + one["digest"]).encode()).hexdigest()
        assert link == one["link"]
    assert link == chain["head"] == opened.pack.head and chain["holds"] and len(chain["links"]) >= 5
    assert {one["what"] for one in chain["links"]} >= {"outcome.recorded", "enforcement.decided"}
    assert opened.pack.digest == hashlib.sha256(opened.pack.content).hexdigest()
    assert json.loads(opened.pack.content) == opened.facts


def test_a_chain_of_part_of_the_time_begins_in_the_middle(case: Case, committed: Database) -> None:
    """A period without the first events starts from the link before it."""
    with committed.begin() as session:
        session.execute(
            text(
                "UPDATE event SET at = at - interval '40 days'"
                " WHERE id = (SELECT min(id) FROM event WHERE person_id IS NOT NULL)"
            )
        )
        session.execute(text("DELETE FROM event_seal"))
    settle(committed, case.person.id)
    chain = case.open(case.make(from_on=TODAY)).facts["chain"]
    assert (
        chain["links"][0]["place"] == 2 and chain["before"] != audit_chain.START and chain["holds"]
    )
    assert (
        audit_chain.link_of(chain["before"], chain["links"][0]["digest"])
        == chain["links"][0]["link"]
    )


def test_tampering_is_said_in_the_next_pack(case: Case, committed: Database) -> None:
    """A rewritten outcome event shows in the next pack."""
    settle(committed, case.person.id)
    with committed.begin() as session:
        session.execute(
            text(
                "UPDATE event SET data = jsonb_set(data, '{code}', '\"ATTC\"') "
                "WHERE kind = 'outcome.recorded'"
            )
        )
    opened = case.open(case.make())
    assert not opened.facts["chain"]["holds"] and opened.facts["chain"]["broken"]["place"] >= 1
    assert "The chain is broken from place" in " ".join(" ".join(pages_of(opened)).split())


def test_cutting_the_end_off_shows_by_an_earlier_pack(case: Case, committed: Database) -> None:
    """The links that a pack recorded must still exist."""
    settle(committed, case.person.id)
    case.make()
    with committed.begin() as session:
        session.execute(text("DELETE FROM event_seal WHERE place > 3"))
        session.execute(text("DELETE FROM event WHERE id NOT IN (SELECT event_id FROM event_seal)"))
        found = service.verify(session, case.person.id)
    assert found is not None and "its end was removed" in found.why


def test_what_was_given_stays_as_it_was(case: Case, committed: Database) -> None:
    """A later correction changes the next pack, never this one."""
    made = case.make()
    before = case.open(made)
    with committed.begin() as session:
        outcomes.record_outcome(
            session,
            case.actor,
            case.silent,
            code=OutcomeCode.ABSENT_MEDICAL,
            note="Hospital",
            now=case.now,
        )
    after = case.open(made)
    assert after.facts == before.facts and after.pack.digest == before.pack.digest
    newer = case.open(case.make()).facts
    assert newer["non_delivery"]["of_these_counted_as_failures"] == []
    assert [one["code"] for one in newer["appointments"][1]["recorded"]] == ["UAAB", "AAME"]
    assert newer["appointments"][1]["recorded"][0]["superseded_at"] is not None


def test_making_one_is_a_disclosure(case: Case, committed: Database) -> None:
    """To whom, for which purpose, by which law, by whom; the event holds no words."""
    made = case.make()
    with committed.begin() as session:
        row = session.scalars(select(Disclosure)).one()
        assert (row.recipient, row.purpose, row.actor) == (
            "Newcastle Magistrates' Court",
            "Breach hearing",
            case.actor.label,
        )
        logged = session.execute(
            text("SELECT data FROM event WHERE kind = 'pack.made'")
        ).scalar_one()
    assert logged["pack"] == str(made) and set(logged) == {"pack", "digest"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"until_on": TODAY + timedelta(days=1)}, "until_on"),
        ({"from_on": TODAY + timedelta(days=1)}, "from_on"),
        ({"from_on": date(2020, 1, 1)}, "from_on"),
        ({"purpose": " "}, "purpose"),
        ({"purpose": "x" * 201}, "purpose"),
        ({"recipient": ""}, "recipient"),
        ({"recipient": "x" * 121}, "recipient"),
    ],
)
def test_invalid_requests_are_refused(case: Case, given: dict[str, object], field: str) -> None:
    """Nothing is made, and the message says what to give."""
    with pytest.raises(Invalid) as refused:
        case.make(**given)
    assert set(refused.value.fields) == {field}
    with case.database.begin() as session:
        assert session.scalars(select(EvidencePack.id)).all() == []


def test_who_makes_and_reads_packs(case: Case) -> None:
    """The offender manager and supervisors. A supervisor's own pack leaves out what may hold a
    health matter, and they cannot open one that includes it.
    """
    made = case.make()
    with case.database.begin() as session:
        hub = case.person.hub_id
        staff = {
            role: builders.actor(
                builders.staff(session, session.get_one(Hub, hub), role, name=role.value)
            )
            for role in (
                Role.SUPERVISOR,
                Role.COORDINATOR,
                Role.AUDITOR,
                Role.SUPPORT_WORKER,
                Role.OFFENDER_MANAGER,
            )
        }
    for role, refusal in (
        (Role.COORDINATOR, Forbidden),
        (Role.AUDITOR, Forbidden),
        (Role.SUPPORT_WORKER, NotFound),
        (Role.OFFENDER_MANAGER, NotFound),
    ):
        for attempt in (lambda who: case.make(who), lambda who: case.open(made, who)):
            with pytest.raises(refusal):
                attempt(staff[role])
    with pytest.raises(Forbidden, match="words of texts"):
        case.open(made, staff[Role.SUPERVISOR])
    own = case.open(case.make(staff[Role.SUPERVISOR]), staff[Role.SUPERVISOR])
    assert own.facts["appointments"][0]["said"][0]["words"] is None
    assert "are left out" in " ".join(pages_of(own))
    with pytest.raises(NotFound):
        case.open(uuid.uuid4())


def statements(database: Database, work: Callable[[], object]) -> int:
    """The number of statements that the work takes."""
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        work()
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    return counted


def test_the_number_of_statements_is_constant(case: Case, committed: Database) -> None:
    """Forty more appointments take no more statements."""
    case.make()
    settle(committed, case.person.id)
    few = statements(committed, case.make)
    with committed.begin() as session:
        person = session.get_one(Person, case.person.id)
        for days in range(40):
            made = builders.appointment(session, person, case.now - timedelta(days=40 + days))
            told(session, made, MessageStatus.DELIVERED, case.now)
            said(session, made, "ok", IntentKind.WILL_ATTEND, case.now)
    settle(committed, case.person.id)
    assert statements(committed, case.make) == few < 40
