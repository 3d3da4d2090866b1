"""The letter of a decision, to read, print and give."""

import uuid

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from engage.core.errors import NotFound
from engage.documents.pdf import PdfDocument
from engage.people.model import Language
from engage.queries.compliance import compliance as queries
from engage.queries.compliance.compliance_views import LetterPage


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


def _with_letter(decision_id: uuid.UUID) -> LetterPage:
    with transaction() as session:
        page = queries.load_decision(session, current_actor(), decision_id, now=now())
    if not page.letter:
        raise NotFound("This decision has no letter.")
    return page
