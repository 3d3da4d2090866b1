"""What the compliance page shows, as values. No database."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from engage.appointments.model import (
    AppointmentType,
    OutcomeCode,
)
from engage.compliance.kinds import Delivery, EnforcementKind
from engage.compliance.rules import Step
from engage.legal.kinds import OrderKind
from engage.people.model import Language, Person


@dataclass(frozen=True)
class FailureView:
    """A failure that counts.

    `reached` says in words whether its texts arrived; `decided` whether a decision rests on it.
    """

    appointment_id: uuid.UUID
    outcome_id: uuid.UUID
    on: date
    starts_at: datetime
    type: AppointmentType
    code: OutcomeCode
    recorded_by: str
    reached: str
    decided: bool


@dataclass(frozen=True)
class OrderPositionView:
    """What the rules suggest for one order in force (None: none is recorded)."""

    order_id: uuid.UUID | None
    order: OrderKind | None
    ends_on: date | None
    step: Step
    reasons: tuple[str, ...]
    due_on: date | None
    failures: tuple[FailureView, ...]
    kinds: tuple[EnforcementKind, ...]


@dataclass(frozen=True)
class EnforcementView:
    """A decision.

    `changed` counts failures whose outcome has since been corrected; `holds_until` is the last day
    of a warning that was given.
    """

    id: uuid.UUID
    kind: EnforcementKind
    order: OrderKind | None
    reason: str
    reasons: tuple[str, ...]
    by: str
    at: datetime
    rests_on: int
    changed: int
    due_on: date | None
    done_on: date | None
    letter: str | None
    language: Language | None
    given_on: date | None
    given_how: Delivery | None
    holds_until: date | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawn_why: str | None

    @property
    def stands(self) -> bool:
        """Whether it is in force: not withdrawn."""
        return self.withdrawn_at is None

    @property
    def goes_out(self) -> bool:
        """Whether it goes to a court or a prison."""
        return self.kind in (EnforcementKind.REFERRAL, EnforcementKind.RECALL)


@dataclass(frozen=True)
class AbsenceToDecide:
    """A provisional absence, and the day by which it must be explained (rule 5)."""

    appointment_id: uuid.UUID
    starts_at: datetime
    explain_by: date
    over: bool


@dataclass(frozen=True)
class PackView:
    """An evidence pack that was made."""

    id: uuid.UUID
    from_on: date
    until_on: date
    purpose: str
    recipient: str
    by: str
    at: datetime
    digest: str


@dataclass(frozen=True)
class CompliancePage:
    """Everything the page shows."""

    person: Person
    zone: ZoneInfo
    today: date
    months: int
    statutory: bool
    may_enforce: bool
    may_overrule: bool
    standings: tuple[OrderPositionView, ...]
    decisions: tuple[EnforcementView, ...]
    waiting: tuple[AbsenceToDecide, ...]
    packs: tuple[PackView, ...]


@dataclass(frozen=True)
class LetterPage:
    """A letter, with the person it is for."""

    person: Person
    decision: EnforcementView
    letter: str
