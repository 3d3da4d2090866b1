"""A browser without scripts: it opens pages, fills in their forms and follows redirects."""

from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "a password of sixteen"


class Form:
    """A form of a page with the values of its fields."""

    def __init__(self, action: str, method: str) -> None:
        self.action = action
        self.method = method
        self.fields: dict[str, str] = {}


class _Forms(HTMLParser):
    """Collects the forms of a page as a browser would send them untouched."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        has = dict(attributes).__contains__
        if tag == "form":
            self._form = Form(given.get("action") or self.address, given.get("method", "get"))
            self.found.append(self._form)
        if self._form is None:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        if (
            tag == "input"
            and name
            and (kind not in ("radio", "checkbox", "file") or has("checked"))
        ):
            self._form.fields[name] = given.get("value", "")
        elif tag == "select":
            self._select = name
        elif (
            tag == "option"
            and self._select
            and (has("selected") or self._select not in self._form.fields)
        ):
            self._form.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            self._form.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._textarea:
            self._form.fields[self._textarea] += data.removeprefix("\n")
        self.words.append(data)


class Page:
    """A response: its status, its words without markup, and its forms."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.address = response.request.full_path.rstrip("?") if response.request else ""
        self.html = response.get_data(as_text=True)
        reader = _Forms(self.address)
        reader.feed(self.html)
        self.forms = reader.found
        self.words = " ".join(unescape(" ".join(reader.words)).split())

    def form(self, action: str = "", field: str = "") -> Form:
        """The first form whose address ends in `action` and which has `field`."""
        for form in self.forms:
            if urlsplit(form.action).path.endswith(action) and (not field or field in form.fields):
                return form
        raise AssertionError(
            f"no form {action!r} with {field!r} on {self.address}: {self.words[:400]}"
        )


class Visitor:
    """One worker's browser."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def open(self, address: str) -> Page:
        """Open a page, after any redirects."""
        return Page(self.client.get(address, follow_redirects=True))

    def send(self, form: Form, follow: bool = True, **filled: str) -> Page:
        """Send a form with some fields filled in (`date_day` is `date-day`)."""
        values = dict(form.fields)
        for name, value in filled.items():
            values[
                name.replace("_day", "-day").replace("_month", "-month").replace("_year", "-year")
            ] = value
        return self.post(form.action, values, follow=follow)

    def post(self, address: str, values: Mapping[str, str], *, follow: bool = True) -> Page:
        """Post values as they are."""
        return Page(self.client.post(address, data=dict(values), follow_redirects=follow))

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        """Sign in by the form."""
        return self.send(self.open("/sign-in").form("/sign-in"), email=email, password=password)

    def token(self) -> str:
        """The CSRF token of this browser."""
        return self.open("/today").form("/sign-out").fields["csrf_token"]
