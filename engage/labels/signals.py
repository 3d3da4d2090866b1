"""Labels of signals."""

from collections.abc import Mapping

from engage.signals import Severity

SEVERITIES: Mapping[Severity, str] = {
    Severity.URGENT: "Urgent",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
}


SEVERITY_COLOURS: Mapping[Severity, str] = {
    Severity.URGENT: "red",
    Severity.HIGH: "orange",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "grey",
}
