"""The results of a drug test. No tables, no rules."""

from enum import StrEnum


class DrugTestResult(StrEnum):
    """The result of a test. `missed`: did not attend. `void`: the sample gave no result, and does
    not count.
    """

    NEGATIVE = "negative"
    POSITIVE = "positive"
    MISSED = "missed"
    REFUSED = "refused"
    VOID = "void"
