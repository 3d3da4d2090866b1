"""Evidence packs: made for a purpose and a recipient, and downloaded as JSON or PDF."""

import uuid

from dateutil.relativedelta import relativedelta
from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, OnceForm, Words, stripped
from api.pages.frame import say
from api.pages.submit import attempt
from engage.documents.evidence_pack import pdf, service
from engage.queries.compliance import compliance as queries


class PackForm(OnceForm):
    """The period, the recipient and the purpose."""

    TITLE = "Make an evidence pack"
    LEAD = (
        "Every appointment in the period: how and when the person was told, the delivery "
        "receipts, the replies, and the outcomes with who recorded them. Texts that were "
        "not delivered are listed on the first page. Making a pack is logged as a "
        "disclosure."
    )
    BUTTON = "Make the pack"
    CALLED = {"from_on": "first", "until_on": "last"}

    first = DateField("First day")
    last = DateField("Last day")
    recipient = StringField(
        "Recipient",
        [Words(service.LONGEST_RECIPIENT, missing="Enter the recipient")],
        filters=[stripped],
        description="Such as the name of the court",
    )
    purpose = StringField(
        "Purpose",
        [Words(service.LONGEST_PURPOSE, missing="Enter the purpose")],
        filters=[stripped],
        description=(
            "Such as a breach hearing. It is shown to anyone who asks who has seen the record"
        ),
    )


@pages.get("/people/<uuid:person_id>/evidence-packs/new")
@allow(STAFF)
def new_evidence_pack(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a pack, filled in with the last twelve months."""
    return _page(person_id, None)


@pages.post("/people/<uuid:person_id>/evidence-packs/new")
@allow(STAFF)
def make_evidence_pack(person_id: uuid.UUID) -> ResponseReturnValue:
    """Make it, once; it is logged as disclosed."""
    form = PackForm(request.form)

    def work(session: Session) -> str:
        made = service.make(
            session,
            current_actor(),
            person_id,
            from_on=form.data["first"],
            until_on=form.data["last"],
            purpose=form.purpose.data or "",
            recipient=form.recipient.data or "",
            now=now(),
        )
        return url_for("pages.compliance", person_id=made.person_id, _anchor=f"pack-{made.id}")

    if form.validate() and (address := attempt(form, work)):
        say("The pack is ready. Download it below as PDF or JSON.")
        return redirect(address)
    return _page(person_id, form), 422


@pages.get("/evidence-packs/<uuid:pack_id>.pdf")
@allow(STAFF)
def evidence_pack_pdf(pack_id: uuid.UUID) -> ResponseReturnValue:
    """A pack on numbered pages."""
    opened = _opened(pack_id)
    return _named(pdf.render(opened.facts, opened.pack.digest), opened, "pdf")


@pages.get("/evidence-packs/<uuid:pack_id>.json")
@allow(STAFF)
def evidence_pack_json(pack_id: uuid.UUID) -> ResponseReturnValue:
    """A pack as it was made, byte for byte."""
    opened = _opened(pack_id)
    return _named(opened.pack.content, opened, "json")


def _opened(pack_id: uuid.UUID) -> service.OpenedPack:
    with transaction() as session:
        return service.open_pack(session, current_actor(), pack_id, now=now())


def _named(content: bytes, opened: service.OpenedPack, kind: str) -> Response:
    answer = Response(content, mimetype=f"application/{kind}")
    name = f"evidence-{opened.facts['person']['crn']}-{opened.pack.until_on:%Y-%m-%d}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(person_id: uuid.UUID, form: PackForm | None) -> str:
    with transaction() as session:
        page = queries.load_enforcement_form(session, current_actor(), person_id, now=now())
    if form is None:
        form = PackForm(
            data={
                "first": page.today - relativedelta(months=12) + relativedelta(days=1),
                "last": page.today,
            }
        )
    return form_page(
        form,
        back=BackLink(url_for("pages.compliance", person_id=person_id), "Compliance"),
        name=page.person.name,
    )
