"""What the codes of compliance are called on pages."""

from collections.abc import Mapping

from engage.compliance.kinds import Delivery, EnforcementKind
from engage.compliance.rules import Step

ENFORCEMENTS: Mapping[EnforcementKind, str] = {
    EnforcementKind.WARNING: "Warn them, by letter",
    EnforcementKind.REFERRAL: "Refer to court",
    EnforcementKind.LICENCE_LETTER: "Write a letter",
    EnforcementKind.RECALL: "Ask for a recall to prison",
    EnforcementKind.NONE: "Nothing follows",
}
DECIDED_AS: Mapping[EnforcementKind, str] = {
    EnforcementKind.WARNING: "Warning",
    EnforcementKind.REFERRAL: "Referral to court",
    EnforcementKind.LICENCE_LETTER: "Letter on licence",
    EnforcementKind.RECALL: "Recall asked for",
    EnforcementKind.NONE: "Nothing follows",
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
