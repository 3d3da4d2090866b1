"""What happens to decisions and signals when an outcome changes afterwards."""

from datetime import timedelta

import pytest

from engage.appointments.model import OutcomeCode
from engage.compliance import (
    counting,
    decisions,
    outcomes,
)
from engage.compliance.model import Delivery
from engage.compliance.rules import Step
from engage.core.errors import (
    Conflict,
)
from engage.signals import SignalKind
from tests.engage.compliance.stage import ABSENT_MEDICAL, ATTC, TODAY, Stage, missed


def test_an_outcome_changed_after_a_warning_is_signalled(stage: Stage) -> None:
    """The warning stays until a person withdraws it; then the remaining failures await a decision
    again.
    """
    missed(stage.session, stage.person, 30)
    changed = missed(stage.session, stage.person, 3)
    warning = stage.decide()
    decisions.record_delivery(
        stage.session, stage.actor, warning.id, on=TODAY, how=Delivery.POST, now=stage.now
    )
    outcomes.record_outcome(
        stage.session, stage.actor, changed.id, code=ABSENT_MEDICAL, now=stage.now
    )
    (signal,) = stage.signals(SignalKind.GROUND_GONE)
    assert "The letter has been given." in signal.why and warning.withdrawn_at is None
    decisions.withdraw(
        stage.session, stage.actor, warning.id, why="A doctor's note came.", now=stage.now
    )
    assert stage.signals(SignalKind.GROUND_GONE) == []
    assert stage.step() is Step.WARN_OR_REFER
    assert (warning.withdrawn_by, warning.withdrawn_why) == (
        stage.actor.label,
        "A doctor's note came.",
    )
    with pytest.raises(Conflict, match="withdrawn"):
        decisions.withdraw(stage.session, stage.actor, warning.id, why="Again", now=stage.now)


def test_a_duty_to_refer_ends_with_its_warning(stage: Stage) -> None:
    """Rule 7: the failure behind the warning was corrected; the duty stays until somebody withdraws
    the warning, and then ends at once.
    """
    changed = missed(stage.session, stage.person, 30)
    warning = stage.decide(now=stage.now - timedelta(days=20))
    day = TODAY - timedelta(days=19)
    decisions.record_delivery(
        stage.session, stage.actor, warning.id, on=day, how=Delivery.POST, now=stage.now
    )
    missed(stage.session, stage.person, 5)
    outcomes.record_outcome(
        stage.session, stage.actor, changed.id, code=ABSENT_MEDICAL, now=stage.now
    )
    assert stage.step() is Step.MUST_REFER and len(stage.signals(SignalKind.MUST_REFER)) == 1
    assert len(stage.signals(SignalKind.GROUND_GONE)) == 1
    decisions.withdraw(
        stage.session, stage.actor, warning.id, why="A doctor's note came.", now=stage.now
    )
    assert stage.step() is Step.WARN_OR_REFER
    assert stage.signals(SignalKind.MUST_REFER) == stage.signals(SignalKind.GROUND_GONE) == []


def test_an_outcome_recorded_long_after_counts_on_its_own_day(stage: Stage) -> None:
    """A late outcome is a failure on the day of the appointment, and the referral is due from the
    day it was decided.
    """
    late = missed(stage.session, stage.person, 100, code=None)
    outcomes.record_outcome(
        stage.session, stage.actor, late.id, code=OutcomeCode.UNACCEPTABLE_ABSENCE, now=stage.now
    )
    (one,) = counting.assess(stage.session, stage.person, now=stage.now).counted
    assert one.on == TODAY - timedelta(days=100) and one.decided_at == stage.now


def test_a_corrected_outcome_resolves_the_signal(stage: Stage) -> None:
    """A signal that no longer applies is resolved."""
    missed(stage.session, stage.person, 30)
    second = missed(stage.session, stage.person, 3)
    assert stage.signals(SignalKind.SECOND_FAILURE)
    outcomes.record_outcome(stage.session, stage.actor, second.id, code=ATTC, now=stage.now)
    assert stage.signals(SignalKind.SECOND_FAILURE) == []
