"""What a meeting decides about one person: the item with its choices, and the form of each
decision.
"""

import uuid
from enum import StrEnum
from typing import TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.cohort.referrals import crn_format, crn_typed
from api.pages.forms import PageForm, Words, choices, joined
from api.pages.frame import say
from api.pages.submit import attempt
from engage.cohort import decisions
from engage.cohort.decision_details import DecisionDetails
from engage.cohort.enrolments import LONGEST_REASON
from engage.cohort.kinds import (
    Cohort,
    DecisionKind,
    ExitReason,
    Rag,
    Strand,
)
from engage.core.errors import Conflict
from engage.labels import cohort as words
from engage.queries.cohort import meetings as queries

Kind = TypeVar("Kind", bound=StrEnum)
KINDS = ",".join(f'"{kind.value}"' for kind in DecisionKind)


class DecisionForm(PageForm):
    """A decision. Which fields a kind of decision has, `FIELDS` says."""

    cohort = RadioField("Cohort", choices=choices(words.COHORTS), validate_choice=False)
    strand = RadioField("Strand", choices=choices(words.STRANDS), validate_choice=False)
    rag = RadioField("Status", choices=choices(words.RAGS), validate_choice=False)
    lead_agency = SelectField("Lead agency", validate_choice=False)
    offender_manager = SelectField("Offender manager", validate_choice=False)
    crn = StringField("CRN", [crn_format], filters=[crn_typed])
    exit_reason = RadioField("Why they leave", choices=choices(words.EXITS), validate_choice=False)
    stays_in_touch = BooleanField("They stay in touch of their own will")
    reason = TextAreaField(
        "Reason for the decision",
        [Words(LONGEST_REASON, missing="Give the reason for the decision", lines=True)],
        filters=[joined],
    )

    def choice(self, kind: DecisionKind, shown: tuple[str, ...]) -> DecisionDetails:
        """The decision, with only those of the fields that its form shows. What is not of a set
        counts as not given.
        """
        given = {name: self[name].data for name in shown}
        return DecisionDetails(
            kind=kind,
            reason=self.reason.data or "",
            cohort=_one_of(Cohort, given.get("cohort")),
            strand=_one_of(Strand, given.get("strand")),
            rag=_one_of(Rag, given.get("rag")),
            exit_reason=_one_of(ExitReason, given.get("exit_reason")),
            lead_agency=_id(given.get("lead_agency")),
            offender_manager=_id(given.get("offender_manager")),
            crn=given.get("crn") or None,
            stays_in_touch=bool(given.get("stays_in_touch")),
        )


FIELDS: dict[DecisionKind, tuple[str, ...]] = {
    DecisionKind.ADOPT: ("cohort", "strand", "rag", "lead_agency"),
    DecisionKind.DECLINE: (),
    DecisionKind.RETAIN: ("rag",),
    DecisionKind.CHANGE_STRAND: ("strand", "rag"),
    DecisionKind.DEREGISTER: ("exit_reason", "stays_in_touch"),
}


@pages.get("/agenda/<uuid:item_id>")
@allow(STAFF)
def agenda_item(item_id: uuid.UUID) -> ResponseReturnValue:
    """One item, and the decisions that may be made of it."""
    with transaction() as session:
        page = queries.load_decision_form(session, current_actor(), item_id, now=now())
    return render_template("cohort/agenda_item.html", page=page)


@pages.get(f"/agenda/<uuid:item_id>/<any({KINDS}):decision>")
@allow(STAFF)
def decide(item_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """The form of one decision."""
    return _page(item_id, DecisionKind(decision), DecisionForm())


@pages.post(f"/agenda/<uuid:item_id>/<any({KINDS}):decision>")
@allow(STAFF)
def decide_sent(item_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """Record it; what it says takes effect with it."""
    form, kind = DecisionForm(request.form), DecisionKind(decision)

    def work(session: Session) -> str:
        page = queries.load_decision_form(session, current_actor(), item_id, now=now())
        choice = form.choice(kind, _shown(kind, page))
        decisions.decide(session, current_actor(), item_id, choice, now=now())
        return url_for("pages.meeting", meeting_id=page.meeting.id)

    if form.validate() and (address := attempt(form, work)):
        say("The decision is recorded.")
        return redirect(address)
    return _page(item_id, kind, form), 422


def _shown(kind: DecisionKind, page: queries.DecisionForm) -> tuple[str, ...]:
    unknown = kind is DecisionKind.ADOPT and page.item.person_id is None
    return (*FIELDS[kind], *(("offender_manager", "crn") if unknown else ()))


def _page(item_id: uuid.UUID, kind: DecisionKind, form: DecisionForm) -> str:
    with transaction() as session:
        page = queries.load_decision_form(session, current_actor(), item_id, now=now())
    if page.item.decision is not None and not request.form:
        raise Conflict("This meeting has decided about them already.", code="decided")
    form.lead_agency.choices = choices(
        {"": "Choose", **{str(one.id): one.name for one in page.agencies}}
    )
    managers = {str(one.id): one.name for one in page.offender_managers}
    form.offender_manager.choices = choices({"": "Choose", **managers})
    if not request.form and page.item.crn is not None:
        form.crn.data = page.item.crn
    fields: list[Field] = [form[name] for name in _shown(kind, page)]
    return render_template("cohort/decide.html", page=page, kind=kind, form=form, shown=fields)


def _one_of(kinds: type[Kind], given: str | None) -> Kind | None:
    return next((kind for kind in kinds if kind.value == given), None)


def _id(given: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(given or "")
    except ValueError:
        return None
