"""What a court asked for in an order: added, changed, ended, and what was done of it day by day."""

import uuid
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, NumberRange

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import (
    DateField,
    OnceForm,
    PageForm,
    WholeNumberField,
    Words,
    choices,
    stripped,
)
from api.pages.frame import say
from api.pages.legal.forms import legal_form, legal_page
from api.pages.list_places import place_or_404
from api.pages.submit import attempt
from engage.labels.legal import REQUIREMENT_KINDS
from engage.legal import requirements
from engage.legal.kinds import RequirementKind
from engage.queries.legal import legal as queries

AMOUNTS = {RequirementKind.RAR: "Maximum days", RequirementKind.UNPAID_WORK: "Hours ordered"}
YES, NO = "yes", "no"


class RequirementForm(OnceForm):
    """One thing that the court asked for; which of the fields there are depends on its kind."""

    CALLED = {"tests_every_days": "tests", "reviews_every_days": "reviews"}

    starts_on = DateField("First day")
    amount = WholeNumberField("Amount", description="As the court set it")
    tests = WholeNumberField("Days between two tests", description="A week is 7 days")
    reviews = WholeNumberField(
        "Days between two court reviews",
        description="Leave it empty if the court set none",
    )
    note = StringField("In words", [Words(requirements.LONGEST_NOTE)], filters=[stripped])


class DayForm(OnceForm):
    """What was done on one day: a day of activity, or time worked."""

    CALLED = {"amount": "hours", "planned_activity": "planned"}

    done_on = DateField("On which day?")
    planned = RadioField(
        "Was it a planned activity?",
        [InputRequired("Say whether it was a planned activity")],
        choices=choices({YES: "Yes, it counts as a day", NO: "No, record it without counting it"}),
        description="Routine supervision does not count as a day",
    )
    hours = WholeNumberField(
        "Hours", [InputRequired("Enter hours, 0 if none"), NumberRange(0, 24, "Enter 0 to 24")]
    )
    minutes = WholeNumberField("Minutes", [NumberRange(0, 59, "Enter 0 to 59")], default=0)
    activity = StringField(
        "What was it?",
        [Words(requirements.LONGEST_ACTIVITY)],
        filters=[stripped],
        description="The planned activity, such as a thinking skills course",
    )


class EndForm(PageForm):
    """The last day of a requirement."""

    LEAD = "Only if it ends before its order. Ending the order ends it too."
    BUTTON = "End the requirement"

    on = DateField("On which day did it end?")


