"""Rules about orders and custody: when an order is in force, what counts of a requirement, and what
is due when.

Facts in, answers out. Nothing here says whether a person complied: engage/compliance counts, and
people decide.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engage.legal.kinds import OrderEnding, RequirementKind

MOST_RAR_DAYS = 365
MOST_UNPAID_MINUTES = 300 * 60
"""A court may ask for at most 300 hours: Sentencing Act 2020, Schedule 9, paragraph 2 [law]."""
MEASURED = frozenset({RequirementKind.RAR, RequirementKind.UNPAID_WORK})
"""Requirements with a total amount, done in parts."""
LONGEST_TEST_GAP = 90
REVIEW_GAPS = (28, 365)
"""Court reviews are at least a month apart: Sentencing Act 2020, Schedule 9, paragraph 21 (rule 13)
[law].
"""
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class OrderFacts:
    """The days of one order. `ended_on` is the day it actually ended, None until it has."""

    starts_on: date
    ends_on: date
    ended_on: date | None = None
    ending: OrderEnding | None = None

    @property
    def last_day(self) -> date:
        """The last day on which it is in force, as recorded."""
        return self.ends_on if self.ended_on is None else min(self.ended_on, self.ends_on)


@dataclass(frozen=True)
class CreditFacts:
    """What was done of a requirement on one day."""

    done_on: date
    amount: int
    planned_activity: bool


@dataclass(frozen=True)
class Progress:
    """The progress of a requirement: `done` of `asked`.

    `beyond` exceeds what was asked; `not_counted` was not planned activity.
    """

    done: int
    asked: int
    beyond: int
    not_counted: int

    @property
    def complete(self) -> bool:
        """Whether all that was asked is done."""
        return self.done >= self.asked

    @property
    def left(self) -> int:
        """How much is still to be done."""
        return self.asked - self.done


def in_force(order: OrderFacts, on: date) -> bool:
    """Whether the order is in force on a day. Its first and last days count (rule 7) [law]."""
    return order.starts_on <= on <= order.last_day


def statutory(orders: Collection[OrderFacts], today: date) -> bool | None:
    """Whether the person is under an order or a licence today; None if the record does not say
    (rule 2) [law].

    An order that ended today no longer binds. A recalled person is under sentence until its last
    day. Future orders say nothing about today.
    """
    if any(order.ended_on is None and in_force(order, today) for order in orders):
        return True
    started = [order for order in orders if order.starts_on <= today]
    if not started:
        return None
    last = max(started, key=lambda order: order.last_day)
    return last.ending is OrderEnding.RECALLED and today <= last.ends_on


def progress(kind: RequirementKind, asked: int, days: Sequence[CreditFacts]) -> Progress:
    """What counts of a requirement, at most what the court asked for (rule 14) [law].

    For a RAR only days with planned activity count, one for each calendar day however much was
    done. For unpaid work every minute counts.
    """
    rar = kind is RequirementKind.RAR
    counting = [one for one in days if one.planned_activity or not rar]
    if rar:
        total, others = len({one.done_on for one in counting}), len(days) - len(counting)
    else:
        total, others = sum(one.amount for one in counting), 0
    return Progress(min(total, asked), asked, max(total - asked, 0), others)


def ending_at_expiry(measured: Sequence[Progress]) -> OrderEnding:
    """How an order ended whose last day has passed: completed only if the court asked for an amount
    and all of it was done [ours].
    """
    complete = bool(measured) and all(one.complete for one in measured)
    return OrderEnding.COMPLETED if complete else OrderEnding.EXPIRED


def plan_due(release_on: date, release_days: int) -> date:
    """The day by which the release plan must be made [practice]."""
    return release_on - timedelta(days=release_days)


def requirement_problems(
    kind: RequirementKind,
    *,
    amount: int | None,
    tests_every_days: int | None,
    reviews_every_days: int | None,
    note: str,
) -> dict[str, str]:
    """What is wrong with a requirement, by field. Each kind has its own numbers."""
    problems: dict[str, str] = {}
    if kind is RequirementKind.RAR and not (amount is not None and 1 <= amount <= MOST_RAR_DAYS):
        problems["amount"] = f"Give the most days that the court set, from 1 to {MOST_RAR_DAYS}."
    if kind is RequirementKind.UNPAID_WORK and not (
        amount is not None and 1 <= amount <= MOST_UNPAID_MINUTES
    ):
        problems["amount"] = (
            f"Give the time that the court asked for, up to {MOST_UNPAID_MINUTES // 60} hours."
        )
    if kind not in MEASURED and amount is not None:
        problems["amount"] = "Leave the amount out: only RAR days and unpaid work have one."
    drug = kind is RequirementKind.DRR
    if drug and not (tests_every_days is not None and 1 <= tests_every_days <= LONGEST_TEST_GAP):
        problems["tests_every_days"] = (
            f"Say how many days lie between two tests, from 1 to {LONGEST_TEST_GAP}."
        )
    low, high = REVIEW_GAPS
    if drug and reviews_every_days is not None and not low <= reviews_every_days <= high:
        problems["reviews_every_days"] = (
            f"Court reviews are at least a month apart: give {low} to {high} days, or leave it out."
        )
    if not drug:
        for name, given in (
            ("tests_every_days", tests_every_days),
            ("reviews_every_days", reviews_every_days),
        ):
            if given is not None:
                problems[name] = "Leave this out: only a drug rehabilitation requirement has it."
    if kind is RequirementKind.OTHER and not note:
        problems["note"] = "Say what the court asked for"
    return problems


def credit_problems(
    kind: RequirementKind, amount: int, *, planned_activity: bool, activity: str
) -> dict[str, str]:
    """What is wrong with a day's record, by field."""
    if kind is RequirementKind.RAR and amount != 1:
        return {
            "amount": "For a RAR each calendar day counts as one day, "
            "however much was done: enter 1."
        }
    if kind is RequirementKind.UNPAID_WORK and not 1 <= amount <= DAY_MINUTES:
        return {"amount": "Give the time worked on that day, up to 24 hours."}
    if kind is RequirementKind.RAR and planned_activity and not activity:
        return {"activity": "Say which planned activity it was: routine supervision does not count"}
    return {}
