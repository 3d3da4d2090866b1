"""Rules 9 to 12 of RULES.md: the suggested status, the suggested strand, when somebody may leave,
when a review is due.

Facts in, verdict with reasons out; no database, no clock, no settings. Every verdict is a
suggestion: a review, or a meeting, decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engage.cohort.kinds import ExitReason, Rag, Strand


@dataclass(frozen=True)
class StatusReason:
    """Why a rule says what it says: a stable code, and words that an officer understands."""

    code: str
    words: str


@dataclass(frozen=True)
class StatusRules:
    """The numbers of rules 9 and 12, each a setting of the hub."""

    strict: bool = False
    silent_days: int = 14
    red_days: int = 7
    amber_days: int = 14
    green_days: int = 28


@dataclass(frozen=True)
class StatusFacts:
    """What is known of one person on `on`, over the window that began on `window_from`.

    `expected` counts appointments of the window with an outcome that asks for attendance;
    `attended` those attended and complied with; an acceptable absence is in neither, nor are those
    `awaited`: absences that nobody has decided about yet (rule 5). Silence counts from
    `last_contact`, or from `counted_from` (adopted, released) where that is later.
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
        """Appointments of the window at which they were expected and that they did not keep."""
        return self.expected - self.attended

    @property
    def settled(self) -> bool:
        """Housing or work is stable."""
        return bool(self.housing_stable) or bool(self.work_stable)

    @property
    def clean(self) -> bool:
        """There were tests, and all were negative."""
        return self.tests > 0 and self.tests_failed == 0


@dataclass(frozen=True)
class StatusVerdict:
    """The status that rule 9 suggests, why, and what would turn it green (empty when it is)."""

    rag: Rag
    reasons: tuple[StatusReason, ...]
    to_green: tuple[StatusReason, ...]


@dataclass(frozen=True)
class StrandVerdict:
    """The strand that rule 11 suggests and why; `prison_leads` where the lead agency is the prison
    until release.
    """

    strand: Strand
    reasons: tuple[StatusReason, ...]
    prison_leads: bool = False


@dataclass(frozen=True)
class ExitFacts:
    """What rule 10 looks at. `green_since` is the first day of the unbroken green; `sentence_days`
    of a custody that is still going on.
    """

    on: date
    green_since: date | None = None
    exit_plan_done: bool = False
    sentence_days: int | None = None


@dataclass(frozen=True)
class ExitVerdict:
    """Why somebody may leave (None: not yet), what speaks for it, and what is still missing."""

    because: ExitReason | None
    reasons: tuple[StatusReason, ...]
    missing: tuple[StatusReason, ...]

    @property
    def eligible(self) -> bool:
        """Whether the meeting may be asked to let them go."""
        return self.because is not None


def suggest_status(facts: StatusFacts, rules: StatusRules) -> StatusVerdict:
    """Rule 9 [practice], its days without contact [ours]: red, amber or green, with reasons and
    what would turn it green.

    People in custody are not asked to be in touch: silence from there is nobody's fault. Nothing
    that the phone network did is a fact here.
    """
    red = _red(facts, rules)
    lacking = _lacking(facts, rules)
    to_green = tuple([_WAY_OUT[reason.code] for reason in red] + [way for _, way in lacking])
    open_yet = _awaited(facts)
    if red:
        return StatusVerdict(
            Rag.RED, (*red, *(reason for reason, _ in lacking), *open_yet), to_green
        )
    if lacking:
        return StatusVerdict(Rag.AMBER, (*(reason for reason, _ in lacking), *open_yet), to_green)
    return StatusVerdict(Rag.GREEN, (*_holding(facts), *open_yet), ())


def _awaited(facts: StatusFacts) -> tuple[StatusReason, ...]:
    """What is said and counts for nothing: a provisional absence is not held against anybody (rule
    5).
    """
    if not facts.awaited:
        return ()
    one = facts.awaited == 1
    many = "1 absence waits" if one else f"{facts.awaited} absences wait"
    counts = "does" if one else "do"
    return (StatusReason("awaited", f"{many} for a decision, and {counts} not count until then"),)


