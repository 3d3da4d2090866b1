"""Labels of compliance."""

from collections.abc import Mapping

from engage.compliance.kinds import Delivery, EnforcementKind
from engage.compliance.rules import Step

ENFORCEMENTS: Mapping[EnforcementKind, str] = {
    EnforcementKind.WARNING: "Warning letter",
    EnforcementKind.REFERRAL: "Refer to court",
    EnforcementKind.LICENCE_LETTER: "Write a letter",
    EnforcementKind.RECALL: "Request recall to prison",
    EnforcementKind.NONE: "No further action",
}
DECIDED_AS: Mapping[EnforcementKind, str] = {
    EnforcementKind.WARNING: "Warning",
    EnforcementKind.REFERRAL: "Referral to court",
    EnforcementKind.LICENCE_LETTER: "Letter on licence",
    EnforcementKind.RECALL: "Recall requested",
    EnforcementKind.NONE: "No further action",
}
STEPS: Mapping[Step, str] = {
    Step.NOTHING: "Nothing to decide",
    Step.WARN_OR_REFER: "Warn or refer",
    Step.MUST_REFER: "Must be referred to court",
    Step.OM_DECIDES: "Letter or recall: you decide",
    Step.NO_ORDER: "No order recorded",
}
STEP_COLOURS: Mapping[Step, str] = {
    Step.NOTHING: "grey",
    Step.WARN_OR_REFER: "orange",
    Step.MUST_REFER: "red",
    Step.OM_DECIDES: "orange",
    Step.NO_ORDER: "yellow",
}
DELIVERIES: Mapping[Delivery, str] = {Delivery.BY_HAND: "By hand", Delivery.POST: "By post"}
