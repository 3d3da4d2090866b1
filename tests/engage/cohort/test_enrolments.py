"""What a meeting's decisions do to an enrolment: started, retained, moved between strands, ended;
and what happens to texts.
"""

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.access.policy import staff_actor
from engage.agencies.model import Hub, Role
from engage.cohort import enrolments
from engage.cohort.exits import deregister
from engage.cohort.kinds import (
    Cohort,
    ExitReason,
    Rag,
    Strand,
)
from engage.cohort.model import Enrolment, ReReferral
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people import contactability
from engage.people.model import ContactStatus, CustodyStatus, LegalStatus
from messaging.states import MessageStatus
from tests import builders
from tests.engage.cohort.stage import (
    Scene,
    adopt,
    custody,
    set_scene,
    waiting_text,
)


@pytest.fixture
def scene(session: Session) -> Scene:
    """A person who can be adopted."""
    return set_scene(session)


def test_adoption_starts_with_a_strand_and_a_status(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Rule 12: a red status is reviewed after 7 days."""
    made = adopt(session, scene, now)
    strand, review = (
        enrolments.current_strand(session, made.id),
        enrolments.current_review(session, made.id),
    )
    assert (
        enrolments.open_enrolment(session, scene.katrina.id) is made
        and made.adopted_on == now.date()
    )
    assert strand is not None and strand.strand is Strand.CATCH_AND_CONTROL
    assert review is not None and (review.rag, review.next_due_on) == (Rag.RED, date(2027, 3, 27))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"contact_status": ContactStatus.DEAD}, "dead"), ({}, "enrolled")],
)
def test_who_cannot_be_adopted(
    session: Session, scene: Scene, now: datetime, changes: dict[str, object], code: str
) -> None:
    """A person who has died, and one already on the cohort."""
    if code == "enrolled":
        adopt(session, scene, now)
    for name, value in changes.items():
        setattr(scene.katrina, name, value)
    session.flush()
    with pytest.raises(Conflict) as refusal:
        adopt(session, scene, now)
    assert refusal.value.code == code


def test_nobody_joins_a_closed_hub(session: Session, scene: Scene, now: datetime) -> None:
    """A closed hub adopts nobody."""
    session.get_one(Hub, scene.hub.id).closed_at = now
    with pytest.raises(Conflict, match="closed"):
        adopt(session, scene, now)


def test_the_lead_agency_is_one_of_the_area_and_the_reason_is_given(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Otherwise nothing starts, and each refusal names its field."""
    elsewhere = builders.agency(session, builders.hub(session, "Gwent"))
    for other, field in (
        ({"lead_agency_id": elsewhere.id}, "lead_agency"),
        ({"reason": "  "}, "reason"),
    ):
        with pytest.raises(Invalid) as refusal:
            adopt(session, scene, now, **other)
        assert list(refusal.value.fields) == [field]
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_only_those_who_record_decisions_adopt(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Not the offender manager alone; an actor of another hub does not find the person."""
    stranger = builders.staff(session, builders.hub(session, "Gwent"), Role.COORDINATOR)
    for staff, refusal in ((scene.pat, Forbidden), (stranger, NotFound)):
        with pytest.raises(refusal):
            enrolments.adopt(
                session,
                staff_actor(staff),
                scene.katrina,
                cohort=Cohort.FLEX,
                strand=Strand.PREVENT_AND_DETER,
                lead_agency_id=scene.agency_id,
                rag=Rag.AMBER,
                reason="Why not",
                now=now,
            )


def test_adoption_while_in_custody_starts_no_text(session: Session, now: datetime) -> None:
    """The enrolment starts; rule 1 stops every text until release."""
    scene = set_scene(session, custody_status=CustodyStatus.CUSTODY)
    assert adopt(session, scene, now).ended_on is None
    reach = contactability.contactability_of(session, [scene.katrina.id], now)[scene.katrina.id]
    assert [reason.code for reason in reach.verdict.reasons] == ["custody"]


def test_strands_keep_their_history(session: Session, scene: Scene, now: datetime) -> None:
    """The last one is current; repeating it is refused."""
    made = adopt(session, scene, now)
    later = now + timedelta(days=3)
    for reason in ("Engaging", "Again"):
        call = (session, scene.chidi, scene.katrina.id)
        if reason == "Engaging":
            enrolments.change_strand(
                *call, strand=Strand.REHABILITATE_AND_RESETTLE, reason=reason, now=later
            )
        else:
            with pytest.raises(Conflict, match="already"):
                enrolments.change_strand(
                    *call, strand=Strand.REHABILITATE_AND_RESETTLE, reason=reason, now=later
                )
    current = enrolments.current_strand(session, made.id)
    assert current is not None and (current.strand, current.since) == (
        Strand.REHABILITATE_AND_RESETTLE,
        date(2027, 3, 23),
    )


def test_deregistration_closes_contact_and_withdraws_texts(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Rule 2, in the same transaction; nothing is decided twice."""
    adopt(session, scene, now)
    waiting = waiting_text(session, scene.katrina, now)
    ended = deregister(
        session,
        scene.chidi,
        scene.katrina.id,
        exit_reason=ExitReason.GREEN,
        note="Done well",
        now=now,
    )
    session.refresh(waiting)
    assert (ended.ended_on, ended.exit_reason) == (now.date(), ExitReason.GREEN)
    assert scene.katrina.contact_status is ContactStatus.CLOSED
    assert waiting.status is MessageStatus.WITHDRAWN
    with pytest.raises(Conflict) as refusal:
        enrolments.retain(
            session, scene.chidi, scene.katrina.id, rag=Rag.GREEN, reason="Stay", now=now
        )
    assert refusal.value.code == "not_enrolled"


def test_a_person_who_stays_voluntarily_is_still_texted(
    session: Session, scene: Scene, now: datetime
) -> None:
    """Rule 2: a voluntary person has no order and still gets texts. Under an order it is not
    possible.
    """
    adopt(session, scene, now)
    waiting = waiting_text(session, scene.katrina, now)
    leave = {
        "exit_reason": ExitReason.GREEN,
        "note": "Stays in touch",
        "stays_in_touch": True,
        "now": now,
    }
    scene.katrina.legal_status = LegalStatus.STATUTORY
    session.flush()
    with pytest.raises(Invalid, match="wrong"):
        deregister(session, scene.chidi, scene.katrina.id, **leave)  # type: ignore[arg-type]
    scene.katrina.legal_status = LegalStatus.NON_STATUTORY
    session.flush()
    ended = deregister(session, scene.chidi, scene.katrina.id, **leave)  # type: ignore[arg-type]
    session.refresh(waiting)
    assert ended.voluntary_since == now.date() and waiting.status is MessageStatus.QUEUED
    assert scene.katrina.contact_status is ContactStatus.OPEN


@pytest.mark.parametrize(
    ("release_on", "due_on"),
    [
        (date(2032, 6, 1), date(2031, 6, 1)),
        (date(2032, 2, 29), date(2031, 2, 28)),
    ],
)
def test_re_referral_after_long_custody(
    session: Session, scene: Scene, now: datetime, release_on: date, due_on: date
) -> None:
    """Rule 10: 12 months before release; a new adoption completes it, and opens contact again."""
    adopt(session, scene, now)
    leave = {"exit_reason": ExitReason.LONG_CUSTODY, "note": "Six years", "now": now}
    with pytest.raises(Conflict) as refusal:
        deregister(session, scene.chidi, scene.katrina.id, **leave)  # type: ignore[arg-type]
    assert refusal.value.code == "no_release_date"
    custody(session, scene.katrina, now.date(), sentence_days=2190, release_on=release_on)
    deregister(session, scene.chidi, scene.katrina.id, **leave)  # type: ignore[arg-type]
    waiting = session.scalars(select(ReReferral)).one()
    assert (waiting.due_on, waiting.done_at) == (due_on, None)
    adopt(session, scene, now + timedelta(days=400))
    session.refresh(waiting)
    assert waiting.done_at is not None and scene.katrina.contact_status is ContactStatus.OPEN


def test_two_adopt_one_person_at_once(committed: Database, now: datetime) -> None:
    """One enrolment starts; the other meeting is refused, because they are on the cohort."""
    with committed.begin() as session:
        scene = set_scene(session)
    told: list[str] = []

    def work() -> None:
        try:
            with committed.begin() as session:
                adopt(session, scene, now)
            told.append("adopted")
        except EngageError as refusal:
            told.append(refusal.code)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["adopted", "enrolled", "enrolled", "enrolled"]
