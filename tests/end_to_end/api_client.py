"""The JSON API of a running service, called with a key that has every scope."""

from typing import Any

import requests

SCOPES = (
    "people:read",
    "people:write",
    "appointments:read",
    "appointments:write",
    "messages:read",
    "messages:write",
    "signals:read",
    "signals:write",
    "events:read",
    "progress:read",
    "progress:write",
    "health:read",
    "case:read",
    "case:write",
    "compliance:read",
    "packs:read",
    "tests:read",
    "tests:write",
    "cohort:read",
)


class Api:
    """The JSON interface, with a key that has every scope."""

    def __init__(self, address: str, key: str) -> None:
        self._address, self._session = address, requests.Session()
        self._session.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at a path."""
        answer = self._session.get(f"{self._address}/v1{path}", params=query, timeout=30)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def all(self, path: str, **query: Any) -> list[Any]:
        """Every item of a list, page by page."""
        items, cursor = [], None
        while True:
            page = self.get(path, **query, **({"after": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next"]
            if not cursor:
                return items

    def post(
        self, path: str, body: dict[str, Any] | None = None, *, status: int | None = None
    ) -> Any:
        """Post and return the answer. `status` is asserted if given, else any 2xx."""
        answer = self._session.post(f"{self._address}/v1{path}", json=body or {}, timeout=30)
        good = answer.status_code == status if status else answer.ok
        assert good, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """Change and return the answer."""
        answer = self._session.patch(f"{self._address}/v1{path}", json=body, timeout=30)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()
