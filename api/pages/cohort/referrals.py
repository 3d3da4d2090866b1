"""Referrals: any agency refers a person. The queue's keepers identify the person and join
duplicates.
"""

import re
import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, Form, StringField, TelField, TextAreaField
from wtforms.validators import ValidationError

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import (
    Group,
    HubField,
    OnceForm,
    OptionalDateField,
    PageForm,
    Words,
    choices,
    joined,
    stripped,
)
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.cohort import referrals as service
from engage.cohort.referrals import NewReferral
from engage.core.errors import Forbidden, Invalid
from engage.labels.plan import PATHWAYS
from engage.plan.kinds import Pathway
from engage.queries.cohort import referrals as queries

CRN = "Enter one letter and six digits, such as X123456"


def crn_typed(given: str | None) -> str | None:
    """A filter: capitals, no blanks; nothing typed is None."""
    return "".join((given or "").split()).upper() or None


def crn_format(_form: Form, field: Field) -> None:
    """A validator: a CRN, where one is given."""
    if field.data and not re.fullmatch("[A-Z][0-9]{6}", field.data):
        raise ValidationError(CRN)


NO_VICTIM = "Do not name victims or include intelligence."


class ReferralForm(OnceForm):
    """A person to refer."""

    TITLE = "Refer a person"
    LEAD = "The next meeting decides. Until then nothing changes for them and no texts are sent."
    BUTTON = "Refer"
    GROUPS = (
        Group(tuple(f"need_{pathway.value}" for pathway in PATHWAYS), "What they need help with"),
    )
    LAST = ("risks",)

    hub = HubField("Hub")
    first_name = StringField(
        "First name",
        [Words(40, missing="Enter their first name")],
        filters=[stripped],
        render_kw={"class": "govuk-input--width-20"},
    )
    last_name = StringField(
        "Last name",
        [Words(60, missing="Enter their last name")],
        filters=[stripped],
        render_kw={"class": "govuk-input--width-20"},
    )
    date_of_birth = OptionalDateField(
        "Date of birth, if you know it", description="For example, 27 3 1994"
    )
    crn = StringField(
        "CRN, if you know it",
        [crn_format],
        filters=[crn_typed],
        description="One letter and six digits, such as X123456",
        render_kw={"class": "govuk-input--width-10"},
    )
    number = TelField(
        "Mobile number, if you know it",
        [Words(40)],
        filters=[stripped],
        description="It is checked with them before any text is sent",
        render_kw={"class": "govuk-input--width-20"},
    )
    at_arrest = BooleanField("Selected at the point of arrest")
    reasons = TextAreaField(
        "Reason for the referral",
        [Words(1000, missing="Give the reason for the referral", lines=True)],
        filters=[joined],
    )
    offending = TextAreaField(
        "Summary of offending",
        [Words(2000, lines=True)],
        filters=[joined],
        description="What, how often, since when",
    )
    risks = TextAreaField(
        "Known risks",
        [Words(1000, lines=True)],
        filters=[joined],
        description="To others, and to themselves",
    )

    def needs(self) -> tuple[Pathway, ...]:
        """The pathways that are ticked."""
        return tuple(pathway for pathway in Pathway if self[f"need_{pathway.value}"].data)


for _pathway, _name in PATHWAYS.items():
    setattr(ReferralForm, f"need_{_pathway.value}", BooleanField(_name))


class IdentifyForm(PageForm):
    """Who it is."""

    crn = StringField(
        "CRN",
        [Words(7, missing=CRN), crn_format],
        filters=[crn_typed],
        description="Required before adoption",
        render_kw={"class": "govuk-input--width-10"},
    )
    date_of_birth = OptionalDateField("Date of birth", description="For example, 27 3 1994")


class WhyForm(PageForm):
    """Why a referral is withdrawn."""

    TITLE = "Withdraw the referral"
    LEAD = "It stays on record with your reason and is removed from the agenda."
    BUTTON = "Withdraw"

    why = TextAreaField(
        "Reason for withdrawing",
        [Words(500, missing="Give the reason for withdrawing", lines=True)],
        filters=[joined],
    )


@pages.get("/referrals")
@allow(STAFF)
def referrals() -> ResponseReturnValue:
    """What waits in the actor's hubs, and what their agency sent."""
    with transaction() as session:
        page = queries.load_queue(session, current_actor(), now=now())
    return render_template("cohort/referrals.html", page=page)


@pages.get("/referrals/new")
@allow(STAFF)
def new_referral() -> ResponseReturnValue:
    """The form to refer a person."""
    return _form_page(ReferralForm())


