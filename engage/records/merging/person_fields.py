"""What the kept record takes over from the fields of the other: gaps are filled, and the stricter
of two protections counts. Each change is recorded as before and after, so it can be undone.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from engage.people.contactability import withdraw_all
from engage.people.model import ContactStatus, CustodyStatus, LegalStatus, Person

_FILLED = ("preferred_name", "date_of_birth", "nomis_id")
_STOP_TEXTS = {
    "restricted",
    "restricted_texts_allowed",
    "texts_paused_at",
    "custody_status",
    "contact_status",
}

Changes = dict[str, list[Any]]
"""The fields that changed, each with its value before and after, as JSON holds them."""


def merge_fields(session: Session, kept: Person, gone: Person, now: datetime) -> dict[str, Changes]:
    """Complete the kept record from the other, and close the other. Returns the changes of each.

    Texts that wait are withdrawn if a stricter value of the other record stops texts.
    """
    changes = {
        "kept": _set(kept, {**_gaps(kept, gone), **_stricter(kept, gone)}),
        "gone": _set(gone, {"contact_status": ContactStatus.CLOSED}),
    }
    session.flush()
    if _STOP_TEXTS & changes["kept"].keys():
        withdraw_all(session, kept, "What the other record says of them counts", now)
    return changes


def restore_fields(person: Person, changes: Mapping[str, list[Any]]) -> None:
    """Undo each change, unless the field has changed again since."""
    for name, (before, after) in changes.items():
        if _as_json(getattr(person, name)) == after:
            setattr(person, name, _from_json(name, before))


def _gaps(kept: Person, gone: Person) -> dict[str, Any]:
    wanted = {
        name: getattr(gone, name)
        for name in _FILLED
        if getattr(kept, name) is None and getattr(gone, name)
    }
    if LegalStatus.STATUTORY in (kept.legal_status, gone.legal_status):
        wanted["legal_status"] = LegalStatus.STATUTORY
    elif kept.legal_status is LegalStatus.UNKNOWN:
        wanted["legal_status"] = gone.legal_status
    return wanted


def _stricter(kept: Person, gone: Person) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        name: True
        for name in ("restricted", "legal_hold")
        if getattr(gone, name) and not getattr(kept, name)
    }
    if gone.texts_paused_at is not None and kept.texts_paused_at is None:
        wanted["texts_paused_at"] = gone.texts_paused_at
        wanted["texts_paused_why"] = gone.texts_paused_why
    if gone.restricted and not gone.restricted_texts_allowed:
        wanted["restricted_texts_allowed"] = False
    in_community = CustodyStatus.COMMUNITY
    if kept.custody_status is in_community and gone.custody_status is not in_community:
        wanted["custody_status"] = gone.custody_status
    if gone.contact_status is ContactStatus.DEAD or (
        gone.contact_status is ContactStatus.SUSPENDED and kept.contact_status is ContactStatus.OPEN
    ):
        wanted["contact_status"] = gone.contact_status
    return wanted


def _set(person: Person, wanted: Mapping[str, Any]) -> Changes:
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    changes = {
        name: [_as_json(getattr(person, name)), _as_json(value)] for name, value in changed.items()
    }
    for name, value in changed.items():
        setattr(person, name, value)
    return changes


def _as_json(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _from_json(name: str, value: Any) -> Any:
    """The value as the column holds it."""
    kind = Person.__table__.c[name].type.python_type
    if value is None or not issubclass(kind, (StrEnum, date)):
        return value
    return kind.fromisoformat(value) if issubclass(kind, date) else kind(value)
