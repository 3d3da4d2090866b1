"""Erase texts to us at the provider.

Revision 0003, after 0002.

Adds columns with defaults and one index over rows that there are none of yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "inbound",
        sa.Column("redact", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("inbound", sa.Column("redact_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "inbound",
        sa.Column("redact_tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("inbound", sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_inbound_redact",
        "inbound",
        ["redact_at"],
        unique=False,
        postgresql_where=sa.text("redact AND redacted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_inbound_redact",
        table_name="inbound",
        postgresql_where=sa.text("redact AND redacted_at IS NULL"),
    )
    op.drop_column("inbound", "redacted_at")
    op.drop_column("inbound", "redact_tries")
    op.drop_column("inbound", "redact_at")
    op.drop_column("inbound", "redact")
