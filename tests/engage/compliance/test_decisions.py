"""Decisions about non-compliance, from the failure to the letter."""

import threading
import uuid
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from engage.agencies.model import Role
from engage.appointments.model import OutcomeCode
from engage.compliance import (
    counting,
    decisions,
    escalation,
)
from engage.compliance.model import Delivery, Enforcement, EnforcementKind
from engage.compliance.rules import Step
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.legal.model import OrderKind
from engage.people.model import Language
from engage.signals import SignalKind
from messaging.tables import Message
from tests import builders
from tests.engage.compliance.stage import (
    ABSENT_MEDICAL,
    AFTC,
    ATTC,
    NONE,
    REFERRAL,
    TODAY,
    WARNING,
    Stage,
    missed,
    order,
)


def test_the_second_failure_is_signalled_once_with_its_reasons(stage: Stage) -> None:
    """Rule 6: raised in the transaction that records the outcome; the first failure alone raises
    nothing.
    """
    missed(stage.session, stage.person, 30)
    assert stage.signals(SignalKind.SECOND_FAILURE) == []
    second = missed(stage.session, stage.person, 3, code=AFTC)
    (signal,) = stage.signals(SignalKind.SECOND_FAILURE)
    assert (
        "2 failures to comply in the last 12 months" in signal.why
        and "warn, or refer" in signal.why
    )
    assert {"type": "appointment", "id": str(second.id)} in signal.evidence
    escalation.catch_up(stage.session, [stage.person], now=stage.now + timedelta(days=1))
    assert len(stage.signals(SignalKind.SECOND_FAILURE)) == 1


NOT_COUNTED = [
    {"enforceable": False},
    {"code": OutcomeCode.FAILED_TO_ATTEND},
    {"code": ABSENT_MEDICAL},
    {"code": ATTC},
    {"code": OutcomeCode.SENT_HOME_BEHAVIOUR},
    {"days_ago": 366},
    {"days_ago": 250},
]


@pytest.mark.parametrize("given", NOT_COUNTED)
def test_what_does_not_count(stage: Stage, given: dict[str, object]) -> None:
    """Rule 6: only failures at enforceable appointments of the last 12 months, while an order was
    in force.
    """
    missed(stage.session, stage.person, **{"days_ago": 10, **given})  # type: ignore[arg-type]
    missed(stage.session, stage.person, 5)
    found = counting.assess(stage.session, stage.person, now=stage.now)
    assert len(found.counted) == 1 and stage.signals(SignalKind.SECOND_FAILURE) == []


def test_being_sent_home_counts_where_the_hub_says_so(stage: Stage) -> None:
    """Rule 6: a setting of the hub."""
    stage.person.hub.settings = {"count_sent_home": True}
    missed(stage.session, stage.person, 5, code=OutcomeCode.SENT_HOME_BEHAVIOUR)
    assert stage.step() is Step.WARN_OR_REFER


def test_voluntary_people_have_no_failures(stage: Stage) -> None:
    """Rules 2 and 6: without an order no failure counts, and an order that has ended enforces
    nothing.
    """
    stage.order.ended_on, stage.order.ending = date(2027, 3, 10), "revoked"  # type: ignore[assignment]
    stage.session.flush()
    missed(stage.session, stage.person, 20)
    missed(stage.session, stage.person, 5)
    found = counting.assess(stage.session, stage.person, now=stage.now)
    assert found.positions == () and stage.signals(SignalKind.SECOND_FAILURE) == []
    with pytest.raises(Conflict) as refused:
        stage.decide()
    assert refused.value.code == "not_in_force"


def test_statutory_without_a_recorded_order(stage: Stage) -> None:
    """Missing data is not "no": the failures are signalled, and only "no action" can be decided
    until the order is recorded.
    """
    stage.session.delete(stage.order)
    stage.session.flush()
    missed(stage.session, stage.person, 20)
    missed(stage.session, stage.person, 5)
    assert stage.step() is Step.NO_ORDER and len(stage.signals(SignalKind.SECOND_FAILURE)) == 1
    with pytest.raises(Invalid) as refused:
        stage.decide(order_id=None)
    assert "Record the order first" in refused.value.fields["kind"]
    assert stage.decide(NONE, order_id=None).kind is NONE


