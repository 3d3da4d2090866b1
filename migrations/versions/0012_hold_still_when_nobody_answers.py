"""Senders hold still when the provider answers nobody.

Revision 0012, after 0011.

One row per sender of ours, and the default is constant, so nothing is rewritten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sender",
        sa.Column("unanswered", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("sender", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sender", sa.Column("trial", sa.Uuid(), nullable=True))


def downgrade() -> None:
    for column in ("trial", "held_until", "unanswered"):
        op.drop_column("sender", column)
