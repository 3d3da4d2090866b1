"""What rules 9 to 11 suggest for people as they stand now, with reasons. A suggestion changes
nothing and is nobody's decision.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.access.policy import Ability
from engage.agencies.hub_settings import HubRules
from engage.cohort import facts, rules
from engage.cohort.facts import Known
from engage.cohort.rules import ExitVerdict, StatusReason, StatusVerdict, StrandVerdict


@dataclass(frozen=True)
class StatusSuggestion:
    """What the rules say of one person, and what is known of them."""

    known: Known
    status: StatusVerdict
    strand: StrandVerdict
    leaving: ExitVerdict


def suggest(
    session: Session, people: Collection[uuid.UUID], *, now: datetime
) -> Mapping[uuid.UUID, StatusSuggestion]:
    """What the rules say of each, in a constant number of statements. Who may see which reasons is
    `seen_by`'s to say.
    """
    return {id: _suggest(known) for id, known in facts.gather(session, people, now=now).items()}


def reasons_visible_to(
    granted: frozenset[Ability], reasons: Collection[StatusReason]
) -> tuple[StatusReason, ...]:
    """The reasons for an actor with these abilities: intelligence for police and the OM, tests for
    whoever may see matters of health.
    """
    return rules.visible_reasons(
        tuple(reasons),
        intelligence=Ability.INTELLIGENCE in granted,
        health=Ability.HEALTH in granted,
    )


def status_rules(numbers: HubRules) -> rules.StatusRules:
    """The part of a hub's rules that rules 9 and 12 use."""
    return rules.StatusRules(
        strict=numbers.green_strict,
        silent_days=numbers.red_without_contact_days,
        red_days=numbers.review_red_days,
        amber_days=numbers.review_amber_days,
        green_days=numbers.review_green_days,
    )


def status_as_stored(verdict: StatusVerdict) -> dict[str, Any]:
    """How a suggested status is kept beside what was decided."""
    return {
        "rag": verdict.rag.value,
        "reasons": _rows(verdict.reasons),
        "to_green": _rows(verdict.to_green),
    }


def strand_as_stored(verdict: StrandVerdict) -> dict[str, Any]:
    """How a suggested strand is kept beside what was decided."""
    return {
        "strand": verdict.strand.value,
        "reasons": _rows(verdict.reasons),
        "prison_leads": verdict.prison_leads,
    }


def stored_reasons(kept: Mapping[str, Any], name: str = "reasons") -> tuple[StatusReason, ...]:
    """The reasons of a suggestion as it was kept."""
    return tuple(StatusReason(row["code"], row["words"]) for row in kept.get(name, ()))


def _suggest(known: Known) -> StatusSuggestion:
    return StatusSuggestion(
        known=known,
        status=rules.suggest_status(known.status, status_rules(known.numbers)),
        strand=rules.suggest_strand(known.status),
        leaving=rules.exit_verdict(
            known.leaving,
            green_months=known.numbers.green_months,
            long_custody_years=known.numbers.long_custody_years,
        ),
    )


def _rows(reasons: Collection[StatusReason]) -> list[dict[str, str]]:
    return [{"code": reason.code, "words": reason.words} for reason in reasons]
