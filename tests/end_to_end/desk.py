"""A member of staff at a desk: signed in, reading pages as words, and sending the forms on the
pages.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from tests.end_to_end.service import RunningService

DATE_PARTS = ("day", "month", "year")


@dataclass
class Form:
    """A form as on the page: where it goes, the name of every field, and its initial values."""

    action: str
    names: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Finds the forms that post."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            posts = (given.get("method") or "get").lower() == "post"
            self._open = Form(given.get("action") or "") if posts else None
            if self._open is not None:
                self.forms.append(self._open)
        if self._open is None:
            return
        name = given.get("name") or ""
        if tag in ("input", "select", "textarea", "button") and name:
            self._open.names.add(name)
        if (
            tag == "input"
            and name
            and given.get("type") not in ("radio", "checkbox", "submit", "file")
        ):
            self._open.values[name] = given.get("value") or ""
        elif tag == "input" and name and "checked" in given:
            self._open.values[name] = given.get("value") or "on"
        elif tag == "select":
            self._select = name
        elif (
            tag == "option"
            and self._select
            and ("selected" in given or self._select not in self._open.values)
        ):
            self._open.values[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self._open.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.values[self._area] += data


class Desk:
    """A member of staff in a browser without scripts."""

    def __init__(self, service: RunningService, email: str) -> None:
        self.service, self.email = service, email
        self._session = service.sign_in(email)

    def get(self, path: str) -> requests.Response:
        """A page, which must be there."""
        answer = self._session.get(f"{self.service.web}{path}", timeout=30)
        assert answer.ok, f"{self.email} {path}: {answer.status_code}"
        return answer

    def status(self, path: str) -> int:
        """The status of a page."""
        return self._session.get(f"{self.service.web}{path}", timeout=30).status_code

    def read(self, path: str) -> str:
        """A page as its words."""
        return words(self.get(path).text)

    def link(self, path: str, pattern: str) -> str:
        """The first address on a page that matches a pattern."""
        page = self.get(path).text
        found = re.search(rf'(?:href|action)="({pattern})"', page)
        assert found, f"no {pattern} on {path}: {words(page)[:3000]}"
        return unescape(found.group(1))

    def send(self, path: str, to: str = "", **fields: Any) -> requests.Response:
        """Open a page, fill in its form (the one with these fields and an address matching `to`),
        send it, and follow.

        A date fills the three boxes of a date; True ticks a box.
        """
        opened, typed = self.get(path), _typed(fields)
        parser = _Forms()
        parser.feed(opened.text)
        fitting = [form for form in parser.forms if set(typed) <= form.names and to in form.action]
        assert fitting, (
            f"{path} has no form with {sorted(typed)}: {[form.names for form in parser.forms]}"
        )
        form = fitting[0]
        address = urljoin(opened.url, form.action) if form.action else opened.url
        answer = self._session.post(address, data={**form.values, **typed}, timeout=30)
        problems = re.findall(r"error-summary.*?</ul>", answer.text, re.DOTALL)
        assert answer.ok and not problems, (
            f"{path}: {answer.status_code} {words(' '.join(problems))}"
        )
        return answer

    def fill(self, path: str, to: str = "", **fields: Any) -> str:
        """As `send`; returns the words of the next page."""
        return words(self.send(path, to, **fields).text)

    def landed(self, path: str, to: str = "", **fields: Any) -> str:
        """As `send`; returns the path of the next page."""
        return urlsplit(self.send(path, to, **fields).url).path


def words(page: str) -> str:
    """The words of a page without tags and with single spaces."""
    main = page.partition("<main")[2].partition("</main>")[0] or page
    bare = re.sub(r"<(script|style).*?</\1>", " ", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", bare)).split())


def _typed(fields: dict[str, Any]) -> dict[str, str]:
    typed: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, date):
            typed |= {
                f"{name}-{part}": str(number)
                for part, number in zip(
                    DATE_PARTS, (value.day, value.month, value.year), strict=True
                )
            }
        elif value is True:
            typed[name] = "y"
        else:
            typed[name] = str(value)
    return typed
