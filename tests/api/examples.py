"""Examples in a document: requests and answers in fenced blocks, compared with the service.

    ```http
    POST /v1/people/<marcus>/rebooking
    {"allowed": true}

    200
    {"id": "<marcus>", "rebooking_allowed_at": "2027-03-20T09:00:00+00:00", …}
    ```

`…` stands for members or items that are not shown. `"<name>"` in an answer stands for any value;
the same name later stands for the same value, in requests too.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MORE = "…"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"<[a-z][a-z0-9 -]*>")
_STRING_OR_MORE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}…]')
_HEADER = re.compile(r"([A-Za-z-]+): (.*)")


@dataclass(frozen=True)
class Example:
    """A request and the answer that the document promises."""

    line: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: str | None
    status: int
    answer_headers: Mapping[str, str]
    answer: Any


@dataclass
class Names:
    """The values that names such as `<person>` stand for."""

    values: dict[str, Any] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """The text with every known name replaced. Raises KeyError for an unknown one."""
        return _NAME.sub(lambda found: str(self.values[found[0]]), text)

    def differences(self, shown: Any, real: Any, place: str = "") -> Iterator[str]:
        """Where a real answer differs from the one shown; new names take the real value."""
        if isinstance(shown, str) and _NAME.fullmatch(shown):
            if self.values.setdefault(shown, real) != real:
                yield f"{place}: {shown} is {self.values[shown]!r}, not {real!r}"
        elif isinstance(shown, dict) and isinstance(real, dict):
            yield from self._different_members(shown, real, place)
        elif isinstance(shown, list) and isinstance(real, list):
            yield from self._different_items(shown, real, place)
        elif shown != real or type(shown) is not type(real):
            yield f"{place}: {shown!r} is {real!r}"

    def _different_members(
        self, shown: Mapping[str, Any], real: Mapping[str, Any], place: str
    ) -> Iterator[str]:
        for name in shown:
            if name != MORE and name not in real:
                yield f"{place}/{name}: not in the answer"
            elif name != MORE:
                yield from self.differences(shown[name], real[name], f"{place}/{name}")
        if MORE not in shown:
            yield from (f"{place}/{name}: not shown" for name in real if name not in shown)

    def _different_items(self, shown: list[Any], real: list[Any], place: str) -> Iterator[str]:
        more = MORE in shown
        wanted = [item for item in shown if item != MORE]
        if len(wanted) > len(real) or (len(wanted) < len(real) and not more):
            yield f"{place}: {len(wanted)} items are {len(real)}"
        for index, (one, other) in enumerate(zip(wanted, real, strict=False)):
            yield from self.differences(one, other, f"{place}/{index}")


def blocks(document: str, language: str) -> Iterator[tuple[int, str]]:
    """The fenced blocks in a language, each with the line on which it starts."""
    for found in _BLOCK.finditer(document):
        if found[1] == language:
            yield document.count("\n", 0, found.start()) + 2, found[2]


def examples(document: str) -> Iterator[Example]:
    """The examples in the `http` blocks, in the order of the document."""
    for line, block in blocks(document, "http"):
        request, _, answer = block.partition("\n\n")
        start, headers, body = _message(request)
        method, path = start.split(" ", 1)
        status, answer_headers, shown = _message(answer)
        yield Example(
            line,
            method,
            path,
            headers,
            body or None,
            int(status),
            answer_headers,
            read_answer(shown),
        )


def _message(text: str) -> tuple[str, dict[str, str], str]:
    """The first line, the headers and the body of a request or an answer."""
    start, *rest = text.splitlines()
    headers = {}
    while rest and (header := _HEADER.fullmatch(rest[0])):
        headers[header[1]] = header[2]
        rest.pop(0)
    return start, headers, "\n".join(rest)


def read_answer(shown: str) -> Any:
    """The JSON of an answer, in which `…` may stand for more members or items; None for nothing."""
    if not shown.strip():
        return None
    opened: list[str] = []

    def mark(found: re.Match[str]) -> str:
        part = found[0]
        if part in "{[":
            opened.append(part)
        elif part in "}]":
            opened.pop()
        elif part == MORE:
            return f'"{MORE}": 0' if opened[-1] == "{" else f'"{MORE}"'
        return part

    return json.loads(_STRING_OR_MORE.sub(mark, shown))
