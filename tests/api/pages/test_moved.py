"""Old addresses of renamed pages still work."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from api.pages.moved import MOVED
from engage.agencies.model import Staff
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]
ID = uuid.UUID(int=5)


@pytest.mark.parametrize("address", MOVED)
def test_an_old_address_redirects_permanently_to_the_new_one(
    address: str, app: Flask, house: House, sit_down: SitDown
) -> None:
    """With its ids and query."""
    rules = {rule.rule: rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    values = {name: "change" if name == "what" else ID for name in rules[address].arguments}
    adapter = app.url_map.bind("localhost")
    old = adapter.build(rules[address].endpoint, values)
    answer = sit_down(house.pat).client.get(f"{old}?q=a%20b&after=1")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{adapter.build(MOVED[address], values)}?q=a%20b&after=1"
    assert answer.headers["Location"] != f"{old}?q=a%20b&after=1"


def test_an_old_address_asks_for_sign_in(app: Flask) -> None:
    """As the new one does."""
    assert "/sign-in" in app.test_client().get("/people").headers["Location"]
