"""What a self-report is about, and whether it is good news or a loss. No database, no clock;
nothing here judges the person.
"""

from engage.progress.kinds import ReportFact, ReportKind

KIND_OF = {
    ReportFact.GOT_HOME: ReportKind.HOUSING,
    ReportFact.LOST_HOME: ReportKind.HOUSING,
    ReportFact.GOT_WORK: ReportKind.WORK,
    ReportFact.LOST_WORK: ReportKind.WORK,
    ReportFact.STARTED_COURSE: ReportKind.COURSE,
    ReportFact.FINISHED_COURSE: ReportKind.COURSE,
    ReportFact.LEFT_COURSE: ReportKind.COURSE,
    ReportFact.ATTENDED_GROUP: ReportKind.GROUP,
    ReportFact.CLEAN: ReportKind.HEALTH,
    ReportFact.STARTED_TREATMENT: ReportKind.HEALTH,
}
LOSSES = frozenset({ReportFact.LOST_HOME, ReportFact.LOST_WORK})
"""Facts after which a worker should help soon."""

GOOD = frozenset(KIND_OF) - LOSSES - {ReportFact.LEFT_COURSE}
"""Facts that are good news. A self-report without a known fact cannot be classed without reading
it.
"""

HEALTH = frozenset({ReportKind.HEALTH, ReportKind.LAPSE})
"""Kinds that are health matters: shown only with health access."""


def fact_for(kind: ReportKind, fact: ReportFact | None) -> ReportFact | None:
    """Return `fact` if it is about `kind`, else None. One text can report several kinds, but its
    fact belongs to one of them.
    """
    return fact if fact is not None and KIND_OF[fact] is kind else None
