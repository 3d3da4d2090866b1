"""Table of uploaded files, kept between preview and import."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.agencies.model import Hub, Staff
from engage.core.db import Base, new_id


class ImportUpload(Base):
    """One uploaded file. `report` is the report of its import, once it has been imported."""

    __tablename__ = "import_upload"
    __table_args__ = (
        CheckConstraint("(imported_at IS NULL) = (report IS NULL)", name="imported"),
        Index("ix_import_upload_expires_at", "expires_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None]
