"""Labels of referrals, assessments, meetings and decisions."""

from collections.abc import Mapping

from engage.cohort.kinds import (
    AgendaReason,
    DecisionKind,
    ReferralState,
    Risk,
)

REFERRAL_STATES: Mapping[ReferralState, str] = {
    ReferralState.WAITING: "Awaiting a meeting",
    ReferralState.ADOPTED: "Adopted",
    ReferralState.DECLINED: "Declined",
    ReferralState.WITHDRAWN: "Withdrawn",
    ReferralState.DUPLICATE: "Merged with another",
}
REFERRAL_COLOURS: Mapping[ReferralState, str] = {
    ReferralState.WAITING: "yellow",
    ReferralState.ADOPTED: "green",
    ReferralState.DECLINED: "grey",
    ReferralState.WITHDRAWN: "grey",
    ReferralState.DUPLICATE: "grey",
}
DUPLICATE_REASONS: Mapping[str, str] = {
    "crn": "the same CRN",
    "birth": "the same name and date of birth",
    "name": "the same name; a date of birth is missing",
}
RISKS: Mapping[Risk, str] = {
    Risk.LOW: "Low",
    Risk.MEDIUM: "Medium",
    Risk.HIGH: "High",
    Risk.VERY_HIGH: "Very high",
}
AGENDA_REASONS: Mapping[AgendaReason, str] = {
    AgendaReason.REFERRAL: "Referred",
    AgendaReason.REVIEW_DUE: "Review due",
    AgendaReason.GREEN_THREE_MONTHS: "Green for three months",
    AgendaReason.LONG_CUSTODY: "Long custody",
    AgendaReason.URGENT_SIGNAL: "Urgent signal",
    AgendaReason.CUSTODY_CHANGED: "Entered or left prison",
    AgendaReason.RELEASE_SOON: "Due for release soon",
    AgendaReason.RE_REFERRAL: "To be referred again",
    AgendaReason.ASKED_FOR: "Requested",
}
MEETING_DECISIONS: Mapping[DecisionKind, str] = {
    DecisionKind.ADOPT: "Adopt",
    DecisionKind.DECLINE: "Decline",
    DecisionKind.RETAIN: "Retain",
    DecisionKind.CHANGE_STRAND: "Change strand",
    DecisionKind.DEREGISTER: "Deregister",
}
DECIDED: Mapping[DecisionKind, str] = {
    DecisionKind.ADOPT: "Adopted",
    DecisionKind.DECLINE: "Declined",
    DecisionKind.RETAIN: "Retained",
    DecisionKind.CHANGE_STRAND: "Strand changed",
    DecisionKind.DEREGISTER: "Deregistered",
}
