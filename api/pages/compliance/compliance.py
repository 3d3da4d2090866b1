"""Compliance on pages: what counts and what may follow, decisions with their letters, a
supervisor's word on an absence.
"""

import uuid
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, joined
from api.pages.frame import say
from api.pages.submit import attempt
from engage.access.policy import Ability, open_person
from engage.appointments.kinds import OutcomeCode
from engage.compliance import decisions, outcomes
from engage.compliance.kinds import Delivery, EnforcementKind
from engage.core.errors import NotFound
from engage.documents.pdf import PdfDocument
from engage.labels.appointments import OUTCOMES
from engage.labels.compliance import DELIVERIES, ENFORCEMENTS
from engage.labels.people import LANGUAGES
from engage.people.model import Language
from engage.queries.compliance import compliance as queries
from engage.queries.compliance.compliance_views import LetterPage
from engage.queries.people import person as people

_OVERRULING = {
    code: f"{OUTCOMES[code]} ({code.value})"
    for code in OutcomeCode
    if code in outcomes.ABSENCES and code is not OutcomeCode.FAILED_TO_ATTEND
}


class DecisionForm(OnceForm):
    """What follows, why, and in which language a letter is written."""

    kind = RadioField(
        "What follows?", [InputRequired("Choose what follows")], choices=choices(ENFORCEMENTS)
    )
    reason = TextAreaField(
        "Why?",
        [Words(decisions.LONGEST_REASON, missing="Say why", lines=True)],
        filters=[joined],
    )
    language = RadioField(
        "Language of a letter", choices=choices(LANGUAGES), default=Language.ENGLISH.value
    )


class GivenForm(PageForm):
    """When and how a letter reached the person."""

    CALLED = {"given_on": "on"}

    on = DateField("When was it given or posted?")
    how = RadioField("How?", [InputRequired("Say how it was given")], choices=choices(DELIVERIES))


class DoneForm(PageForm):
    """When a referral was with the court, or a recall was asked for."""

    CALLED = {"done_on": "on"}

    on = DateField("On which day?")


class WithdrawForm(PageForm):
    """Why a decision is taken back."""

    why = TextAreaField(
        "Why?", [Words(decisions.LONGEST_WHY, missing="Say why", lines=True)], filters=[joined]
    )


class OverruleForm(PageForm):
    """Another decision about an absence."""

    code = RadioField(
        "What was it?", [InputRequired("Choose what it was")], choices=choices(_OVERRULING)
    )
    reason = TextAreaField(
        "Why?", [Words(outcomes.LONGEST_REASON, missing="Say why", lines=True)], filters=[joined]
    )


@pages.get("/people/<uuid:person_id>/compliance")
@allow(STAFF)
def compliance(person_id: uuid.UUID) -> ResponseReturnValue:
    """What counts, what the rules suggest and why, what was decided, which absences wait, which
    packs were made. The reading is logged.
    """
    at = now()
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=at)
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
    return render_template("compliance/compliance.html", page=page, ways=ways)


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


@pages.get("/enforcements/<uuid:decision_id>/letter")
@allow(STAFF)
def letter(decision_id: uuid.UUID) -> ResponseReturnValue:
    """A letter, to read or to print."""
    return render_template("compliance/letter.html", page=_with_letter(decision_id))


@pages.get("/enforcements/<uuid:decision_id>/letter.pdf")
@allow(STAFF)
def letter_pdf(decision_id: uuid.UUID) -> ResponseReturnValue:
    """A letter on paper."""
    page = _with_letter(decision_id)
    sender, _, rest = page.letter.partition("\n")
    tongue = page.decision.language or Language.ENGLISH
    paper = PdfDocument(
        sender, made_at=page.decision.at, footer=page.person.crn, language=tongue.value
    )
    paper.paragraph(rest)
    answer = Response(paper.finished(), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="letter-{page.person.crn}.pdf"'
    return answer


@pages.get("/enforcements/<uuid:decision_id>/given")
@allow(STAFF)
def letter_given(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The form for when a letter was given."""
    return _about_page(decision_id, "given", GivenForm())


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
    return _about_page(decision_id, "given", form), 422


@pages.get("/enforcements/<uuid:decision_id>/done")
@allow(STAFF)
def enforcement_done(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The form for when a referral was with the court, or a recall asked for."""
    return _about_page(decision_id, "done", DoneForm())


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
    return _about_page(decision_id, "done", form), 422


@pages.get("/enforcements/<uuid:decision_id>/withdraw")
@allow(STAFF)
def withdraw_enforcement(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The form to take a decision back."""
    return _about_page(decision_id, "withdraw", WithdrawForm())


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
        say("The decision is withdrawn. If a letter had been given, tell them.")
        return redirect(address)
    return _about_page(decision_id, "withdraw", form), 422


@pages.get("/appointments/<uuid:appointment_id>/overrule")
@allow(STAFF)
def overrule(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """The form to decide an absence otherwise than the worker did."""
    return _overrule_page(appointment_id, OverruleForm())


@pages.post("/appointments/<uuid:appointment_id>/overrule")
@allow(STAFF)
def overrule_sent(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Decide it; the worker's decision stays to be read."""
    form = OverruleForm(request.form)

    def work(session: Session) -> str:
        outcomes.overrule(
            session,
            current_actor(),
            appointment_id,
            code=OutcomeCode(form.code.data),
            reason=form.reason.data or "",
            now=now(),
        )
        return url_for("pages.appointment", appointment_id=appointment_id)

    if form.validate() and (address := attempt(form, work)):
        say("The absence is decided.")
        return redirect(address)
    return _overrule_page(appointment_id, form), 422


_ABOUT: dict[str, dict[str, Any]] = {
    "given": {
        "heading": "The letter was given",
        "button": "Save",
        "lead": "A warning holds from this day on.",
    },
    "done": {
        "heading": "It was sent on",
        "button": "Save",
        "lead": "The referral is with the court, or the recall was asked for.",
    },
    "withdraw": {
        "heading": "Withdraw the decision",
        "button": "Withdraw",
        "lead": "It stays to be read, with who withdrew it and why. Its failures are to be decided about again, and a warning counts no more.",
    },
}


def _home(person_id: uuid.UUID, anchor: str) -> str:
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
        raise NotFound("Nothing waits for a decision here.")
    form = form or DecisionForm(data={"language": page.person.language.value})
    form.kind.choices = choices({kind: ENFORCEMENTS[kind] for kind in standing.kinds})
    return render_template(
        "compliance/compliance_decide.html", page=page, standing=standing, form=form
    )


def _with_letter(decision_id: uuid.UUID) -> LetterPage:
    with transaction() as session:
        page = queries.load_decision(session, current_actor(), decision_id, now=now())
    if not page.letter:
        raise NotFound("This decision has no letter.")
    return page


def _about_page(decision_id: uuid.UUID, what: str, form: PageForm) -> str:
    with transaction() as session:
        page = queries.load_decision(session, current_actor(), decision_id, now=now())
    return render_template(
        "shared/compliance_form.html",
        person=page.person,
        caption=page.decision,
        form=form,
        hints={},
        back_to=_home(page.person.id, f"decision-{decision_id}"),
        **_ABOUT[what],
    )


def _overrule_page(appointment_id: uuid.UUID, form: OverruleForm) -> str:
    with transaction() as session:
        page = people.appointment(session, current_actor(), appointment_id, now=now())
        open_person(
            session,
            current_actor(),
            page.person.id,
            now=now(),
            what="overrule.page",
            ability=Ability.OVERRULE,
            change=True,
        )
    return render_template("compliance/overrule.html", page=page, one=page.appointment, form=form)
