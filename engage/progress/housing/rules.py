"""What counts as a stable home (RULES.md 9). Facts in, answers out; nothing here judges the person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engage.progress.housing.kinds import HousingStage
from engage.progress.kinds import ReportState

HOMES = frozenset(
    {
        HousingStage.SUPPORTED,
        HousingStage.FAMILY,
        HousingStage.PRIVATE_RENT,
        HousingStage.SOCIAL_TENANCY,
        HousingStage.OWN_HOME,
    }
)
"""Stages that are a home; the others are a roof until further notice, or none [practice]."""


@dataclass(frozen=True)
class Dwelling:
    """Where somebody lives from a day on, and what staff made of it. Later ones stand later in a
    list.
    """

    stage: HousingStage
    since: date
    state: ReportState


def current(dwellings: Iterable[Dwelling], on: date) -> Dwelling | None:
    """Where somebody lives on a day: the last that began by then and that nobody disputes."""
    standing = _standing(dwellings, on)
    return standing[-1] if standing else None


def stable(dwellings: Iterable[Dwelling], on: date) -> bool:
    """Whether somebody has a stable home on a day (RULES.md 9) [ours].

    They live in a home, and staff made sure of it since they last had none: moving from one home to
    another needs no second proof, a home by their own word alone is not counted yet, and one that
    they tell they have lost counts no longer.
    """
    sure = False
    for one in _standing(dwellings, on):
        sure = one.stage in HOMES and (sure or one.state is ReportState.VERIFIED)
    return sure


def _standing(dwellings: Iterable[Dwelling], on: date) -> list[Dwelling]:
    return [one for one in dwellings if one.since <= on and one.state is not ReportState.DISPUTED]
