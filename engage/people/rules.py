"""Rule 1: may we text this person now? Facts in, every reason against out.

`REASONS` is the rule. No database, no clock, no settings.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Reason:
    """A reason against a text: a stable code, and words for staff. A `passing` reason ends by
    itself, every other one is lasting.
    """

    code: str
    words: str
    passing: bool = False


def stored_reasons(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons as JSON, as they are stored beside a reminder or a check-in."""
    return [{"code": reason.code, "words": reason.words} for reason in reasons]


@dataclass(frozen=True)
class ContactRules:
    """The numbers of rule 1, each a setting of the hub. Hours are local, 0 to 24."""

    safe_days: int = 90
    daily_cap: int = 3
    text_from_hour: int = 9
    text_until_hour: int = 20


@dataclass(frozen=True)
class ContactFacts:
    """What rule 1 must know about a person. `number_problem` says why the number that was given is
    not a usable mobile number, or why it is suspended.
    """

    number_state: str | None
    number_problem: str | None
    shared_with: int
    shared_agreed: bool
    suppressed: bool
    safe_until: datetime | None
    contact_status: str
    custody_status: str
    restricted: bool
    restricted_texts_allowed: bool
    approved: bool
    texts_today: int
    paused: bool = False
    text_from_hour: int | None = None
    text_until_hour: int | None = None

    @property
    def usable_number(self) -> bool:
        """Whether there is a number that a text could be sent to."""
        return self.number_state not in (None, "unusable")


class AnswerScope(StrEnum):
    """How much an answer to a text may say."""

    OPEN = "open"
    """Rule 1 allows content. Quiet hours and the daily cap do not apply to an answer."""
    NEUTRAL = "neutral"
    """Only texts that reveal nothing about anybody."""
    SILENT = "silent"
    """Only safety advice."""


@dataclass(frozen=True)
class Verdict:
    """Whether a text may go, with every reason against it."""

    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """There is no reason against the text."""
        return not self.reasons

    @property
    def lasting(self) -> tuple[Reason, ...]:
        """The reasons that do not end by themselves."""
        return tuple(reason for reason in self.reasons if not reason.passing)

    @property
    def lasting_codes(self) -> frozenset[str]:
        """The codes of the lasting reasons."""
        return frozenset(reason.code for reason in self.lasting)

    @property
    def lasting_words(self) -> str:
        """The lasting reasons in one line."""
        return "; ".join(reason.words for reason in self.lasting)

    @property
    def answers(self) -> AnswerScope:
        """How much an answer may say. Lasting reasons limit it, some more than others; passing
        ones, such as the time of day, do not.
        """
        limits = {_ROWS[code].answers for code in self.lasting_codes}
        if AnswerScope.SILENT in limits:
            return AnswerScope.SILENT
        return AnswerScope.NEUTRAL if AnswerScope.NEUTRAL in limits else AnswerScope.OPEN

    @property
    def withdraws(self) -> str | None:
        """Why texts that wait are withdrawn, by the first reason that withdraws them; None if none
        does.
        """
        found = (_ROWS[reason.code].withdraws for reason in self.reasons)
        return next(filter(None, found), None)

    @property
    def passing_only(self) -> bool:
        """Only the hour or the daily cap is against the text: it may go later."""
        return bool(self.reasons) and not self.lasting

    @property
    def capped(self) -> bool:
        """The daily cap is among the reasons."""
        return DAILY_CAP.code in {reason.code for reason in self.reasons}


@dataclass(frozen=True)
class ContactQuestion:
    """Everything that a row of rule 1 may look at."""

    facts: ContactFacts
    rules: ContactRules
    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True)
class ContactReason:
    """A row of rule 1: the reason, and when it applies.

    `own_words` gives words for the one case, where they are known. `rule` is the number of the
    rule that explains the reason. `answers` is how much an answer may say while a lasting reason
    applies. `withdraws` says why texts that wait are withdrawn when a change to the person makes
    the reason apply (rule 2); without it the last look stops them.
    """

    reason: Reason
    applies: Callable[[ContactQuestion], bool]
    own_words: Callable[[ContactFacts], str | None] | None = None
    rule: int = 1
    answers: AnswerScope = AnswerScope.SILENT
    withdraws: str | None = None

    def stated(self, facts: ContactFacts) -> Reason:
        """The reason, in the words of the one case."""
        words = self.own_words(facts) if self.own_words is not None else None
        return replace(self.reason, words=words) if words else self.reason


PAUSED = Reason("paused", "Texts wait until a worker has spoken with them")
"""Applies after a text that reports danger, to unprompted texts. Answers and texts by a worker go
nevertheless.
"""
NUMBER_UNVERIFIED = Reason("number_unverified", "The number is not yet confirmed as theirs")
NOT_APPROVED = Reason("not_approved", "The offender manager has not approved texts")
QUIET_HOURS = Reason("quiet_hours", "Outside the hours for texts", passing=True)
DAILY_CAP = Reason("daily_cap", "Already as many texts today as the daily cap allows", passing=True)


