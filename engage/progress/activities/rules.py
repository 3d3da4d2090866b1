"""What counts as stable work (rule 9), and which activity a self-report starts or ends. No
database, no clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.kinds import ReportFact, ReportState

HEALTH = frozenset({ActivityKind.TREATMENT})
"""Kinds that are health matters: shown only with health access."""

STARTED_BY = {
    ReportFact.GOT_WORK: ActivityKind.WORK,
    ReportFact.STARTED_COURSE: ActivityKind.COURSE,
    ReportFact.ATTENDED_GROUP: ActivityKind.GROUP,
    ReportFact.STARTED_TREATMENT: ActivityKind.TREATMENT,
}
"""The kind of activity that a fact starts."""

ENDED_BY = {
    ReportFact.LOST_WORK: (ActivityKind.WORK, ActivityEnding.LOST),
    ReportFact.FINISHED_COURSE: (ActivityKind.COURSE, ActivityEnding.FINISHED),
    ReportFact.LEFT_COURSE: (ActivityKind.COURSE, ActivityEnding.LEFT),
}
"""The kind of activity that a fact ends, and how."""


@dataclass(frozen=True)
class ActivitySpell:
    """An activity from its start to its end (None while it continues), and whether staff have
    verified it.
    """

    kind: ActivityKind
    started_on: date
    ended_on: date | None
    state: ReportState


def is_running(spell: ActivitySpell, on: date) -> bool:
    """Whether the activity continues on that day. Its last day counts."""
    return spell.started_on <= on and (spell.ended_on is None or spell.ended_on >= on)


def is_work_stable(spells: Iterable[ActivitySpell], on: date) -> bool:
    """Whether a person has verified work on a day (rule 9) [ours]."""
    return any(
        spell.kind is ActivityKind.WORK
        and spell.state is ReportState.VERIFIED
        and is_running(spell, on)
        for spell in spells
    )