def test_a_warning_is_a_letter_and_answers_its_failures(stage: Stage) -> None:
    """Rule 7: circumstances, that it is unacceptable, liability for 12 months. Never a text."""
    first = missed(stage.session, stage.person, 30)
    missed(stage.session, stage.person, 3, code=AFTC)
    warning = stage.decide()
    letter = warning.letter or ""
    for words in (
        "Dear Katrina Dodds",
        "community order began with the decision of Tue 1 September 2026 at Newcastle Magistrates' "
        "Court, reference NM/1234",
        "Thu 18 February 2027, 9am, an appointment at the office: you did not attend",
        "you attended, and did not do what was required",
        "This is unacceptable.",
        "For 12 months from the day on which you receive it",
        "liable to be brought before a court",
    ):
        assert words in letter
    assert {one.appointment_id for one in warning.failures} >= {first.id} and len(
        warning.failures
    ) == 2
    assert warning.suggested["step"] == "warn_or_refer" and warning.suggested["counted"] == 2
    assert stage.step() is Step.NOTHING and stage.signals(SignalKind.SECOND_FAILURE) == []
    assert stage.session.scalars(select(Message)).all() == []
    event = stage.session.scalars(select(Event).where(Event.kind == "enforcement.decided")).one()
    assert event.data == {"enforcement": str(warning.id), "enforcement_kind": "warning"}


def test_a_letter_in_welsh(stage: Stage) -> None:
    """In the person's language, unless another is chosen."""
    stage.person.language = Language.WELSH
    missed(stage.session, stage.person, 3)
    warning = stage.decide()
    assert "Annwyl Katrina Dodds" in (warning.letter or "") and "annerbyniol" in (
        warning.letter or ""
    )
    decisions.withdraw(
        stage.session, stage.actor, warning.id, why="English was wanted", now=stage.now
    )
    assert "Dear Katrina Dodds" in (stage.decide(language=Language.ENGLISH).letter or "")


def test_a_failure_after_a_warning_must_be_referred(stage: Stage) -> None:
    """Rule 7: the warning is in force from the day it was given; another is refused; the referral
    has its working day.
    """
    missed(stage.session, stage.person, 30)
    warning = stage.decide(now=stage.now - timedelta(days=20))
    missed(stage.session, stage.person, 5)
    assert stage.step() is Step.WARN_OR_REFER, "a warning that was not given is not in force"
    decisions.record_delivery(
        stage.session,
        stage.actor,
        warning.id,
        on=TODAY - timedelta(days=19),
        how=Delivery.POST,
        now=stage.now,
    )
    assert stage.step() is Step.MUST_REFER
    (signal,) = stage.signals(SignalKind.MUST_REFER)
    assert signal.due_at == datetime.fromisoformat("2027-04-03T00:00:00+01:00")
    assert "due by 2 April 2027" in signal.why and signal.why.endswith("decided on 20 March 2027.")
    with pytest.raises(Conflict) as refused:
        stage.decide()
    assert refused.value.code == "already_warned"
    referral = stage.decide(REFERRAL)
    assert (
        referral.due_on == date(2027, 4, 2)
        and referral.letter is None
        and len(referral.failures) == 2
    )
    assert stage.signals(SignalKind.MUST_REFER) == []
    decisions.record_completion(stage.session, stage.actor, referral.id, on=TODAY, now=stage.now)
    with pytest.raises(Conflict, match="already recorded"):
        decisions.record_completion(
            stage.session, stage.actor, referral.id, on=TODAY, now=stage.now
        )


