"""What the codes of housing, activities and drug tests are called on staff pages and in the report to the court."""

from collections.abc import Mapping

from engage.legal.kinds import OrderKind
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.housing.kinds import HousingStage
from engage.progress.kinds import ReportState

STAGES: Mapping[HousingStage, str] = {
    HousingStage.STREET: "On the street",
    HousingStage.SOFA: "With whoever takes them in",
    HousingStage.EMERGENCY: "Emergency or night shelter",
    HousingStage.HOSTEL: "Hostel",
    HousingStage.APPROVED_PREMISES: "Approved premises",
    HousingStage.SUPPORTED: "Supported housing",
    HousingStage.FAMILY: "With family, to stay",
    HousingStage.PRIVATE_RENT: "Private rent",
    HousingStage.SOCIAL_TENANCY: "Social tenancy",
    HousingStage.OWN_HOME: "Own home",
}
ACTIVITIES: Mapping[ActivityKind, str] = {
    ActivityKind.GROUP: "Group",
    ActivityKind.COURSE: "Course",
    ActivityKind.WORK: "Work",
    ActivityKind.TREATMENT: "Treatment",
}
ENDINGS: Mapping[ActivityEnding, str] = {
    ActivityEnding.FINISHED: "Seen through",
    ActivityEnding.LEFT: "Left",
    ActivityEnding.LOST: "Lost through no choice of theirs",
}
RESULTS: Mapping[DrugTestResult, str] = {
    DrugTestResult.NEGATIVE: "Negative",
    DrugTestResult.POSITIVE: "Positive",
    DrugTestResult.MISSED: "Did not come",
    DrugTestResult.REFUSED: "Came, gave no sample",
    DrugTestResult.VOID: "Told nothing (void)",
}
RESULT_COLOURS: Mapping[DrugTestResult, str] = {
    DrugTestResult.NEGATIVE: "green",
    DrugTestResult.POSITIVE: "orange",
    DrugTestResult.MISSED: "yellow",
    DrugTestResult.REFUSED: "yellow",
    DrugTestResult.VOID: "grey",
}
ORDERS: Mapping[OrderKind, str] = {
    OrderKind.COMMUNITY_ORDER: "Community order",
    OrderKind.SUSPENDED_SENTENCE_ORDER: "Suspended sentence order",
    OrderKind.LICENCE: "Licence",
}
WORDS_OF: Mapping[ReportState, str] = {
    ReportState.SELF_REPORTED: "By their own word",
    ReportState.VERIFIED: "A worker made sure",
    ReportState.DISPUTED: "Disputed",
}


def every(days: int) -> str:
    """How often, from a number of days: `every week`, `every 2 weeks`, `every day`, `every 10 days`."""
    if days % 7 == 0:
        return "every week" if days == 7 else f"every {days // 7} weeks"
    return "every day" if days == 1 else f"every {days} days"


TABLES = {
    "HOUSING_STAGES": STAGES,
    "ACTIVITY_KINDS": ACTIVITIES,
    "ACTIVITY_ENDINGS": ENDINGS,
    "TEST_RESULTS": RESULTS,
    "TEST_COLOURS": RESULT_COLOURS,
    "TREATMENT_ORDERS": ORDERS,
    "WHOSE_WORD": WORDS_OF,
    "every": every,
}
