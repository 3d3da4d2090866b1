"""Decisions about failures to comply: made, their letter given, carried out, withdrawn."""

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, joined
from api.pages.frame import say
from api.pages.submit import attempt
from engage.compliance import decisions
from engage.compliance.kinds import Delivery, EnforcementKind
from engage.core.errors import NotFound
from engage.labels.compliance import DECIDED_AS, DELIVERIES, ENFORCEMENTS
from engage.labels.legal import ORDER_KINDS
from engage.labels.people import LANGUAGES
from engage.people.model import Language
from engage.queries.compliance import compliance as queries


class DecisionForm(OnceForm):
    """What follows, why, and in which language a letter is written."""

    TITLE = "Decide on enforcement"
    LEAD = "The rules make a suggestion. The decision is yours:"
    BUTTON = "Decide"

    kind = RadioField(
        "Decision", [InputRequired("Choose a decision")], choices=choices(ENFORCEMENTS)
    )
    reason = TextAreaField(
        "Why?",
        [Words(decisions.LONGEST_REASON, missing="Say why", lines=True)],
        filters=[joined],
        description="Kept on the record, not in a letter",
    )
    language = RadioField(
        "Language of a letter",
        choices=choices(LANGUAGES),
        default=Language.ENGLISH.value,
        description="Print it and give it by hand or by post. It is never texted",
    )


class GivenForm(PageForm):
    """When and how a letter reached the person."""

    TITLE = "The letter was given"
    LEAD = "A warning is in force from this day."
    CALLED = {"given_on": "on"}

    on = DateField("When was it given or posted?")
    how = RadioField("How?", [InputRequired("Say how it was given")], choices=choices(DELIVERIES))


class DoneForm(PageForm):
    """When a referral was with the court, or a recall was asked for."""

    TITLE = "Record that it was sent"
    LEAD = "The referral is with the court, or the recall has been requested."
    CALLED = {"done_on": "on"}

    on = DateField("On which day?")


class WithdrawForm(PageForm):
    """Why a decision is withdrawn."""

    TITLE = "Withdraw the decision"
    LEAD = (
        "It stays on the record, with who withdrew it and why. Its failures need a new "
        "decision, and a warning no longer counts."
    )
    BUTTON = "Withdraw"

    why = TextAreaField(
        "Why?", [Words(decisions.LONGEST_WHY, missing="Say why", lines=True)], filters=[joined]
    )


@pages.get("/people/<uuid:person_id>/compliance/decide")
@allow(STAFF)
def decide_compliance(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a decision under one order."""
    return _decision_page(person_id)


@pages.post("/people/<uuid:person_id>/compliance/decide")
@allow(STAFF)
def decide_compliance_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Decide, once."""
    form, order_id = DecisionForm(request.form), _order_asked()

    def work(session: Session) -> str:
        made = decisions.decide(
            session,
            current_actor(),
            person_id,
            kind=EnforcementKind(form.kind.data),
            order_id=order_id,
            reason=form.reason.data or "",
            language=Language(form.language.data),
            now=now(),
        )
        return _home(made.person_id, f"decision-{made.id}")

    if form.validate() and (address := attempt(form, work)):
        say("The decision is recorded.")
        return redirect(address)
    return _decision_page(person_id, form), 422


@pages.get("/enforcements/<uuid:decision_id>/given")
@allow(STAFF)
def letter_given(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The form for when a letter was given."""
    return _about_page(decision_id, GivenForm())


@pages.post("/enforcements/<uuid:decision_id>/given")
@allow(STAFF)
def letter_given_sent(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Keep when and how it was given."""
    form = GivenForm(request.form)

    def work(session: Session) -> str:
        made = decisions.record_delivery(
            session,
            current_actor(),
            decision_id,
            on=form.data["on"],
            how=Delivery(form.how.data),
            now=now(),
        )
        return _home(made.person_id, f"decision-{made.id}")

    if form.validate() and (address := attempt(form, work)):
        say("It is recorded that the letter was given.")
        return redirect(address)
    return _about_page(decision_id, form), 422


@pages.get("/enforcements/<uuid:decision_id>/done")
@allow(STAFF)
def enforcement_done(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The form for when a referral was with the court, or a recall asked for."""
    return _about_page(decision_id, DoneForm())


@pages.post("/enforcements/<uuid:decision_id>/done")
@allow(STAFF)
def enforcement_done_sent(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Keep when it was."""
    form = DoneForm(request.form)

    def work(session: Session) -> str:
        made = decisions.record_completion(
            session, current_actor(), decision_id, on=form.data["on"], now=now()
        )
        return _home(made.person_id, f"decision-{made.id}")

    if form.validate() and (address := attempt(form, work)):
        say("It is recorded as done.")
        return redirect(address)
    return _about_page(decision_id, form), 422


@pages.get("/enforcements/<uuid:decision_id>/withdraw")
@allow(STAFF)
def withdraw_enforcement(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The form to take a decision back."""
    return _about_page(decision_id, WithdrawForm())


@pages.post("/enforcements/<uuid:decision_id>/withdraw")
@allow(STAFF)
def withdraw_enforcement_sent(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back; it stays to be read."""
    form = WithdrawForm(request.form)

    def work(session: Session) -> str:
        made = decisions.withdraw(
            session, current_actor(), decision_id, why=form.why.data or "", now=now()
        )
        return _home(made.person_id, f"decision-{made.id}")

    if form.validate() and (address := attempt(form, work)):
        say("The decision is withdrawn. If a letter was given, tell the person.")
        return redirect(address)
    return _about_page(decision_id, form), 422


def _home(person_id: uuid.UUID, anchor: str | None = None) -> str:
    return url_for("pages.compliance", person_id=person_id, _anchor=anchor)


def _order_asked() -> uuid.UUID | None:
    given = request.args.get("order", "")
    if not given:
        return None
    try:
        return uuid.UUID(given)
    except ValueError:
        raise NotFound("There is no such order, or you may not see it.") from None


def _decision_page(person_id: uuid.UUID, form: DecisionForm | None = None) -> str:
    order_id = _order_asked()
    with transaction() as session:
        page = queries.load_enforcement_form(session, current_actor(), person_id, now=now())
    standing = next((one for one in page.standings if one.order_id == order_id), None)
    if standing is None or not standing.kinds:
        raise NotFound("No decision is needed here.")
    form = form or DecisionForm(data={"language": page.person.language.value})
    form.kind.choices = choices({kind: ENFORCEMENTS[kind] for kind in standing.kinds})
    return form_page(
        form,
        back=BackLink(_home(person_id), "Compliance"),
        name=page.person.name,
        about=ORDER_KINDS[standing.order].lower() if standing.order is not None else "",
        template="compliance/decide_compliance.html",
        page=page,
        standing=standing,
    )


def _about_page(decision_id: uuid.UUID, form: PageForm) -> str:
    with transaction() as session:
        page = queries.load_decision(session, current_actor(), decision_id, now=now())
    return form_page(
        form,
        back=BackLink(_home(page.person.id, f"decision-{decision_id}"), "Compliance"),
        name=page.person.name,
        about=DECIDED_AS[page.decision.kind].lower(),
    )