def test_on_licence_there_is_no_ladder(stage: Stage) -> None:
    """Rule 7: the offender manager decides on a letter or recall; a warning is not possible."""
    stage.order.kind = OrderKind.LICENCE
    stage.session.flush()
    missed(stage.session, stage.person, 3)
    assert stage.step() is Step.OM_DECIDES
    with pytest.raises(Invalid):
        stage.decide(WARNING)
    letter = stage.decide(EnforcementKind.LICENCE_LETTER)
    assert "you may be recalled to prison" in (letter.letter or "")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR, Role.SUPPORT_WORKER])
def test_who_may_not_decide(stage: Stage, role: Role) -> None:
    """Only the offender manager and supervisors decide; others are refused or do not find the
    person.
    """
    missed(stage.session, stage.person, 3)
    other = builders.staff(stage.session, stage.person.hub, role, name="Jo Lamb")
    with pytest.raises((Forbidden, NotFound)):
        decisions.decide(
            stage.session,
            builders.actor(other),
            stage.person.id,
            kind=WARNING,
            order_id=stage.order.id,
            reason="x",
            now=stage.now,
        )


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001, "a\0b"])
def test_a_reason_must_be_given(stage: Stage, reason: str) -> None:
    """Storable words, within the limit."""
    missed(stage.session, stage.person, 3)
    with pytest.raises(Invalid):
        stage.decide(reason=reason)


def test_nothing_to_decide(stage: Stage) -> None:
    """Without an undecided failure, no decision can be made."""
    with pytest.raises(Conflict) as refused:
        stage.decide()
    assert refused.value.code == "no_failure"


@pytest.mark.parametrize("days", [1, -1])
def test_the_day_a_letter_was_given_must_be_possible(stage: Stage, days: int) -> None:
    """Not before the decision, not in the future."""
    missed(stage.session, stage.person, 3)
    warning = stage.decide()
    with pytest.raises(Invalid):
        decisions.record_delivery(
            stage.session,
            stage.actor,
            warning.id,
            on=TODAY + timedelta(days=days),
            how=Delivery.BY_HAND,
            now=stage.now,
        )
    decisions.record_delivery(
        stage.session, stage.actor, warning.id, on=TODAY, how=Delivery.BY_HAND, now=stage.now
    )
    with pytest.raises(Conflict, match="already recorded"):
        decisions.record_delivery(
            stage.session, stage.actor, warning.id, on=TODAY, how=Delivery.BY_HAND, now=stage.now
        )


def test_a_warning_does_not_cover_the_day_it_was_given(stage: Stage) -> None:
    """Rule 7 [law]: only failures after that day must be referred; on the day itself the order of
    the two is not known.
    """
    missed(stage.session, stage.person, 30)
    warning = stage.decide(now=stage.now - timedelta(days=20))
    given = {"on": TODAY - timedelta(days=15), "how": Delivery.BY_HAND, "now": stage.now}
    decisions.record_delivery(stage.session, stage.actor, warning.id, **given)
    missed(stage.session, stage.person, 15, code=AFTC)
    assert stage.step() is Step.WARN_OR_REFER and stage.signals(SignalKind.MUST_REFER) == []
    missed(stage.session, stage.person, 14)
    assert stage.step() is Step.MUST_REFER


def test_two_decisions_at_once_make_one(committed: Database, now: datetime) -> None:
    """The second finds the failures decided."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        person = builders.person(session, om)
        under = order(session, person)
        missed(session, person, 3)
        actor = builders.actor(om)
    told: list[str] = []
    ready = threading.Barrier(2)

    def work() -> None:
        ready.wait()
        try:
            with committed.begin() as session:
                decisions.decide(
                    session,
                    actor,
                    person.id,
                    kind=WARNING,
                    order_id=under.id,
                    reason="No word.",
                    now=now,
                )
            told.append("decided")
        except EngageError as refusal:
            told.append(refusal.code)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["decided", "no_failure"]
    with committed.begin() as session:
        assert len(session.scalars(select(Enforcement)).all()) == 1


def test_no_such_decision(stage: Stage) -> None:
    """An unknown id."""
    with pytest.raises(NotFound):
        decisions.withdraw(stage.session, stage.actor, uuid.uuid4(), why="x", now=stage.now)
