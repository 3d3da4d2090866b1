"""Uploaded files, kept between preview and import so that exactly the previewed file is imported.

A file holds personal data. Only the member of staff who uploaded it can open it, for one hour; then
it is deleted.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.appointments.imports.model import ImportUpload
from engage.core.errors import Forbidden, Invalid, NotFound

KEPT_FOR = timedelta(hours=1)
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """An uploaded file."""

    id: uuid.UUID
    hub_id: uuid.UUID
    name: str
    content: bytes
    report: dict[str, Any] | None


def store(
    session: Session, actor: Actor, *, hub_id: uuid.UUID, name: str, content: bytes, now: datetime
) -> uuid.UUID:
    """Store a file for an hour and return its id. Expired files are deleted at the same time.

    Raises Invalid for a file that is empty or larger than 4 MB, Forbidden for a hub that is not the
    actor's.
    """
    if hub_id not in actor.hubs() or actor.id is None:
        raise Forbidden("You cannot import appointments into this hub.")
    if not content.strip():
        raise Invalid(fields={"file": "The file is empty. Choose another one."})
    if len(content) > LARGEST:
        raise Invalid(
            fields={
                "file": (
                    f"The file is larger than {LARGEST // (1024 * 1024)} MB. "
                    "Split it into smaller files."
                )
            }
        )
    delete_expired(session, now=now)
    upload = ImportUpload(
        hub_id=hub_id,
        staff_id=actor.id,
        name=_printable_name(name),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(upload)
    session.flush()
    return upload.id


def open_own(session: Session, actor: Actor, upload_id: uuid.UUID, *, now: datetime) -> Upload:
    """A file that the actor uploaded within the last hour. Raises NotFound for any other."""
    found = session.scalars(
        select(ImportUpload).where(
            ImportUpload.id == upload_id,
            ImportUpload.staff_id == actor.id,
            ImportUpload.expires_at > now,
        )
    ).one_or_none()
    if found is None or found.hub_id not in actor.hubs():
        raise NotFound("This file is no longer stored. Upload it again.")
    return Upload(found.id, found.hub_id, found.name, found.content, found.report)


def store_report(
    session: Session, upload_id: uuid.UUID, *, report: dict[str, Any], now: datetime
) -> None:
    """Store the report of a file's import. The first report stays: importing again changes
    nothing.
    """
    session.execute(
        update(ImportUpload)
        .where(ImportUpload.id == upload_id, ImportUpload.imported_at.is_(None))
        .values(imported_at=now, report=report)
    )


def delete_expired(session: Session, *, now: datetime) -> int:
    """Delete the files whose hour has passed. Returns how many."""
    deleted = session.execute(
        delete(ImportUpload).where(ImportUpload.expires_at <= now).returning(ImportUpload.id)
    )
    return len(deleted.all())


def _printable_name(given: str) -> str:
    name = "".join(character for character in given if character.isprintable()).strip()
    return name[:120] or "appointments.csv"
