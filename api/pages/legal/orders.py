"""A person's orders and licences: recorded, changed, ended."""

import uuid
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.legal.forms import legal_form, legal_page
from api.pages.submit import act, attempt
from engage.labels.legal import ORDER_ENDINGS, ORDER_KINDS
from engage.legal import orders
from engage.legal.kinds import OrderEnding, OrderKind
from engage.queries.legal import legal as queries
from engage.queries.legal.legal_views import OrderView

_ENDINGS = {
    ending: words for ending, words in ORDER_ENDINGS.items() if ending in orders.RECORDED_BY_STAFF
}


class ChangeOrderForm(PageForm):
    """What may be changed of an order."""

    court = StringField(
        "Court",
        [Words(orders.LONGEST_COURT)],
        filters=[stripped],
        description="Leave it empty for a licence",
    )
    reference = StringField(
        "Reference",
        [Words(orders.LONGEST_REFERENCE)],
        filters=[stripped],
        description="The court’s or the prison’s, if there is one",
    )
    made_on = DateField("When was it made?")
    starts_on = DateField("First day")
    ends_on = DateField("Last day", description="The last day on which it is in force")


class OrderForm(OnceForm):
    """A new order or licence."""

    TITLE = "Record an order or a licence"
    LEAD = "While it is in force the person is statutory. Add its requirements afterwards."

    kind = RadioField("Type", [InputRequired("Choose the type")], choices=choices(ORDER_KINDS))
    court = StringField(
        "Court",
        [Words(orders.LONGEST_COURT)],
        filters=[stripped],
        description="Leave it empty for a licence",
    )
    reference = StringField(
        "Reference",
        [Words(orders.LONGEST_REFERENCE)],
        filters=[stripped],
        description="The court’s or the prison’s, if there is one",
    )
    made_on = DateField("When was it made?")
    starts_on = DateField("First day")
    ends_on = DateField("Last day", description="The last day on which it is in force")


class EndOrderForm(PageForm):
    """How an order ended, and when."""

    LEAD = "Its requirements end on the same day."
    BUTTON = "End the order"

    ending = RadioField(
        "How did it end?", [InputRequired("Say how it ended")], choices=choices(_ENDINGS)
    )
    on = DateField("On which day?")


@pages.get("/people/<uuid:person_id>/orders/new")
@allow(STAFF)
def new_order(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a new order."""
    return _new_page(person_id, OrderForm())


@pages.post("/people/<uuid:person_id>/orders/new")
@allow(STAFF)
def record_order(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record it, once."""
    form = OrderForm(request.form)

    def work(session: Session) -> str:
        order = orders.record_order(
            session,
            current_actor(),
            person_id,
            kind=OrderKind(form.kind.data),
            **_values(form),
            now=now(),
        )
        return f"{legal_page(order.person_id)}#order-{order.id}"

    if form.validate() and (address := attempt(form, work)):
        say("The order is recorded.")
        return redirect(address)
    return _new_page(person_id, form), 422


@pages.get("/orders/<uuid:order_id>/change")
@allow(STAFF)
def change_order(order_id: uuid.UUID) -> ResponseReturnValue:
    """The form to correct an order, or to record what a court changed."""
    return _change_page(order_id)


@pages.post("/orders/<uuid:order_id>/change")
@allow(STAFF)
def change_order_sent(order_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was changed."""
    form = ChangeOrderForm(request.form)

    def work(session: Session) -> str:
        order = orders.change_order(session, current_actor(), order_id, **_values(form), now=now())
        return legal_page(order.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The order is changed.")
        return redirect(address)
    return _change_page(order_id, form), 422


@pages.get("/orders/<uuid:order_id>/end")
@allow(STAFF)
def end_order(order_id: uuid.UUID) -> ResponseReturnValue:
    """The form that says how an order ended."""
    return _end_page(order_id, EndOrderForm())


@pages.post("/orders/<uuid:order_id>/end")
@allow(STAFF)
def end_order_sent(order_id: uuid.UUID) -> ResponseReturnValue:
    """End it, with what runs of it."""
    form = EndOrderForm(request.form)

    def work(session: Session) -> str:
        order = orders.end_order(
            session,
            current_actor(),
            order_id,
            on=form.on.given,
            ending=OrderEnding(form.ending.data),
            now=now(),
        )
        return legal_page(order.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The order has ended.")
        return redirect(address)
    return _end_page(order_id, form), 422


@pages.post("/orders/<uuid:order_id>/take-back-end")
@allow(STAFF)
def take_back_end(order_id: uuid.UUID) -> ResponseReturnValue:
    """It has not ended after all."""
    refusal = act(lambda session: _take_back(session, order_id))
    say(refusal or "The order continues.")
    with transaction() as session:
        desk, _ = queries.load_order_form(session, current_actor(), order_id, now=now())
    return redirect(legal_page(desk.person.id))


def _take_back(session: Session, order_id: uuid.UUID) -> None:
    orders.take_back_end(session, current_actor(), order_id, now=now())


def _values(form: OrderForm | ChangeOrderForm) -> dict[str, Any]:
    return {
        "court": form.court.data or "",
        "reference": form.reference.data or "",
        "made_on": form.made_on.given,
        "starts_on": form.starts_on.given,
        "ends_on": form.ends_on.given,
    }


def _new_page(person_id: uuid.UUID, form: OrderForm) -> str:
    with transaction() as session:
        desk = queries.load_form(session, current_actor(), person_id, now=now())
    return legal_form(form, desk.person)


def _change_page(order_id: uuid.UUID, form: ChangeOrderForm | None = None) -> str:
    with transaction() as session:
        desk, order = queries.load_order_form(session, current_actor(), order_id, now=now())
    form = form or ChangeOrderForm(obj=order)
    return legal_form(form, desk.person, title=f"Change: {_called(order)}")


def _end_page(order_id: uuid.UUID, form: EndOrderForm) -> str:
    with transaction() as session:
        desk, order = queries.load_order_form(session, current_actor(), order_id, now=now())
    return legal_form(form, desk.person, title=f"End: {_called(order)}")


def _called(order: OrderView) -> str:
    return ORDER_KINDS[order.kind].lower()
