"""A form as a page: the same page for every form.

What shows more than a form beside it extends `shared/form.html` and is named as `template`.
"""

from typing import Any, NamedTuple

from flask import render_template

from api.pages.forms import PageForm


class BackLink(NamedTuple):
    """Where the link at the top of a page leads, and its words."""

    href: str
    words: str


def form_page(
    form: PageForm,
    *,
    back: BackLink | None = None,
    name: str = "",
    about: str = "",
    title: str = "",
    lead: str = "",
    inset: str = "",
    warning: str = "",
    button: str = "",
    button_name: str = "",
    action: str = "",
    template: str = "shared/form.html",
    **more: Any,
) -> str:
    """The page of `form`.

    `name` is whose form it is: it stands above the title and in the document's title. `about`
    stands above the title after it. `title`, `lead` and `button` replace those of the form. `inset`
    and `warning` stand between the lead and the fields. `button_name` is sent with the button.
    `action` is where the form goes, if not to its own address.
    """
    return render_template(
        template,
        form=form,
        back=back,
        name=name,
        caption=", ".join(one for one in (name, about) if one),
        title=title or form.TITLE,
        lead=lead or form.LEAD,
        inset=inset,
        warning=warning,
        button=button or form.BUTTON,
        button_name=button_name,
        action=action,
        **more,
    )