@pages.get("/orders/<uuid:order_id>/requirements/<kind>")
@allow(STAFF)
def new_requirement(order_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """The form for a requirement of one kind."""
    return _new_page(order_id, _kind(kind))


@pages.post("/orders/<uuid:order_id>/requirements/<kind>")
@allow(STAFF)
def add_requirement(order_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Add it, once."""
    wanted = _kind(kind)
    form = _fitting(RequirementForm(request.form), wanted)

    def work(session: Session) -> str:
        made = requirements.add_requirement(
            session,
            current_actor(),
            order_id,
            kind=wanted,
            starts_on=form.starts_on.given,
            **_values(form, wanted),
            now=now(),
        )
        return legal_page(made.order.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The requirement is added.")
        return redirect(address)
    return _new_page(order_id, wanted, form), 422


@pages.get("/requirements/<uuid:requirement_id>/change")
@allow(STAFF)
def change_requirement(requirement_id: uuid.UUID) -> ResponseReturnValue:
    """The form to correct a requirement, or to record what the court changed at a review."""
    return _change_page(requirement_id)


@pages.post("/requirements/<uuid:requirement_id>/change")
@allow(STAFF)
def change_requirement_sent(requirement_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was changed."""
    kind = _kind_of(requirement_id)
    form = _fitting(RequirementForm(request.form), kind, new=False)

    def work(session: Session) -> str:
        changed = requirements.change_requirement(
            session, current_actor(), requirement_id, **_values(form, kind), now=now()
        )
        return legal_page(changed.order.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The requirement is changed.")
        return redirect(address)
    return _change_page(requirement_id, form), 422


@pages.get("/requirements/<uuid:requirement_id>/end")
@allow(STAFF)
def end_requirement(requirement_id: uuid.UUID) -> ResponseReturnValue:
    """The form that ends a requirement while its order runs on."""
    return _end_page(requirement_id, EndForm())


@pages.post("/requirements/<uuid:requirement_id>/end")
@allow(STAFF)
def end_requirement_sent(requirement_id: uuid.UUID) -> ResponseReturnValue:
    """End it."""
    form = EndForm(request.form)

    def work(session: Session) -> str:
        ended = requirements.end_requirement(
            session, current_actor(), requirement_id, on=form.on.given, now=now()
        )
        return legal_page(ended.order.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The requirement has ended.")
        return redirect(address)
    return _end_page(requirement_id, form), 422


@pages.get("/requirements/<uuid:requirement_id>/days/new")
@allow(STAFF)
def new_day(requirement_id: uuid.UUID) -> ResponseReturnValue:
    """The form for what was done on one day."""
    return _day_page(requirement_id)


@pages.post("/requirements/<uuid:requirement_id>/days/new")
@allow(STAFF)
def record_day(requirement_id: uuid.UUID) -> ResponseReturnValue:
    """Keep it, once."""
    form = _day_form(DayForm(request.form), _kind_of(requirement_id))

    def work(session: Session) -> str:
        kept = requirements.record_credit(
            session,
            current_actor(),
            requirement_id,
            done_on=form.done_on.given,
            **_done(form),
            now=now(),
        )
        desk, _ = queries.load_requirement_form(
            session, current_actor(), kept.requirement_id, now=now()
        )
        return legal_page(desk.person.id)

    if form.validate() and (address := attempt(form, work)):
        say("The day is recorded.")
        return redirect(address)
    return _day_page(requirement_id, form), 422


@pages.post("/requirement-days/<uuid:credit_id>/withdraw")
@allow(STAFF)
def withdraw_day(credit_id: uuid.UUID) -> ResponseReturnValue:
    """It was not done after all."""
    with transaction() as session:
        credit = requirements.withdraw_credit(session, current_actor(), credit_id, now=now())
        desk, _ = queries.load_requirement_form(
            session, current_actor(), credit.requirement_id, now=now()
        )
    say("The day is withdrawn.")
    return redirect(legal_page(desk.person.id))


def _kind(given: str) -> RequirementKind:
    kind = place_or_404(RequirementKind, given)
    return RequirementKind.OTHER if kind is None else kind


def _kind_of(requirement_id: uuid.UUID) -> RequirementKind:
    with transaction() as session:
        _, requirement = queries.load_requirement_form(
            session, current_actor(), requirement_id, now=now()
        )
    return requirement.kind


def _fitting(form: RequirementForm, kind: RequirementKind, *, new: bool = True) -> RequirementForm:
    """The form with the fields of this kind alone."""
    if kind in AMOUNTS:
        form.amount.label.text = AMOUNTS[kind]
    else:
        del form.amount
    if kind is not RequirementKind.DRR:
        del form.tests, form.reviews
    if not new:
        del form.starts_on
    return form


def _values(form: RequirementForm, kind: RequirementKind) -> dict[str, Any]:
    given = {
        name: form[name].data if name in form else None for name in ("amount", "tests", "reviews")
    }
    amount = given["amount"]
    return {
        "amount": amount * 60
        if kind is RequirementKind.UNPAID_WORK and amount is not None
        else amount,
        "tests_every_days": given["tests"],
        "reviews_every_days": given["reviews"],
        "note": form.note.data or "",
    }


def _new_page(
    order_id: uuid.UUID, kind: RequirementKind, form: RequirementForm | None = None
) -> str:
    with transaction() as session:
        desk, order = queries.load_order_form(session, current_actor(), order_id, now=now())
    if form is None:
        given = {"starts_on": order.starts_on, "tests": desk.test_days}
        form = _fitting(RequirementForm(data=given), kind)
    return legal_form(form, desk.person, title=f"Add: {REQUIREMENT_KINDS[kind]}")


def _change_page(requirement_id: uuid.UUID, form: RequirementForm | None = None) -> str:
    with transaction() as session:
        desk, one = queries.load_requirement_form(
            session, current_actor(), requirement_id, now=now()
        )
    if form is None:
        amount = one.amount
        if one.kind is RequirementKind.UNPAID_WORK and amount is not None:
            amount //= 60
        given = {
            "amount": amount,
            "tests": one.tests_every_days,
            "reviews": one.reviews_every_days,
            "note": one.note,
        }
        form = _fitting(RequirementForm(data=given), one.kind, new=False)
    return legal_form(form, desk.person, title=f"Change: {REQUIREMENT_KINDS[one.kind]}")


def _end_page(requirement_id: uuid.UUID, form: EndForm) -> str:
    with transaction() as session:
        desk, one = queries.load_requirement_form(
            session, current_actor(), requirement_id, now=now()
        )
    return legal_form(form, desk.person, title=f"End: {REQUIREMENT_KINDS[one.kind]}")


def _day_form(form: DayForm, kind: RequirementKind) -> DayForm:
    if kind is RequirementKind.UNPAID_WORK:
        del form.planned
        form.activity.label.text = "What was the work?"
        form.activity.description = ""
    else:
        del form.hours, form.minutes
    return form


def _done(form: DayForm) -> dict[str, Any]:
    activity = form.activity.data or ""
    if "hours" in form:
        return {
            "amount": (form.hours.data or 0) * 60 + (form.minutes.data or 0),
            "activity": activity,
        }
    return {"amount": 1, "planned_activity": form.planned.data == YES, "activity": activity}


def _day_page(requirement_id: uuid.UUID, form: DayForm | None = None) -> str:
    with transaction() as session:
        desk, one = queries.load_requirement_form(
            session, current_actor(), requirement_id, now=now()
        )
    if form is None:
        form = _day_form(DayForm(data={"done_on": desk.today, "minutes": 0}), one.kind)
    return legal_form(form, desk.person, title=f"Record a day: {REQUIREMENT_KINDS[one.kind]}")
