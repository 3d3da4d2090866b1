"""Files that a worker has uploaded and looked at, kept between the preview and the commit so that
exactly that file goes in.

Only whoever uploaded a file can open it, for an hour; it holds personal data and is forgotten after
that.
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
    """A file as its owner may use it."""

    id: uuid.UUID
    hub_id: uuid.UUID
    name: str
    content: bytes
    report: dict[str, Any] | None


def keep(
    session: Session, actor: Actor, *, hub_id: uuid.UUID, name: str, content: bytes, now: datetime
) -> uuid.UUID:
    """Keep a file for an hour and return its id. Raises Invalid for one that is empty or larger
    than 4 MB, Forbidden for another's hub.

    Files whose hour has passed are forgotten on the way.
    """
    if hub_id not in actor.hubs() or actor.id is None:
        raise Forbidden("You may not import for this hub.")
    if not content.strip():
        raise Invalid(fields={"file": "The file is empty."})
    if len(content) > LARGEST:
        raise Invalid(
            fields={"file": f"The file is larger than {LARGEST // (1024 * 1024)} MB. Split it."}
        )
    forget_old(session, now=now)
    upload = ImportUpload(
        hub_id=hub_id,
        staff_id=actor.id,
        name=_plain_name(name),
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_at=now,
        expires_at=now + KEPT_FOR,
    )
    session.add(upload)
    session.flush()
    return upload.id


def open_own(session: Session, actor: Actor, upload_id: uuid.UUID, *, now: datetime) -> Upload:
    """A file that the actor has uploaded in the last hour. Raises NotFound for any other."""
    found = session.scalars(
        select(ImportUpload).where(
            ImportUpload.id == upload_id,
            ImportUpload.staff_id == actor.id,
            ImportUpload.expires_at > now,
        )
    ).one_or_none()
    if found is None or found.hub_id not in actor.hubs():
        raise NotFound("This file is no longer kept. Upload it again.")
    return Upload(found.id, found.hub_id, found.name, found.content, found.report)


def imported(
    session: Session, upload_id: uuid.UUID, *, report: dict[str, Any], now: datetime
) -> None:
    """Remember what the import of a file did. The first report stays: importing again changes
    nothing.
    """
    session.execute(
        update(ImportUpload)
        .where(ImportUpload.id == upload_id, ImportUpload.imported_at.is_(None))
        .values(imported_at=now, report=report)
    )


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete the files whose hour has passed; returns how many."""
    gone = session.execute(
        delete(ImportUpload).where(ImportUpload.expires_at <= now).returning(ImportUpload.id)
    )
    return len(gone.all())


def _plain_name(given: str) -> str:
    name = "".join(character for character in given if character.isprintable()).strip()
    return name[:120] or "appointments.csv"
