"""What counts as a stable home (rule 9). No database, no clock; nothing here judges the person."""

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
"""Stages that count as a home; the others are temporary or no accommodation [practice]."""


@dataclass(frozen=True)
class Dwelling:
    """Where a person lives from a day on, and whether staff have verified it. Lists are in order of
    time.
    """

    stage: HousingStage
    since: date
    state: ReportState


def current(dwellings: Iterable[Dwelling], on: date) -> Dwelling | None:
    """Where a person lives on a day: the last undisputed dwelling that had begun."""
    standing = _undisputed(dwellings, on)
    return standing[-1] if standing else None


def is_stable(dwellings: Iterable[Dwelling], on: date) -> bool:
    """Whether a person has a stable home on a day (rule 9) [ours].

    They live in a home, and staff have verified a home since they last had none. Moving from one
    home to another needs no second verification, a home that is only self-reported does not count
    yet, and a reported loss ends it.
    """
    sure = False
    for one in _undisputed(dwellings, on):
        sure = one.stage in HOMES and (sure or one.state is ReportState.VERIFIED)
    return sure


def _undisputed(dwellings: Iterable[Dwelling], on: date) -> list[Dwelling]:
    return [one for one in dwellings if one.since <= on and one.state is not ReportState.DISPUTED]
