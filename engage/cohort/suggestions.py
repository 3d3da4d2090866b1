"""What rules 9 to 11 suggest for people now, with reasons. A suggestion changes nothing and is not
a decision.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.access.policy import Ability
from engage.agencies.hub_settings import HubRules
from engage.cohort import rules
from engage.cohort.facts import CaseFacts, gather
from engage.cohort.rules import ExitVerdict, StatusReason, StatusVerdict, StrandVerdict


@dataclass(frozen=True)
class StatusSuggestion:
    """What the rules suggest for one person, with the facts behind it."""

    facts: CaseFacts
    status: StatusVerdict
    strand: StrandVerdict
    exit: ExitVerdict


def suggest(
    session: Session, people: Collection[uuid.UUID], *, now: datetime
) -> Mapping[uuid.UUID, StatusSuggestion]:
    """The suggestions for these people, in a constant number of statements.

    `reasons_visible_to` decides which reasons an actor may see.
    """
    return {id: _suggest(found) for id, found in gather(session, people, now=now).items()}


def reasons_visible_to(
    granted: frozenset[Ability], reasons: Collection[StatusReason]
) -> tuple[StatusReason, ...]:
    """The reasons that an actor with these abilities may see.

    Intelligence is for the police and the offender manager; tests are for users with health access.
    """
    return rules.visible_reasons(
        tuple(reasons),
        intelligence=Ability.INTELLIGENCE in granted,
        health=Ability.HEALTH in granted,
    )


def status_rules(hub_rules: HubRules) -> rules.StatusRules:
    """The hub's settings of rules 9 and 12."""
    return rules.StatusRules(
        strict=hub_rules.green_strict,
        silent_days=hub_rules.red_without_contact_days,
        red_days=hub_rules.review_red_days,
        amber_days=hub_rules.review_amber_days,
        green_days=hub_rules.review_green_days,
    )


def status_as_stored(verdict: StatusVerdict) -> dict[str, Any]:
    """A suggested status as stored beside the decision."""
    return {
        "rag": verdict.rag.value,
        "reasons": _stored(verdict.reasons),
        "to_green": _stored(verdict.to_green),
    }


def strand_as_stored(verdict: StrandVerdict) -> dict[str, Any]:
    """A suggested strand as stored beside the decision."""
    return {
        "strand": verdict.strand.value,
        "reasons": _stored(verdict.reasons),
        "prison_leads": verdict.prison_leads,
    }


def _suggest(facts: CaseFacts) -> StatusSuggestion:
    return StatusSuggestion(
        facts=facts,
        status=rules.suggest_status(facts.status, status_rules(facts.hub_rules)),
        strand=rules.suggest_strand(facts.status),
        exit=rules.exit_verdict(
            facts.exit,
            green_months=facts.hub_rules.green_months,
            long_custody_years=facts.hub_rules.long_custody_years,
        ),
    )


def _stored(reasons: Collection[StatusReason]) -> list[dict[str, str]]:
    return [{"code": reason.code, "words": reason.words} for reason in reasons]
