"""The pages of the legal forms: with the person's name above them, leading back to the legal page.

Nothing here asks the database.
"""

import uuid
from typing import Any

from flask import url_for

from api.pages.form_page import BackLink, form_page
from api.pages.forms import PageForm
from engage.people.model import Person


def legal_page(person_id: uuid.UUID) -> str:
    """The address of a person's legal page."""
    return url_for("pages.legal", person_id=person_id)


def legal_form(form: PageForm, person: Person, **words: Any) -> str:
    """A form about a person's orders, custody or offences as a page."""
    back = BackLink(legal_page(person.id), "Legal")
    return form_page(form, back=back, name=person.name, **words)
