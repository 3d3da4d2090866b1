"""What counts as stable work (RULES.md 9), and which activity a piece of news begins or ends. Facts
in, answers out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.kinds import ReportFact, ReportState

HEALTH = frozenset({ActivityKind.TREATMENT})
"""Kinds that are a matter of health: shown only to those who may see those."""

BEGINS = {
    ReportFact.GOT_WORK: ActivityKind.WORK,
    ReportFact.STARTED_COURSE: ActivityKind.COURSE,
    ReportFact.ATTENDED_GROUP: ActivityKind.GROUP,
    ReportFact.STARTED_TREATMENT: ActivityKind.TREATMENT,
}
"""News that something has begun, and what."""

ENDS = {
    ReportFact.LOST_WORK: (ActivityKind.WORK, ActivityEnding.LOST),
    ReportFact.FINISHED_COURSE: (ActivityKind.COURSE, ActivityEnding.FINISHED),
    ReportFact.LEFT_COURSE: (ActivityKind.COURSE, ActivityEnding.LEFT),
}
"""News that something has ended, and how."""


@dataclass(frozen=True)
class ActivitySpell:
    """Something that somebody takes part in, from a day until it ended (None while it goes on), and
    what staff made of it.
    """

    kind: ActivityKind
    started_on: date
    ended_on: date | None
    state: ReportState


def running(spell: ActivitySpell, on: date) -> bool:
    """Whether it goes on on that day; the day on which it ended belongs to it."""
    return spell.started_on <= on and (spell.ended_on is None or spell.ended_on >= on)


def work_stable(spells: Iterable[ActivitySpell], on: date) -> bool:
    """Whether somebody has work on a day that staff made sure of (RULES.md 9) [ours]."""
    return any(
        spell.kind is ActivityKind.WORK
        and spell.state is ReportState.VERIFIED
        and running(spell, on)
        for spell in spells
    )
