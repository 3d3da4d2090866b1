"""The schema of a case pack. engage/documents/case_pack/facts.py decides who may see what in it."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from api.v1.fields import one_of
from engage.cohort.kinds import (
    Cohort,
    DecisionKind,
    Rag,
    Risk,
    Strand,
)
from engage.documents.case_pack.facts import CasePack
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.housing.kinds import HousingStage
from engage.signals import Severity, SignalKind


class PackReviewOut(Schema):
    """A status from a day on."""

    rag = one_of(Rag, required=True)
    held_on = fields.Date(required=True)
    reason = fields.String(required=True)


class PackStrandOut(Schema):
    """A strand from a day on."""

    strand = one_of(Strand, required=True)
    since = fields.Date(required=True)
    reason = fields.String(required=True)


class PackSuggestedOut(Schema):
    """What the rules suggest, why, and what is missing for green. Staff decide."""

    rag = one_of(Rag, required=True)
    reasons = fields.List(fields.String(), required=True)
    to_green = fields.List(fields.String(), required=True)


class TallyOut(Schema):
    """Past appointments of the last `days`, by outcome."""

    days = fields.Integer(required=True)
    all = fields.Integer(required=True)
    attended = fields.Integer(required=True)
    acceptable = fields.Integer(required=True)
    unacceptable = fields.Integer(required=True)
    awaiting = fields.Integer(required=True)
    other = fields.Integer(required=True)
    unrecorded = fields.Integer(required=True)


class PackTestOut(Schema):
    """A drug test."""

    due_on = fields.Date(required=True)
    result = one_of(DrugTestResult, required=True)


class PackHousingOut(Schema):
    """Where the person lives."""

    stage = one_of(HousingStage, required=True)
    since = fields.Date(required=True)


class PackSignalOut(Schema):
    """An open signal."""

    id = fields.UUID(required=True)
    kind = one_of(SignalKind, required=True)
    severity = one_of(Severity, required=True)
    why = fields.String(required=True)


class OverdueOut(Schema):
    """An overdue action."""

    id = fields.UUID(required=True)
    what = fields.String(required=True)
    due_on = fields.Date(required=True)
    responsible = fields.String(required=True)


class LastDecisionOut(Schema):
    """The latest decision of a meeting."""

    kind = one_of(DecisionKind, required=True)
    reason = fields.String(required=True)
    held_on = fields.Date(required=True)


class CasePackOut(Schema):
    """A person's case on one page, for a meeting."""

    person_id = fields.UUID(required=True)
    crn = fields.String(required=True)
    offender_manager = fields.String(required=True)
    cohort = one_of(Cohort, required=True, allow_none=True)
    adopted_on = fields.Date(required=True, allow_none=True)
    lead_agency = fields.String(required=True, allow_none=True)
    suggested = fields.Nested(PackSuggestedOut, required=True, allow_none=True)
    statuses = fields.List(fields.Nested(PackReviewOut), required=True)
    strands = fields.List(fields.Nested(PackStrandOut), required=True)
    attendance = fields.List(fields.Nested(TallyOut), required=True)
    release_on = fields.Date(required=True, allow_none=True)
    tests = fields.List(fields.Nested(PackTestOut), required=True, allow_none=True)
    housing = fields.Nested(PackHousingOut, required=True, allow_none=True)
    harm_to_others = one_of(Risk, required=True, allow_none=True)
    harm_to_self = one_of(Risk, required=True, allow_none=True)
    signals = fields.List(fields.Nested(PackSignalOut), required=True)
    overdue_actions = fields.List(fields.Nested(OverdueOut), required=True)
    last_decision = fields.Nested(LastDecisionOut, required=True, allow_none=True)


def shape(pack: CasePack) -> dict[str, Any]:
    """The pack as the fields of CasePackOut."""
    enrolment, judged = pack.enrolment, pack.assessment
    suggested = None
    if pack.suggestion is not None and enrolment is not None:
        suggested = {
            "rag": pack.suggestion.status.rag,
            "reasons": [reason.words for reason in pack.why],
            "to_green": [reason.words for reason in pack.to_green],
        }
    return {
        "person_id": pack.person.id,
        "crn": pack.person.crn,
        "offender_manager": pack.offender_manager,
        "cohort": enrolment.cohort if enrolment else None,
        "adopted_on": enrolment.adopted_on if enrolment else None,
        "lead_agency": pack.lead_agency,
        "suggested": suggested,
        "statuses": pack.statuses,
        "strands": pack.strands,
        "attendance": [asdict(pack.window), asdict(pack.year)],
        "release_on": pack.custody.release_on if pack.custody else None,
        "tests": pack.tests,
        "housing": pack.housing,
        "harm_to_others": judged.harm_to_others if judged else None,
        "harm_to_self": judged.harm_to_self if judged else None,
        "signals": pack.signals,
        "overdue_actions": pack.overdue,
        "last_decision": pack.decision,
    }
