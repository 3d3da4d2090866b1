"""Rules 9 to 12: the suggested status, the suggested strand, when a person may leave, and when a
review is due.

Facts in, a verdict with reasons out. No database, no clock, no settings. Every verdict is a
suggestion: a review or a meeting decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engage.cohort.kinds import ExitReason, Rag, Strand


@dataclass(frozen=True)
class StatusReason:
    """A reason of a verdict: a stable code, and words for staff."""

    code: str
    words: str


@dataclass(frozen=True)
class StatusRules:
    """The settings of rules 9 and 12. Each is a setting of the hub."""

    strict: bool = False
    silent_days: int = 14
    red_days: int = 7
    amber_days: int = 14
    green_days: int = 28


@dataclass(frozen=True)
class StatusFacts:
    """The facts about one person on `on`, over the window that starts on `window_from`.

    `expected` counts appointments in the window whose outcome counts for attendance; `attended`
    counts those attended and complied with. Acceptable absences are in neither. Nor are the
    `awaited`: absences that nobody has decided yet (rule 5). Days without contact count from
    `last_contact`, or from `counted_from` (adoption or release) if that is later.
    """

    on: date
    window_from: date
    expected: int = 0
    attended: int = 0
    unrecorded: int = 0
    awaited: int = 0
    intelligence_since: date | None = None
    arrested_on: date | None = None
    unlawfully_at_large: bool = False
    in_custody: bool = False
    breach_since: date | None = None
    failed_to_comply: int = 0
    tests: int = 0
    tests_failed: int = 0
    housing_stable: bool | None = None
    work_stable: bool | None = None
    last_contact: date | None = None
    counted_from: date | None = None

    @property
    def missed(self) -> int:
        """Appointments in the window that the person was expected at and did not keep."""
        return self.expected - self.attended

    @property
    def settled(self) -> bool:
        """Whether housing or work is stable."""
        return bool(self.housing_stable) or bool(self.work_stable)

    @property
    def clean(self) -> bool:
        """Whether there were tests and all were negative."""
        return self.tests > 0 and self.tests_failed == 0


@dataclass(frozen=True)
class StatusVerdict:
    """The status that rule 9 suggests, its reasons, and what would make it green (empty
    if it is).
    """

    rag: Rag
    reasons: tuple[StatusReason, ...]
    to_green: tuple[StatusReason, ...]


@dataclass(frozen=True)
class StrandVerdict:
    """The strand that rule 11 suggests, with its reasons.

    `prison_leads` is True if the prison is the lead agency until release.
    """

    strand: Strand
    reasons: tuple[StatusReason, ...]
    prison_leads: bool = False


@dataclass(frozen=True)
class ExitFacts:
    """The facts of rule 10.

    `green_since` is the first day of the current unbroken green; `sentence_days` is the sentence of
    a custody that has not ended.
    """

    on: date
    green_since: date | None = None
    exit_plan_done: bool = False
    sentence_days: int | None = None


@dataclass(frozen=True)
class ExitVerdict:
    """The ground for leaving (None: there is none yet), what supports it, and what is missing."""

    because: ExitReason | None
    reasons: tuple[StatusReason, ...]
    missing: tuple[StatusReason, ...]

    @property
    def eligible(self) -> bool:
        """Whether the meeting may be asked to deregister the person."""
        return self.because is not None


def suggest_status(facts: StatusFacts, rules: StatusRules) -> StatusVerdict:
    """Rule 9 [practice], with its days without contact [ours]: red, amber or green, with reasons
    and what would make it green.

    People in custody are not expected to be in touch. A failure of the phone network is never a
    fact here.
    """
    red = _red(facts, rules)
    amber = _amber(facts, rules)
    to_green = tuple([_TO_GREEN[reason.code] for reason in red] + [remedy for _, remedy in amber])
    awaited = _awaited(facts)
    if red:
        return StatusVerdict(Rag.RED, (*red, *(reason for reason, _ in amber), *awaited), to_green)
    if amber:
        return StatusVerdict(Rag.AMBER, (*(reason for reason, _ in amber), *awaited), to_green)
    return StatusVerdict(Rag.GREEN, (*_green(facts), *awaited), ())


def _awaited(facts: StatusFacts) -> tuple[StatusReason, ...]:
    """Absences that await a decision: shown, but not counted against the person (rule 5)."""
    if not facts.awaited:
        return ()
    one = facts.awaited == 1
    many = "1 absence awaits" if one else f"{facts.awaited} absences await"
    counts = "does" if one else "do"
    return (StatusReason("awaited", f"{many} a decision and {counts} not count until then"),)


_TO_GREEN = {
    "arrest": StatusReason("no_arrest", "No arrest in the window"),
    "intelligence": StatusReason("no_intelligence", "No current intelligence"),
    "unlawfully_at_large": StatusReason("found", "No longer unlawfully at large"),
    "breach": StatusReason("breach_over", "The breach has ended"),
    "no_contact": StatusReason("contact", "Contact: a reply, a visit or an appointment kept"),
}


def _red(facts: StatusFacts, rules: StatusRules) -> list[StatusReason]:
    found = []
    if facts.arrested_on is not None and facts.arrested_on >= facts.window_from:
        found.append(StatusReason("arrest", f"Arrested on {facts.arrested_on:%-d %B %Y}"))
    if facts.intelligence_since is not None:
        found.append(
            StatusReason(
                "intelligence", f"Current intelligence since {facts.intelligence_since:%-d %B %Y}"
            )
        )
    if facts.unlawfully_at_large:
        found.append(StatusReason("unlawfully_at_large", "Unlawfully at large"))
    if facts.breach_since is not None:
        found.append(
            StatusReason("breach", f"Breach under way since {facts.breach_since:%-d %B %Y}")
        )
    counted_from = max(
        (day for day in (facts.last_contact, facts.counted_from) if day is not None),
        default=facts.on,
    )
    if not facts.in_custody and (facts.on - counted_from).days >= rules.silent_days:
        found.append(
            StatusReason("no_contact", f"No contact for {(facts.on - counted_from).days} days")
        )
    return found


def _amber(facts: StatusFacts, rules: StatusRules) -> list[tuple[StatusReason, StatusReason]]:
    """What keeps the person from green, each with what would change it."""
    found = []
    if facts.missed:
        missed = StatusReason(
            "missed", f"Kept {facts.attended} of {facts.expected} appointments in the window"
        )
        found.append((missed, StatusReason("attend_all", "Every appointment in the window kept")))
    elif not facts.expected:
        none = StatusReason(
            "no_appointments", "No appointment in the window has an outcome that counts"
        )
        found.append(
            (none, StatusReason("attend", "An appointment kept, with its outcome recorded"))
        )
    settled = StatusReason("unsettled", "Neither housing nor work is known to be stable")
    settle = StatusReason("settle", "Stable housing or work, verified by staff")
    tests = StatusReason(
        "tests", f"{facts.tests_failed} of {facts.tests} tests positive, missed or refused"
    )
    untested = StatusReason("untested", "No test in the window has a result")
    negative = StatusReason("negative_tests", "Negative tests")
    not_clean = tests if facts.tests_failed else untested
    if rules.strict:
        found += [] if facts.clean else [(not_clean, negative)]
        found += [] if facts.settled else [(settled, settle)]
    elif not facts.clean and not facts.settled:
        found.append((not_clean if facts.tests else settled, StatusReason("either", _EITHER)))
    return found


_INTELLIGENCE_CODES = frozenset({"intelligence", "no_intelligence"})
_HEALTH_CODES = frozenset({"tests", "untested", "clean", "negative_tests"})
WITHHELD = StatusReason("withheld", "A reason that your role does not show")


def visible_reasons(
    reasons: Sequence[StatusReason], *, intelligence: bool, health: bool
) -> tuple[StatusReason, ...]:
    """The reasons, for a reader who may not see all of them.

    Withheld reasons are replaced by one that says something is withheld, not what it is.
    """
    withheld = (frozenset() if intelligence else _INTELLIGENCE_CODES) | (
        frozenset() if health else _HEALTH_CODES
    )
    return tuple(
        dict.fromkeys(WITHHELD if reason.code in withheld else reason for reason in reasons)
    )


_EITHER = "Negative tests, or stable housing or work verified by staff"


def _green(facts: StatusFacts) -> list[StatusReason]:
    reasons = [StatusReason("attended", f"Kept all {facts.expected} appointments in the window")]
    if facts.clean:
        reasons.append(StatusReason("clean", f"All {facts.tests} tests negative"))
    if facts.housing_stable:
        reasons.append(StatusReason("housed", "Housing is stable"))
    if facts.work_stable:
        reasons.append(StatusReason("in_work", "Work is stable"))
    reasons.append(StatusReason("no_intelligence", "No current intelligence"))
    return reasons


def suggest_strand(facts: StatusFacts) -> StrandVerdict:
    """Rule 11 [practice].

    Custody: Rehabilitate and Resettle, led by the prison. Arrest, intelligence or non-compliance:
    Catch and Control.
    """
    if facts.in_custody:
        words = "In custody: the prison leads until release"
        return StrandVerdict(
            Strand.REHABILITATE_AND_RESETTLE, (StatusReason("custody", words),), prison_leads=True
        )
    against = [
        reason
        for reason in _red(facts, StatusRules(silent_days=10_000))
        if reason.code in ("arrest", "intelligence", "unlawfully_at_large", "breach")
    ]
    if facts.failed_to_comply:
        against.append(
            StatusReason(
                "non_compliance",
                f"{facts.failed_to_comply} unacceptable absences or failures to comply",
            )
        )
    if facts.tests_failed:
        against.append(
            StatusReason("tests", f"{facts.tests_failed} tests positive, missed or refused")
        )
    if against:
        return StrandVerdict(Strand.CATCH_AND_CONTROL, tuple(against))
    return StrandVerdict(
        Strand.REHABILITATE_AND_RESETTLE,
        (StatusReason("engaging", "Nothing in the window counts against them"),),
    )


def exit_verdict(facts: ExitFacts, *, green_months: int, long_custody_years: int) -> ExitVerdict:
    """Rule 10 [practice]: green without a break for `green_months` and the exit plan implemented,
    or a sentence of at least `long_custody_years`.
    """
    years = "years" if long_custody_years != 1 else "year"
    if facts.sentence_days is not None and facts.sentence_days >= days_of_years(long_custody_years):
        reason = StatusReason(
            "long_custody", f"In custody for {long_custody_years} {years} or more"
        )
        return ExitVerdict(ExitReason.LONG_CUSTODY, (reason,), ())
    met, missing = [], []
    months = "months" if green_months != 1 else "month"
    if facts.green_since is None:
        missing.append(StatusReason("green", f"Green without a break for {green_months} {months}"))
    else:
        until = add_months(facts.green_since, green_months)
        words = f"Green without a break since {facts.green_since:%-d %B %Y}"
        if facts.on >= until:
            met.append(StatusReason("green", words))
        else:
            missing.append(
                StatusReason(
                    "green",
                    f"{words}: {green_months} {months} on {until:%-d %B %Y}",
                )
            )
    plan = StatusReason("exit_plan", "The exit plan has been carried out")
    if facts.exit_plan_done:
        met.append(plan)
    else:
        missing.append(StatusReason("exit_plan", "The exit plan has not been carried out yet"))
    return ExitVerdict(None if missing else ExitReason.GREEN, tuple(met), tuple(missing))


def re_referral_due(release_on: date, months: int) -> date:
    """Rule 10 [practice]: `months` before the release, on the same day of the month or its last
    day.
    """
    return add_months(release_on, -months)


def review_due(rag: Rag, held_on: date, rules: StatusRules) -> date:
    """Rule 12 [ours, practice]: the day by which the status must be reviewed. An urgent signal
    makes it due at once.
    """
    days = {Rag.RED: rules.red_days, Rag.AMBER: rules.amber_days, Rag.GREEN: rules.green_days}
    return held_on + timedelta(days=days[rag])


def due_on(next_due_on: date, urgent_on: date | None) -> date:
    """Rule 12: the day a review is due. An urgent signal since the last review brings it forward to
    the day of that signal.
    """
    return next_due_on if urgent_on is None else min(next_due_on, urgent_on)


def green_since(reviews: Sequence[tuple[date, Rag]]) -> date | None:
    """The first day of the current green, or None if the status is not green.

    `reviews` are in the order in which they were decided.
    """
    since: date | None = None
    for held_on, rag in reviews:
        since = (since or held_on) if rag is Rag.GREEN else None
    return since


def days_of_years(years: int) -> int:
    """The minimum number of days in a sentence of so many years, without leap days."""
    return years * 365


def add_months(day: date, months: int) -> date:
    """The same day of the month, so many months later (or earlier), or the month's last day: 31
    January + 1 is 28 or 29 February.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    following = date(year + (month == 11), 1 if month == 11 else month + 2, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
