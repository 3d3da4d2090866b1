"""What a piece of news is about, and whether it is good, hard or a loss. Facts in, answers out;
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
"""News after which somebody should help soon."""

GOOD = frozenset(KIND_OF) - LOSSES - {ReportFact.LEFT_COURSE}
"""News that is good whoever looks at it. Of what is no known fact nobody can say so without reading
it.
"""

HEALTH = frozenset({ReportKind.HEALTH, ReportKind.LAPSE})
"""Kinds whose content is a matter of health: shown only to those who may see it."""


def fact_for(kind: ReportKind, fact: ReportFact | None) -> ReportFact | None:
    """`fact` if it is about `kind`: one text can tell of several kinds, but its fact belongs to one
    of them.
    """
    return fact if fact is not None and KIND_OF[fact] is kind else None
