"""Labels of enrolments."""

from collections.abc import Mapping

from engage.cohort.kinds import (
    Cohort,
    ExitReason,
    Rag,
    Strand,
)

COHORTS: Mapping[Cohort, str] = {
    Cohort.FIXED: "Fixed: neighbourhood crime, high predictor",
    Cohort.FLEX: "Flex: local choice",
    Cohort.FREE: "Free: local priority groups",
}
STRANDS: Mapping[Strand, str] = {
    Strand.CATCH_AND_CONTROL: "Catch and Control",
    Strand.REHABILITATE_AND_RESETTLE: "Rehabilitate and Resettle",
    Strand.PREVENT_AND_DETER: "Prevent and Deter",
}
RAGS: Mapping[Rag, str] = {Rag.RED: "Red", Rag.AMBER: "Amber", Rag.GREEN: "Green"}
RAG_COLOURS: Mapping[Rag, str] = {Rag.RED: "red", Rag.AMBER: "orange", Rag.GREEN: "green"}
EXITS: Mapping[ExitReason, str] = {
    ExitReason.GREEN: "Green, and the exit plan done",
    ExitReason.LONG_CUSTODY: "In custody for years",
    ExitReason.MOVED_AWAY: "Moved away",
    ExitReason.DIED: "Has died",
    ExitReason.HUB_CLOSED: "The hub has closed",
    ExitReason.OTHER: "Another reason",
}
