"""Addresses that pages had before they were renamed. Each leads permanently to the new one, so that
bookmarks and links in other systems keep working.
"""

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow
from api.pages.blueprint import pages

MOVED = {
    "/people": "pages.caseload",
    "/people/<uuid:person_id>/case": "pages.status",
    "/people/<uuid:person_id>/tests": "pages.drug_tests",
    "/people/<uuid:person_id>/tests/new": "pages.add_drug_test",
    "/tests/<uuid:test_id>/correct": "pages.correct_drug_test",
    "/people/<uuid:person_id>/appointments": "pages.shared_appointments",
    "/people/<uuid:person_id>/access": "pages.record_access",
    "/people/<uuid:person_id>/compliance/pack": "pages.new_evidence_pack",
    "/packs/<uuid:pack_id>.pdf": "pages.evidence_pack_pdf",
    "/packs/<uuid:pack_id>.json": "pages.evidence_pack_json",
    "/people/<uuid:person_id>/log": "pages.conversation_log",
    "/people/<uuid:person_id>/log.csv": "pages.conversation_log_file",
    "/people/<uuid:person_id>/number/<any(change, verify, suspend, shared):what>": (
        "pages.phone_number"
    ),
    "/open-record": "pages.emergency",
}


def _to(endpoint: str) -> Callable[..., ResponseReturnValue]:
    def moved(**values: Any) -> ResponseReturnValue:
        query = request.query_string.decode("ascii", "replace")
        return redirect(url_for(endpoint, **values) + (f"?{query}" if query else ""), 301)

    return moved


for _address, _endpoint in MOVED.items():
    _name = _endpoint.removeprefix("pages.")
    pages.add_url_rule(_address, f"moved_{_name}", allow(STAFF)(_to(_endpoint)), methods=["GET"])
