"""Rule 1 of RULES.md: may we text this person now? Facts in, every reason against out. No database,
no clock, no settings.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Reason:
    """One reason against: a stable code, and words that an officer understands. `passing` reasons
    end by themselves.
    """

    code: str
    words: str
    passing: bool = False


@dataclass(frozen=True)
class ContactRules:
    """The numbers of rule 1 and of quiet hours (rule 3), each a setting of the hub. Hours are
    local, 0 to 24.
    """

    safe_days: int = 90
    daily_cap: int = 3
    text_from_hour: int = 9
    text_until_hour: int = 20


@dataclass(frozen=True)
class ContactFacts:
    """What is known of a person's reach. `number_problem` says why what was given is no usable
    mobile number.
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


@dataclass(frozen=True)
class Verdict:
    """Whether a text may go, with every reason that failed."""

    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """No reason stands against it."""
        return not self.reasons

    @property
    def passing_only(self) -> bool:
        """Only the hour or the day's cap stands against it: it may go later."""
        return bool(self.reasons) and all(reason.passing for reason in self.reasons)


_CUSTODY = {
    "custody": "in custody",
    "remand": "remanded in custody",
    "warrant": "on warrant",
    "unlawfully_at_large": "unlawfully at large",
}
_CONTACT = {
    "suspended": Reason("contact_suspended", "Contact by text is suspended"),
    "closed": Reason("contact_closed", "The case is closed"),
    "dead": Reason("person_dead", "The person has died"),
}


PAUSED = Reason("paused", "Texts wait until a worker has spoken with them")
"""Stands after a text that told of danger, against texts that nobody asked for; answers and a
worker's own words go all the same.
"""


def may_text(facts: ContactFacts, rules: ContactRules, now: datetime, zone: ZoneInfo) -> Verdict:
    """Rule 1 [practice]: the verdict on a text with content, lists every reason that failed."""
    reasons = [*_number_reasons(facts, now), *_person_reasons(facts)]
    if not in_window(facts, rules, now, zone):
        reasons.append(Reason("quiet_hours", "Outside the hours for texts", passing=True))
    if facts.texts_today >= rules.daily_cap:
        reasons.append(
            Reason("daily_cap", f"Already {facts.texts_today} texts today", passing=True)
        )
    return Verdict(tuple(reasons))


def window(facts: ContactFacts, rules: ContactRules) -> tuple[int, int]:
    """The local hours [from, until) for texts: the hub's, narrowed by the person's own."""
    return narrowed(rules, facts.text_from_hour, facts.text_until_hour)


def narrowed(rules: ContactRules, from_hour: int | None, until_hour: int | None) -> tuple[int, int]:
    """The hub's hours for texts, narrowed by those of one person where they have their own."""
    start = max(rules.text_from_hour, from_hour if from_hour is not None else 0)
    end = min(rules.text_until_hour, until_hour if until_hour is not None else 24)
    return start, end


def in_window(facts: ContactFacts, rules: ContactRules, now: datetime, zone: ZoneInfo) -> bool:
    """Whether `now`, on the wall clock of `zone`, is inside the window."""
    start, end = window(facts, rules)
    return start <= now.astimezone(zone).hour < end


def _number_reasons(facts: ContactFacts, now: datetime) -> list[Reason]:
    if facts.number_state is None:
        return [Reason("no_number", "No mobile number")]
    if facts.number_state == "unusable":
        return [
            Reason("number_unusable", facts.number_problem or "The number is no UK mobile number")
        ]
    reasons = []
    if facts.number_state == "suspended":
        reasons.append(
            Reason(
                "number_suspended",
                facts.number_problem or "The number is suspended until a worker has looked",
            )
        )
    elif facts.number_state != "verified":
        reasons.append(Reason("number_unverified", "The number is not yet confirmed as theirs"))
    if facts.shared_with and not facts.shared_agreed:
        reasons.append(Reason("number_shared", "The same number is on somebody else"))
    if facts.suppressed:
        reasons.append(Reason("stopped", "The number asked for no more texts"))
    if facts.number_state == "verified" and (facts.safe_until is None or facts.safe_until <= now):
        reasons.append(Reason("not_safe", "Nobody has confirmed lately that texts are safe"))
    return reasons


def _person_reasons(facts: ContactFacts) -> list[Reason]:
    reasons = []
    if closed := _CONTACT.get(facts.contact_status):
        reasons.append(closed)
    if where := _CUSTODY.get(facts.custody_status):
        reasons.append(Reason(facts.custody_status, f"The person is {where}"))
    if facts.paused:
        reasons.append(PAUSED)
    if facts.restricted and not facts.restricted_texts_allowed:
        reasons.append(
            Reason(
                "restricted", "Limited-access record: the offender manager has not allowed texts"
            )
        )
    if not facts.approved:
        reasons.append(Reason("not_approved", "The offender manager has not approved texts"))
    return reasons