_WAY_OUT = {
    "arrest": StatusReason("no_arrest", "No arrest in the window"),
    "intelligence": StatusReason("no_intelligence", "No current intelligence"),
    "unlawfully_at_large": StatusReason("found", "No longer unlawfully at large"),
    "breach": StatusReason("breach_over", "The breach is dealt with"),
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
    heard = max(
        (day for day in (facts.last_contact, facts.counted_from) if day is not None),
        default=facts.on,
    )
    if not facts.in_custody and (facts.on - heard).days >= rules.silent_days:
        found.append(StatusReason("no_contact", f"No contact for {(facts.on - heard).days} days"))
    return found


def _lacking(facts: StatusFacts, rules: StatusRules) -> list[tuple[StatusReason, StatusReason]]:
    """What keeps somebody from green, each with what would change it."""
    found = []
    if facts.missed:
        kept = StatusReason(
            "missed", f"Kept {facts.attended} of {facts.expected} appointments in the window"
        )
        found.append((kept, StatusReason("attend_all", "Every appointment of the window kept")))
    elif not facts.expected:
        none = StatusReason("no_appointments", "No appointment in the window has an outcome")
        found.append(
            (none, StatusReason("attend", "An appointment kept, and its outcome recorded"))
        )
    settled = StatusReason("unsettled", "Neither housing nor work is known to be stable")
    settle = StatusReason("settle", "Stable housing or work, made sure of by staff")
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


_FOR_POLICE_AND_OM = frozenset({"intelligence", "no_intelligence"})
_OF_HEALTH = frozenset({"tests", "untested", "clean", "negative_tests"})
WITHHELD = StatusReason("withheld", "Something that your role does not show you")


def visible_reasons(
    reasons: Sequence[StatusReason], *, intelligence: bool, health: bool
) -> tuple[StatusReason, ...]:
    """The reasons for eyes that may not see everything: what is kept from them is said to be there,
    once, and not what it is.
    """
    kept = (frozenset() if intelligence else _FOR_POLICE_AND_OM) | (
        frozenset() if health else _OF_HEALTH
    )
    return tuple(dict.fromkeys(WITHHELD if reason.code in kept else reason for reason in reasons))


_EITHER = "Negative tests, or stable housing or work made sure of by staff"


def _holding(facts: StatusFacts) -> list[StatusReason]:
    held = [StatusReason("attended", f"Kept all {facts.expected} appointments in the window")]
    if facts.clean:
        held.append(StatusReason("clean", f"All {facts.tests} tests negative"))
    if facts.housing_stable:
        held.append(StatusReason("housed", "Housing is stable"))
    if facts.work_stable:
        held.append(StatusReason("in_work", "Work is stable"))
    held.append(StatusReason("no_intelligence", "No current intelligence"))
    return held


def suggest_strand(facts: StatusFacts) -> StrandVerdict:
    """Rule 11 [practice]: custody → Rehabilitate and Resettle led by the prison; arrest,
    intelligence or non-compliance → Catch and Control.
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
        (StatusReason("engaging", "Nothing stands against them in the window"),),
    )


def exit_verdict(facts: ExitFacts, *, green_months: int, long_custody_years: int) -> ExitVerdict:
    """Rule 10 [practice]: green without a break for `green_months` and the exit plan implemented,
    or a sentence of `long_custody_years`.
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
                    f"{words}: {green_months} {months} will be reached on {until:%-d %B %Y}",
                )
            )
    plan = StatusReason("exit_plan", "The exit plan is implemented")
    if facts.exit_plan_done:
        met.append(plan)
    else:
        missing.append(StatusReason("exit_plan", "The exit plan is not implemented yet"))
    return ExitVerdict(None if missing else ExitReason.GREEN, tuple(met), tuple(missing))


def re_referral_due(release_on: date, months: int) -> date:
    """Rule 10 [practice]: `months` before the release, on the same day of the month or the last one
    that there is.
    """
    return add_months(release_on, -months)


def review_due(rag: Rag, held_on: date, rules: StatusRules) -> date:
    """Rule 12 [ours, practice]: the day by which the status must be looked at again. An urgent
    signal makes it due at once.
    """
    days = {Rag.RED: rules.red_days, Rag.AMBER: rules.amber_days, Rag.GREEN: rules.green_days}
    return held_on + timedelta(days=days[rag])


def due_on(next_due_on: date, urgent_on: date | None) -> date:
    """Rule 12: the day by which to look again; an urgent signal since the last review makes it the
    day of that signal.
    """
    return next_due_on if urgent_on is None else min(next_due_on, urgent_on)


def green_since(reviews: Sequence[tuple[date, Rag]]) -> date | None:
    """The first day of the green that still holds; `reviews` are in the order in which they were
    decided. None when it is not green now.
    """
    since: date | None = None
    for held_on, rag in reviews:
        since = (since or held_on) if rag is Rag.GREEN else None
    return since


def days_of_years(years: int) -> int:
    """How many days a sentence of so many years has at the least: leap days may fall outside it."""
    return years * 365


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months on (or back), or the last one that there is: 31
    January + 1 is 28 or 29 February.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    following = date(year + (month == 11), 1 if month == 11 else month + 2, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
