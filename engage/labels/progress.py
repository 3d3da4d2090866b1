"""Labels of housing, activities and drug tests, on staff pages and in the report to the court."""

from collections.abc import Mapping

from engage.legal.kinds import OrderKind
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.housing.kinds import HousingStage
from engage.progress.kinds import ReportFact, ReportKind, ReportState

HOUSING_STAGES: Mapping[HousingStage, str] = {
    HousingStage.STREET: "On the street",
    HousingStage.SOFA: "Sofa surfing",
    HousingStage.EMERGENCY: "Emergency or night shelter",
    HousingStage.HOSTEL: "Hostel",
    HousingStage.APPROVED_PREMISES: "Approved premises",
    HousingStage.SUPPORTED: "Supported housing",
    HousingStage.FAMILY: "With family, to stay",
    HousingStage.PRIVATE_RENT: "Private rent",
    HousingStage.SOCIAL_TENANCY: "Social tenancy",
    HousingStage.OWN_HOME: "Own home",
}
ACTIVITY_KINDS: Mapping[ActivityKind, str] = {
    ActivityKind.GROUP: "Group",
    ActivityKind.COURSE: "Course",
    ActivityKind.WORK: "Work",
    ActivityKind.TREATMENT: "Treatment",
}
ACTIVITY_ENDINGS: Mapping[ActivityEnding, str] = {
    ActivityEnding.FINISHED: "Completed",
    ActivityEnding.LEFT: "Left",
    ActivityEnding.LOST: "Lost, not by their choice",
}
TEST_RESULTS: Mapping[DrugTestResult, str] = {
    DrugTestResult.NEGATIVE: "Negative",
    DrugTestResult.POSITIVE: "Positive",
    DrugTestResult.MISSED: "Did not attend",
    DrugTestResult.REFUSED: "Attended, gave no sample",
    DrugTestResult.VOID: "No result (void)",
}
TEST_COLOURS: Mapping[DrugTestResult, str] = {
    DrugTestResult.NEGATIVE: "green",
    DrugTestResult.POSITIVE: "orange",
    DrugTestResult.MISSED: "yellow",
    DrugTestResult.REFUSED: "yellow",
    DrugTestResult.VOID: "grey",
}
TREATMENT_ORDERS: Mapping[OrderKind, str] = {
    OrderKind.COMMUNITY_ORDER: "Community order",
    OrderKind.SUSPENDED_SENTENCE_ORDER: "Suspended sentence order",
    OrderKind.LICENCE: "Licence",
}


def interval(days: int) -> str:
    """How often, from a number of days: `every week`, `every 2 weeks`, `every day`, `every 10
    days`.
    """
    if days % 7 == 0:
        return "every week" if days == 7 else f"every {days // 7} weeks"
    return "every day" if days == 1 else f"every {days} days"


CHECK_IN_ANSWERS: Mapping[int, str] = {1: "Good", 2: "OK", 3: "Not great", 4: "Needs help"}


REPORT_KINDS: Mapping[ReportKind, str] = {
    ReportKind.HOUSING: "Housing",
    ReportKind.COURSE: "Course or training",
    ReportKind.GROUP: "Group",
    ReportKind.WORK: "Work",
    ReportKind.HEALTH: "Health",
    ReportKind.LAPSE: "Lapse",
}


REPORT_FACTS: Mapping[ReportFact, str] = {
    ReportFact.GOT_HOME: "has a home",
    ReportFact.LOST_HOME: "lost, or is losing, their home",
    ReportFact.GOT_WORK: "has work",
    ReportFact.LOST_WORK: "lost their work",
    ReportFact.STARTED_COURSE: "started a course",
    ReportFact.FINISHED_COURSE: "finished a course",
    ReportFact.LEFT_COURSE: "left a course",
    ReportFact.ATTENDED_GROUP: "went to a group",
    ReportFact.CLEAN: "staying clean",
    ReportFact.STARTED_TREATMENT: "started treatment",
}


REPORT_STATES: Mapping[ReportState, str] = {
    ReportState.SELF_REPORTED: "Self-reported",
    ReportState.VERIFIED: "Verified",
    ReportState.DISPUTED: "Disputed",
}
