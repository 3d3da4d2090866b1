"""The forms of the legal pages: one look for all of them, the person's name above and the way back
to their legal page.

Nothing here asks the database.
"""

import uuid
from collections.abc import Mapping

from flask import render_template, url_for

from api.pages.forms import PageForm
from engage.people.model import Person


def legal_page(person_id: uuid.UUID) -> str:
    """The address of a person's legal page."""
    return url_for("pages.legal", person_id=person_id)


def form_page(
    form: PageForm,
    person: Person,
    title: str,
    *,
    button: str = "Save",
    name: str | None = None,
    lead: str = "",
    hints: Mapping[str, str] | None = None,
) -> str:
    """A form as a page. `lead` is said above it, `hints` beside fields, by their names; `name` is
    sent with the button.
    """
    return render_template(
        "legal/legal_form.html",
        form=form,
        person=person,
        heading=title,
        button=button,
        name=name,
        lead=lead,
        hints=hints or {},
        back_to=legal_page(person.id),
    )
