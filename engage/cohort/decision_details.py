"""The decision that a meeting makes about a person, and what it must name. No database."""

import uuid
from dataclasses import dataclass

from engage.cohort.kinds import (
    Cohort,
    DecisionKind,
    ExitReason,
    Rag,
    Strand,
)
from engage.core.errors import Invalid

REQUIRED_FIELDS: dict[DecisionKind, tuple[str, ...]] = {
    DecisionKind.ADOPT: ("cohort", "strand", "rag", "lead_agency"),
    DecisionKind.DECLINE: (),
    DecisionKind.RETAIN: ("rag",),
    DecisionKind.CHANGE_STRAND: ("strand",),
    DecisionKind.DEREGISTER: ("exit_reason",),
}
"""What each decision must name, besides its reason."""


MISSING_FIELD = {
    "cohort": "Choose the cohort.",
    "strand": "Choose the strand.",
    "rag": "Choose red, amber or green.",
    "lead_agency": "Choose the lead agency.",
    "exit_reason": "Choose why they leave.",
    "crn": "Enter the CRN: nobody joins without one.",
    "offender_manager": "Choose the offender manager: there is always exactly one.",
}


@dataclass(frozen=True)
class DecisionDetails:
    """A decision and what it sets.

    `crn` and `offender_manager` are for a person whom Engage does not know yet. A change of strand
    may also set the status.
    """

    kind: DecisionKind
    reason: str
    cohort: Cohort | None = None
    strand: Strand | None = None
    rag: Rag | None = None
    lead_agency: uuid.UUID | None = None
    exit_reason: ExitReason | None = None
    stays_in_touch: bool = False
    crn: str | None = None
    offender_manager: uuid.UUID | None = None


def possible_decisions(*, enrolled: bool, asks: bool) -> tuple[DecisionKind, ...]:
    """The decisions that fit a person who is on the cohort or not.

    `asks` is True if a waiting referral or a re-referral asks for them.
    """
    if enrolled:
        return (DecisionKind.RETAIN, DecisionKind.CHANGE_STRAND, DecisionKind.DEREGISTER)
    return (DecisionKind.ADOPT, DecisionKind.DECLINE) if asks else (DecisionKind.ADOPT,)


def check_complete(choice: DecisionDetails) -> None:
    """Check that the decision names all it must. Raises Invalid with what is missing."""
    wrong = {
        name: MISSING_FIELD[name]
        for name in REQUIRED_FIELDS[choice.kind]
        if getattr(choice, name) is None
    }
    if not choice.reason.strip():
        wrong["reason"] = "Give the reason for the decision."
    if wrong:
        raise Invalid(fields=wrong)
