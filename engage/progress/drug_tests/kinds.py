"""What can come of a drug test, by name. No tables, no rules."""

from enum import StrEnum


class DrugTestResult(StrEnum):
    """What came of a test. `missed`: did not come; `void`: the sample told nothing, and counts for
    nothing.
    """

    NEGATIVE = "negative"
    POSITIVE = "positive"
    MISSED = "missed"
    REFUSED = "refused"
    VOID = "void"
