"""What a meeting decides about one person: the item with its choices, and the form of each
decision.
"""

import uuid
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.cohort.referrals import crn_format, crn_typed
from api.pages.form_page import BackLink, form_page
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
from engage.labels.meetings import MEETING_DECISIONS
from engage.queries.cohort import meetings as queries

Kind = TypeVar("Kind", bound=StrEnum)
KINDS = ",".join(f'"{kind.value}"' for kind in DecisionKind)


class DecisionForm(PageForm):
    """A decision. `FIELDS` says which fields a kind of decision has."""

    BUTTON = "Record the decision"

    cohort = RadioField("Cohort", choices=choices(words.COHORTS), validate_choice=False)
    strand = RadioField("Strand", choices=choices(words.STRANDS), validate_choice=False)
    rag = RadioField("Status", choices=choices(words.RAGS), validate_choice=False)
    lead_agency = SelectField("Lead agency", validate_choice=False)
    offender_manager = SelectField("Offender manager", validate_choice=False)
    crn = StringField(
        "CRN", [crn_format], filters=[crn_typed], render_kw={"class": "govuk-input--width-10"}
    )
    exit_reason = RadioField("Why they leave", choices=choices(words.EXITS), validate_choice=False)
    stays_in_touch = BooleanField(
        "They stay in touch voluntarily", description="Only if they are not under an order"
    )
    reason = TextAreaField(
        "Reason for the decision",
        [Words(LONGEST_REASON, missing="Give the reason for the decision", lines=True)],
        filters=[joined],
    )

    def keep(self, names: Collection[str]) -> "DecisionForm":
        """The form with these of its fields, and the reason."""
        for field in list(self):
            if field.name not in (*names, "reason"):
                del self[field.name]
        return self

    def choice(self, kind: DecisionKind) -> DecisionDetails:
        """The decision, with the fields that the form still has. A value outside its set counts as
        not given.
        """
        given = {field.name: field.data for field in self}
        return DecisionDetails(
            kind=kind,
            reason=given["reason"] or "",
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


EFFECTS: dict[DecisionKind, str] = {
    DecisionKind.ADOPT: (
        "They join the cohort today. Every text is still checked before it is sent."
    ),
    DecisionKind.DECLINE: "The referral ends with this reason. Nothing else changes.",
    DecisionKind.RETAIN: "This counts as their review. The status applies from today.",
    DecisionKind.CHANGE_STRAND: "The strand applies from today. The lead agency does not change.",
    DecisionKind.DEREGISTER: (
        "Contact is closed and waiting texts are cancelled, unless they stay in touch."
    ),
}


@pages.get("/agenda/<uuid:item_id>")
@allow(STAFF)
def agenda_item(item_id: uuid.UUID) -> ResponseReturnValue:
    """One agenda item and the decisions available."""
    with transaction() as session:
        page = queries.load_decision_form(session, current_actor(), item_id, now=now())
    return render_template("cohort/agenda_item.html", page=page)


@pages.get(f"/agenda/<uuid:item_id>/<any({KINDS}):decision>")
@allow(STAFF)
def decide(item_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """The form of one decision."""
    page = _load(item_id)
    if page.item.decision is not None:
        raise Conflict("This meeting has already decided about them.", code="decided")
    form = DecisionForm()
    form.crn.data = page.item.crn
    return _page(page, DecisionKind(decision), form)


@pages.post(f"/agenda/<uuid:item_id>/<any({KINDS}):decision>")
@allow(STAFF)
def decide_sent(item_id: uuid.UUID, decision: str) -> ResponseReturnValue:
    """Record it; what it says takes effect with it."""
    page, kind = _load(item_id), DecisionKind(decision)
    form = DecisionForm(request.form).keep(_shown(kind, page))

    def work(session: Session) -> str:
        decisions.decide(session, current_actor(), item_id, form.choice(kind), now=now())
        return url_for("pages.meeting", meeting_id=page.meeting.id)

    if form.validate() and (address := attempt(form, work)):
        say("The decision is recorded.")
        return redirect(address)
    return _page(page, kind, form), 422


def _load(item_id: uuid.UUID) -> queries.DecisionForm:
    with transaction() as session:
        return queries.load_decision_form(session, current_actor(), item_id, now=now())


def _shown(kind: DecisionKind, page: queries.DecisionForm) -> tuple[str, ...]:
    unknown = kind is DecisionKind.ADOPT and page.item.person_id is None
    return (*FIELDS[kind], *(("offender_manager", "crn") if unknown else ()))


def _page(page: queries.DecisionForm, kind: DecisionKind, form: DecisionForm) -> str:
    form.keep(_shown(kind, page))
    if "lead_agency" in form:
        form.lead_agency.choices = _offered(page.agencies)
    if "offender_manager" in form:
        form.offender_manager.choices = _offered(page.offender_managers)
    if kind is DecisionKind.CHANGE_STRAND:
        form.rag.description = "Leave it empty to keep the current status"
    item = page.item
    return form_page(
        form,
        back=BackLink(url_for("pages.agenda_item", item_id=item.id), item.name),
        name=item.name,
        about=item.crn or "",
        title=MEETING_DECISIONS[kind],
        lead=f"{EFFECTS[kind]} A meeting makes one decision about each person.",
    )


def _offered(rows: Iterable[Any]) -> dict[str, str]:
    named: dict[str, str] = choices({"": "Choose", **{str(one.id): one.name for one in rows}})
    return named


def _one_of(kinds: type[Kind], given: str | None) -> Kind | None:
    return next((kind for kind in kinds if kind.value == given), None)


def _id(given: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(given or "")
    except ValueError:
        return None