def may_text(facts: ContactFacts, rules: ContactRules, now: datetime, zone: ZoneInfo) -> Verdict:
    """Rule 1 [practice]: the verdict on a text with content, with every reason against it."""
    question = ContactQuestion(facts, rules, now, zone)
    return Verdict(tuple(row.stated(facts) for row in REASONS if row.applies(question)))


def window(facts: ContactFacts, rules: ContactRules) -> tuple[int, int]:
    """The local hours [from, until) for texts: the hub's, narrowed by the person's own."""
    return narrowed(rules, facts.text_from_hour, facts.text_until_hour)


def narrowed(rules: ContactRules, from_hour: int | None, until_hour: int | None) -> tuple[int, int]:
    """The hub's hours for texts, narrowed by a person's own hours if they have any."""
    start = max(rules.text_from_hour, from_hour if from_hour is not None else 0)
    end = min(rules.text_until_hour, until_hour if until_hour is not None else 24)
    return start, end


def in_window(facts: ContactFacts, rules: ContactRules, now: datetime, zone: ZoneInfo) -> bool:
    """Whether `now`, on the wall clock of `zone`, is inside the window."""
    start, end = window(facts, rules)
    return start <= now.astimezone(zone).hour < end


def _number_problem(facts: ContactFacts) -> str | None:
    return facts.number_problem


def _unverified(one: ContactQuestion) -> bool:
    return one.facts.usable_number and one.facts.number_state not in ("suspended", "verified")


def _shared(one: ContactQuestion) -> bool:
    facts = one.facts
    return facts.usable_number and bool(facts.shared_with) and not facts.shared_agreed


def _not_safe(one: ContactQuestion) -> bool:
    until = one.facts.safe_until
    return one.facts.number_state == "verified" and (until is None or until <= one.now)


def _contact(code: str, words: str, status: str) -> ContactReason:
    return ContactReason(
        Reason(code, words),
        lambda one: one.facts.contact_status == status,
        withdraws="Contact with the person is suspended or closed",
    )


def _custody(status: str, words: str) -> ContactReason:
    return ContactReason(
        Reason(status, words),
        lambda one: one.facts.custody_status == status,
        withdraws="The person is in custody, on warrant or unlawfully at large",
    )


REASONS = (
    ContactReason(
        Reason("no_number", "No mobile number"), lambda one: one.facts.number_state is None
    ),
    ContactReason(
        Reason("number_unusable", "The number is no UK mobile number"),
        lambda one: one.facts.number_state == "unusable",
        own_words=_number_problem,
    ),
    ContactReason(
        Reason("number_suspended", "The number is suspended until a worker has looked"),
        lambda one: one.facts.number_state == "suspended",
        own_words=_number_problem,
    ),
    ContactReason(NUMBER_UNVERIFIED, _unverified, answers=AnswerScope.NEUTRAL),
    ContactReason(
        Reason("number_shared", "Another person has the same number"),
        _shared,
        answers=AnswerScope.NEUTRAL,
    ),
    ContactReason(
        Reason("stopped", "The number asked for no more texts"),
        lambda one: one.facts.usable_number and one.facts.suppressed,
    ),
    ContactReason(
        Reason("not_safe", "No recent check that texts are safe"),
        _not_safe,
        answers=AnswerScope.NEUTRAL,
    ),
    _contact("contact_suspended", "Contact by text is suspended", "suspended"),
    _contact("contact_closed", "The case is closed", "closed"),
    _contact("person_dead", "The person has died", "dead"),
    _custody("custody", "The person is in custody"),
    _custody("remand", "The person is remanded in custody"),
    _custody("warrant", "The person is on warrant"),
    _custody("unlawfully_at_large", "The person is unlawfully at large"),
    ContactReason(PAUSED, lambda one: one.facts.paused, answers=AnswerScope.OPEN),
    ContactReason(
        Reason("restricted", "Limited-access record: the offender manager has not allowed texts"),
        lambda one: one.facts.restricted and not one.facts.restricted_texts_allowed,
        withdraws="The record is restricted",
    ),
    ContactReason(NOT_APPROVED, lambda one: not one.facts.approved),
    ContactReason(
        QUIET_HOURS,
        lambda one: not in_window(one.facts, one.rules, one.now, one.zone),
        rule=3,
    ),
    ContactReason(
        DAILY_CAP,
        lambda one: one.facts.texts_today >= one.rules.daily_cap,
        own_words=lambda facts: f"Already {facts.texts_today} texts today",
    ),
)
"""Rule 1, in the order in which the reasons are stated. No number and an unusable one say nothing
more about the number.
"""
_ROWS = {row.reason.code: row for row in REASONS}
