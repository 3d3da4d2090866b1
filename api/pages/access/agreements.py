"""The page of a hub's sharing agreements."""

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField, SelectMultipleField, StringField

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import DateField, HubField, OnceForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.access import agreements as use
from engage.access.agreements import LONGEST_WORDS, MANAGERS, NewAgreement
from engage.access.sharing import RecordPart
from engage.agencies.hub_settings import hub_today, zone
from engage.agencies.service import agencies_of
from engage.labels.access import PARTS_OF_RECORD
from engage.queries import actor_names

MANAGE = staff(*MANAGERS)


class AgreementForm(OnceForm):
    """A new agreement."""

    CALLED = {"agency_id": "agency", "hub_id": "hub"}

    BUTTON = "Record"

    hub = HubField("Hub")
    agency = SelectField("Agency", validate_choice=False)
    fields = SelectMultipleField(
        "What it may see",
        choices=choices(PARTS_OF_RECORD),
        description="Health records are shared only if this is ticked.",
    )
    purpose = StringField(
        "Purpose",
        [Words(LONGEST_WORDS)],
        filters=[stripped],
        description="For example: to place people in housing before their release",
    )
    lawful_basis = StringField(
        "Lawful basis",
        [Words(LONGEST_WORDS)],
        filters=[stripped],
        description="For example: public task; Crime and Disorder Act 1998, section 115",
    )
    starts_on = DateField("First day")
    ends_on = DateField("Last day", description="At most 3 years after the first day")


@pages.get("/agreements")
@allow(MANAGE)
def agreements() -> ResponseReturnValue:
    """The agreements of the hubs that the actor manages, and the form to record one."""
    return _page(AgreementForm(data={"starts_on": now().date()}))


@pages.post("/agreements")
@allow(MANAGE)
def record_agreement() -> ResponseReturnValue:
    """Record an agreement."""
    form = AgreementForm(request.form)

    def work(session: Session) -> str:
        use.record_agreement(session, current_actor(), _new_agreement(form), now=now())
        return url_for("pages.agreements")

    if form.validate() and (address := attempt(form, work)):
        say("The agreement is recorded.")
        return redirect(address)
    return _page(form), 422


@pages.post("/agreements/<uuid:agreement_id>/end")
@allow(MANAGE)
def end_agreement(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """End an agreement at once."""

    def work(session: Session) -> None:
        use.end_agreement(session, current_actor(), agreement_id, now=now())

    say(act(work) or "The agreement has ended.")
    return redirect(url_for("pages.agreements"))


def _new_agreement(form: AgreementForm) -> NewAgreement:
    first, last = form.starts_on.data, form.ends_on.data
    assert first is not None and last is not None  # noqa: S101 (both fields are validated)
    return NewAgreement(
        hub_id=_id(form.hub.data),
        agency_id=_id(form.agency.data),
        purpose=form.purpose.data or "",
        lawful_basis=form.lawful_basis.data or "",
        fields={RecordPart(one) for one in form.fields.data or ()},
        starts_on=first,
        ends_on=last,
    )


def _id(given: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(given or "")
    except ValueError:
        return uuid.UUID(int=0)


def _page(form: AgreementForm) -> str:
    actor, at = current_actor(), now()
    with transaction() as session:
        hubs = use.managed_hubs(session, actor)
        ids = [hub.id for hub in hubs]
        form.hub.choices = choices({str(hub.id): hub.name for hub in hubs})
        form.agency.choices = choices({str(one.id): one.name for one in agencies_of(session, ids)})
        found = use.agreements_of(session, ids)
        today: dict[uuid.UUID, Any] = {hub.id: hub_today(hub, at) for hub in hubs}
        who = actor_names.names_by_label(
            session,
            {one.recorded_by for one in found} | {one.ended_by for one in found if one.ended_by},
        )
        return render_template(
            "access/agreements.html",
            form=form,
            hubs={hub.id: hub for hub in hubs},
            zones={hub.id: zone(hub) for hub in hubs},
            holding=[one for one in found if use.in_force(one, today[one.hub_id])],
            to_come=[
                one for one in found if one.ended_at is None and one.starts_on > today[one.hub_id]
            ],
            over=[
                one for one in found if one.ended_at is not None or one.ends_on < today[one.hub_id]
            ],
            who=who,
        )