@pages.post("/referrals/new")
@allow(STAFF)
def refer() -> ResponseReturnValue:
    """Refer them, once."""
    form, at = ReferralForm(request.form), now()

    def work(session: Session) -> str:
        made = service.refer(session, current_actor(), _new(form), now=at)
        return url_for("pages.referral", referral_id=made.id)

    if form.validate() and (address := attempt(form, work)):
        say("The person is referred.")
        return redirect(address)
    return _form_page(form), 422


@pages.get("/referrals/<uuid:referral_id>")
@allow(STAFF)
def referral(referral_id: uuid.UUID) -> ResponseReturnValue:
    """One referral. Where the person is known the reading is logged."""
    return _page(referral_id, IdentifyForm())


@pages.post("/referrals/<uuid:referral_id>/identify")
@allow(STAFF)
def identify_referral(referral_id: uuid.UUID) -> ResponseReturnValue:
    """Say who it is."""
    form = IdentifyForm(request.form)

    def work(session: Session) -> str:
        service.identify(
            session,
            current_actor(),
            referral_id,
            crn=form.crn.data or "",
            date_of_birth=form.date_of_birth.data,
            now=now(),
        )
        return url_for("pages.referral", referral_id=referral_id)

    if form.validate() and (address := attempt(form, work)):
        say("Saved.")
        return redirect(address)
    return _page(referral_id, form), 422


@pages.post("/referrals/<uuid:referral_id>/duplicate")
@allow(STAFF)
def join_referral(referral_id: uuid.UUID) -> ResponseReturnValue:
    """Mark it as a duplicate of another waiting referral."""

    def work(session: Session) -> None:
        service.mark_duplicate(session, current_actor(), referral_id, _other(), now=now())

    say(act(work) or "The two referrals are joined. The other one waits for the meeting.")
    return redirect(url_for("pages.referral", referral_id=referral_id))


@pages.get("/referrals/<uuid:referral_id>/withdraw")
@allow(STAFF)
def withdraw_referral(referral_id: uuid.UUID) -> ResponseReturnValue:
    """The form that takes a referral back."""
    return _withdraw_page(referral_id, WhyForm())


@pages.post("/referrals/<uuid:referral_id>/withdraw")
@allow(STAFF)
def withdraw_referral_sent(referral_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back."""
    form = WhyForm(request.form)

    def work(session: Session) -> str:
        service.withdraw(session, current_actor(), referral_id, why=form.why.data or "", now=now())
        return url_for("pages.referrals")

    if form.validate() and (address := attempt(form, work)):
        say("The referral is withdrawn.")
        return redirect(address)
    return _withdraw_page(referral_id, form), 422


def _new(form: ReferralForm) -> NewReferral:
    try:
        hub_id = uuid.UUID(form.hub.data or "")
    except ValueError:
        raise Invalid(fields={"hub": "Choose a hub"}) from None
    return NewReferral(
        hub_id=hub_id,
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        date_of_birth=form.date_of_birth.data,
        crn=form.crn.data,
        number=form.number.data or None,
        at_arrest=bool(form.at_arrest.data),
        reasons=form.reasons.data or "",
        offending=form.offending.data or "",
        needs=form.needs(),
        risks=form.risks.data or "",
    )


def _other() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("of", ""))
    except ValueError:
        raise Invalid(
            fields={"of": "Choose another referral that is waiting in this hub."}
        ) from None


def _form_page(form: ReferralForm) -> str:
    with transaction() as session:
        hubs, _agencies = queries.referral_choices(session, current_actor())
        police = queries.may_select_at_arrest(current_actor())
    if not hubs:
        raise Forbidden("Your role cannot refer people.")
    form.hub.choices = choices({str(hub.id): hub.name for hub in hubs})
    if not police and not form.at_arrest.errors:
        del form.at_arrest
    back = BackLink(url_for("pages.referrals"), "Referrals")
    return form_page(form, back=back, inset=NO_VICTIM)


def _page(referral_id: uuid.UUID, form: IdentifyForm) -> str:
    with transaction() as session:
        page = queries.load(session, current_actor(), referral_id, now=now())
    if not request.form:
        row = page.view.referral
        form = IdentifyForm(data={"crn": row.crn, "date_of_birth": row.date_of_birth})
    return render_template("cohort/referral.html", page=page, form=form)


def _withdraw_page(referral_id: uuid.UUID, form: WhyForm) -> str:
    with transaction() as session:
        page = queries.load(session, current_actor(), referral_id, now=now())
    if not page.may_withdraw:
        raise Forbidden("You cannot withdraw this referral, or it is no longer waiting.")
    back = BackLink(url_for("pages.referral", referral_id=referral_id), "Referral")
    return form_page(form, back=back, name=page.view.name)
