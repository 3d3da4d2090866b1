"""Pages about access to one record: disclosures, emergency access, the access log, and
restrictions.
"""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor, staff
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.forms import PageForm, choices
from api.pages.frame import say
from api.pages.list_places import place_or_404
from api.pages.submit import act, attempt
from engage.people import restrictions
from engage.people.restrictions import KEEPERS
from engage.queries.access import disclosures as queries

RESTRICT = staff(*KEEPERS)
OUT, IN = "out", "in"


class RestrictForm(PageForm):
    """Whether the record is restricted, and whether the person still gets texts."""

    restricted = BooleanField(
        "Only the offender manager and staff admitted by name see this record",
        description="You are admitted by name when you restrict it.",
    )
    texts_allowed = BooleanField(
        "Texts still go to this person",
        description="If not, texts that are waiting are cancelled.",
    )


class NameForm(PageForm):
    """A member of staff to exclude from the record or to admit to it."""

    staff = SelectField("Member of staff", validate_choice=False)
    excluded = RadioField(
        "Access",
        [InputRequired("Choose whether to exclude or admit them")],
        choices=choices({OUT: "Exclude them", IN: "Admit them while the record is restricted"}),
    )


@pages.get("/people/<uuid:person_id>/record-access")
@allow(STAFF)
def record_access(person_id: uuid.UUID) -> ResponseReturnValue:
    """Who has seen the record, and who may see it."""
    return _page(person_id)


@pages.post("/people/<uuid:person_id>/record-access/restricted")
@allow(RESTRICT)
def restrict_record(person_id: uuid.UUID) -> ResponseReturnValue:
    """Restrict the record, or lift the restriction."""
    form = RestrictForm(request.form)
    restricted, texts = bool(form.restricted.data), bool(form.texts_allowed.data)

    def work(session: Session) -> None:
        restrictions.restrict(
            session,
            current_actor(),
            person_id,
            restricted=restricted,
            texts_allowed=texts,
            now=now(),
        )

    say(
        act(work)
        or ("The record is restricted." if restricted else "The record is not restricted.")
    )
    return redirect(_address(person_id))


@pages.post("/people/<uuid:person_id>/record-access/staff")
@allow(RESTRICT)
def name_staff(person_id: uuid.UUID) -> ResponseReturnValue:
    """Exclude a member of staff from the record, or admit them."""
    form = NameForm(request.form)

    def work(session: Session) -> str:
        restrictions.name_staff(
            session,
            current_actor(),
            person_id,
            _id(form.staff.data),
            excluded=form.excluded.data == OUT,
            now=now(),
        )
        return _address(person_id)

    if form.validate() and (address := attempt(form, work)):
        say("They are excluded." if form.excluded.data == OUT else "They are admitted.")
        return redirect(address)
    return _page(person_id, naming=form), 422


@pages.post("/people/<uuid:person_id>/record-access/staff/<uuid:staff_id>/remove")
@allow(RESTRICT)
def unname_staff(person_id: uuid.UUID, staff_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a member of staff from the named ones. Their role decides again."""

    def work(session: Session) -> None:
        restrictions.remove_named_staff(session, current_actor(), person_id, staff_id, now=now())

    say(act(work) or "Their access now depends on their role.")
    return redirect(_address(person_id))


def _page(person_id: uuid.UUID, *, naming: NameForm | None = None) -> str:
    before = place_or_404(_line, request.args.get("before"))
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=now(), before=before)
        ways = record_nav.ways(session, current_actor(), page.person, now=now())
        form = naming or NameForm()
        form.staff.choices = choices({str(one.id): one.name for one in page.candidates})
        return render_template(
            "access/record_access.html",
            page=page,
            ways=ways,
            now=now(),
            form=form,
            restricting=RestrictForm(
                data={
                    "restricted": page.person.restricted,
                    "texts_allowed": page.person.restricted_texts_allowed,
                }
            ),
            later=before is not None,
        )


def _line(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise ValueError("not a line of the log")
    return int(given)


def _address(person_id: uuid.UUID) -> str:
    return url_for("pages.record_access", person_id=person_id)


def _id(given: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(given or "")
    except ValueError:
        return uuid.UUID(int=0)
