"""Assessments of a referral or of a person: the form for a new version, and earlier versions."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import Group, OnceForm, WholeNumberField, Words, choices, joined, stripped
from api.pages.frame import say
from api.pages.submit import attempt
from engage.access.policy import Ability, open_person
from engage.cohort import assessments as service
from engage.cohort.assessments import Judgement
from engage.cohort.kinds import Risk
from engage.core.errors import Forbidden
from engage.labels.meetings import RISKS
from engage.labels.plan import NEED_SCORES, PATHWAYS
from engage.plan.kinds import Pathway
from engage.queries.cohort import assessments as views
from engage.queries.cohort import referrals as queries

NO_VICTIM = (
    "Do not name victims or include intelligence. Intelligence is recorded only as a "
    "flag and a date, elsewhere."
)


class AssessmentForm(OnceForm):
    """How a person's offending, risk and needs are judged today."""

    TITLE = "New assessment"
    LEAD = "This adds a new version. Earlier versions are kept."
    BUTTON = "Save the assessment"
    GROUPS = (Group(tuple(f"need_{pathway.value}" for pathway in PATHWAYS), "Needs"),)
    LAST = ("predictor", "predictor_version", "predictor_score", "note")
    CALLED = {"cost_pence": "cost_pounds"}

    harm_to_others = RadioField(
        "Risk of harm to others",
        [InputRequired("Choose the risk of harm to others")],
        choices=choices(RISKS),
    )
    harm_to_self = RadioField(
        "Risk of harm to themselves",
        [InputRequired("Choose the risk of harm to themselves")],
        choices=choices(RISKS),
    )
    offences_a_year = WholeNumberField("Estimated offences a year", [Optional()])
    nature = StringField(
        "Types of offence",
        [Words(500)],
        filters=[stripped],
        description="Such as shop theft, burglary",
        render_kw={"class": "govuk-!-width-two-thirds"},
    )
    cost_pounds = WholeNumberField(
        "Estimated yearly cost of the offending, in pounds",
        [Optional()],
        render_kw={"class": "govuk-input--width-10"},
    )
    local_priorities = StringField(
        "Local priorities affected",
        [Words(500)],
        filters=[stripped],
        render_kw={"class": "govuk-!-width-two-thirds"},
    )
    predictor = StringField(
        "Predictor",
        [Words(40)],
        filters=[stripped],
        description="Such as OGRS",
        render_kw={"class": "govuk-input--width-10"},
    )
    predictor_version = StringField(
        "Version of the predictor",
        [Words(20)],
        filters=[stripped],
        render_kw={"class": "govuk-input--width-5"},
    )
    predictor_score = WholeNumberField("Score", [Optional()])
    note = TextAreaField("Note", [Words(2000, lines=True)], filters=[joined])

    def judged(self) -> Judgement:
        """What was judged."""
        scores = {pathway: self[f"need_{pathway.value}"].data for pathway in Pathway}
        return Judgement(
            harm_to_others=Risk(self.harm_to_others.data),
            harm_to_self=Risk(self.harm_to_self.data),
            offences_a_year=self.offences_a_year.data,
            nature=self.nature.data or "",
            cost_pence=None if self.cost_pounds.data is None else self.cost_pounds.data * 100,
            local_priorities=self.local_priorities.data or "",
            needs={pathway: int(score) for pathway, score in scores.items() if score},
            predictor=self.predictor.data or "",
            predictor_version=self.predictor_version.data or "",
            predictor_score=self.predictor_score.data,
            note=self.note.data or "",
        )


for _pathway, _name in PATHWAYS.items():
    setattr(
        AssessmentForm,
        f"need_{_pathway.value}",
        SelectField(
            _name,
            choices=choices({"": "Not scored", **{str(n): w for n, w in NEED_SCORES.items()}}),
        ),
    )


@pages.get("/referrals/<uuid:referral_id>/assess")
@allow(STAFF)
def assess_referral(referral_id: uuid.UUID) -> ResponseReturnValue:
    """The form to assess a referred person."""
    return _referral_page(referral_id, AssessmentForm())


@pages.post("/referrals/<uuid:referral_id>/assess")
@allow(STAFF)
def assess_referral_sent(referral_id: uuid.UUID) -> ResponseReturnValue:
    """A new version."""
    form = AssessmentForm(request.form)

    def work(session: Session) -> str:
        service.assess_referral(session, current_actor(), referral_id, form.judged(), now=now())
        return url_for("pages.referral", referral_id=referral_id, _anchor="assessments")

    if form.validate() and (address := attempt(form, work)):
        say("The assessment is saved.")
        return redirect(address)
    return _referral_page(referral_id, form), 422


@pages.get("/people/<uuid:person_id>/assessments")
@allow(STAFF)
def assessments(person_id: uuid.UUID) -> ResponseReturnValue:
    """The versions that there are, the latest first."""
    with transaction() as session:
        page = views.of_person(session, current_actor(), person_id, now=now())
        ways = record_nav.ways(session, current_actor(), page.person, now=now())
    return render_template("cohort/assessments.html", page=page, ways=ways)


@pages.get("/people/<uuid:person_id>/assessments/new")
@allow(STAFF)
def assess_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a new assessment of a person."""
    return _person_page(person_id, AssessmentForm())


@pages.post("/people/<uuid:person_id>/assessments/new")
@allow(STAFF)
def assess_person_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """A new version."""
    form = AssessmentForm(request.form)

    def work(session: Session) -> str:
        service.assess_person(session, current_actor(), person_id, form.judged(), now=now())
        return url_for("pages.assessments", person_id=person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The assessment is saved.")
        return redirect(address)
    return _person_page(person_id, form), 422


def _referral_page(referral_id: uuid.UUID, form: AssessmentForm) -> str:
    with transaction() as session:
        page = queries.load(session, current_actor(), referral_id, now=now())
    if not page.may_assess:
        raise Forbidden("Your role cannot assess here, or this referral is no longer waiting.")
    back = url_for("pages.referral", referral_id=referral_id)
    return _form_page(page.view.name, back, form)


def _person_page(person_id: uuid.UUID, form: AssessmentForm) -> str:
    with transaction() as session:
        person = open_person(
            session,
            current_actor(),
            person_id,
            now=now(),
            what="assessment.page",
            ability=Ability.MANAGE,
            change=True,
        )
    return _form_page(person.name, url_for("pages.assessments", person_id=person_id), form)


def _form_page(name: str, back: str, form: AssessmentForm) -> str:
    return form_page(form, back=BackLink(back, name), name=name, inset=NO_VICTIM)
