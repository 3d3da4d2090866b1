"""Labels of the cohort view and its file: names of tables and lines, and of what a signal is based
on.
"""

from collections.abc import Mapping

from engage.cohort.kinds import Rag
from engage.labels.appointments import TYPES
from engage.labels.cohort import COHORTS, RAGS, STRANDS
from engage.labels.people import CUSTODY, LEGAL

STRAND_LINES: Mapping[str, str] = {
    **{str(key): words for key, words in STRANDS.items()},
    "unknown": "Not decided yet",
}
RAG_LINES: Mapping[str, str] = {
    **{str(key): words for key, words in RAGS.items()},
    "unknown": "Not reviewed yet",
}
PERIODS: Mapping[int, str] = {28: "4 weeks", 91: "3 months", 182: "6 months", 365: "12 months"}
TABLE_TITLES: Mapping[str, str] = {
    "hub": "Hub",
    "cohort": "Cohort",
    "strand": "Strand",
    "rag": "Red, amber, green",
    "custody": "Where they are",
    "legal": "Statutory or voluntary",
    "movement": "Movement between red, amber and green",
    "attendance": "Attendance",
    "attendance_hub": "Attendance by hub",
    "attendance_cohort": "Attendance by cohort",
    "attendance_legal": "Attendance by legal status",
    "attendance_agency": "Attendance by agency",
    "attendance_type": "Attendance by type of appointment",
    "recorded": "Recorded outcomes",
    "funnel": "From reminder to attendance",
    "came_after": "Attendance by reminder delivery",
    "release": "First contact after release",
    "overdue": "Overdue actions by agency",
    "breach": "Breach",
    "reoffending": "Reoffending",
}
TABLE_NOTES: Mapping[str, str] = {
    "movement": "People on the cohort at both times, by their status at the start of the period.",
    "attendance": (
        "Out of expected appointments: without accepted absences and outcomes not yet recorded."
    ),
    "recorded": "All appointments of the period except cancelled ones.",
    "funnel": "Each step is counted out of the step before.",
    "came_after": (
        "Out of expected appointments. It shows no cause: people who reply "
        "may be people who attend anyway."
    ),
    "release": "Days until they replied or attended, for releases in the period.",
    "overdue": "Out of each agency’s live actions.",
    "breach": (
        "People under an order who were referred to court or recalled in the "
        "period. It does not count new offences."
    ),
    "reoffending": (
        "People with an arrest, a charge or a conviction in the period. Each"
        " is counted separately, and none is a breach."
    ),
}
_LINES: Mapping[str, Mapping[str, str]] = {
    "cohort": {str(key): words for key, words in COHORTS.items()},
    "strand": STRAND_LINES,
    "rag": RAG_LINES,
    "custody": {str(key): words for key, words in CUSTODY.items()},
    "legal": {str(key): words for key, words in LEGAL.items()},
    "movement": {
        f"{was}_{now}": f"{RAG_LINES[was]} to {RAG_LINES[now].lower()}"
        for was in Rag
        for now in Rag
    },
    "attendance": {"all": "Came"},
    "attendance_cohort": {str(key): words for key, words in COHORTS.items()},
    "attendance_legal": {str(key): words for key, words in LEGAL.items()},
    "attendance_type": {str(key): words for key, words in TYPES.items()},
    "recorded": {
        "attended": "Came",
        "excused": "Absence accepted",
        "absent": "Did not attend",
        "unrecorded": "Not recorded yet",
    },
    "funnel": {
        "texted": "Appointments with a reminder sent",
        "delivered": "… that was delivered",
        "answered": "… and answered",
        "attended": "… and attended",
    },
    "came_after": {
        "answered": "Delivered and answered",
        "delivered": "Delivered, not answered",
        "not_delivered": "Not delivered, or not known",
        "not_texted": "No reminder sent",
    },
    "release": {
        "0_1": "Same or next day",
        "2_3": "After 2 or 3 days",
        "4_7": "After 4 to 7 days",
        "8_14": "After 8 to 14 days",
        "later": "Later",
        "not_yet": "Not yet",
    },
    "breach": {"breach": "Referred to court or recalled"},
    "reoffending": {"arrest": "Arrested", "charge": "Charged", "conviction": "Convicted"},
}
EVIDENCE_NAMES: Mapping[str, str] = {
    "action": "an action of the plan",
    "court_review": "a court review",
    "custody": "the time in prison",
    "enrolment": "their place on the cohort",
    "enforcement": "a decision about non-compliance",
    "test": "a test",
}
"""Names of what a signal is based on, where it has no page to link to."""


def line_name(table: str, key: str) -> str:
    """The label of a line of a table. For hubs and agencies it is the key itself."""
    return _LINES.get(table, {}).get(key, key)
