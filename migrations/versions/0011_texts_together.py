"""Add texts that are read together, retracted, or too many to read.

Revision 0011, after 0010.

Every added column is empty or has a constant default, so no table is rewritten. The indexes are
built concurrently, so that no other work waits. If one is left half built, drop it and run this
again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reading",
        sa.Column(
            "read_with", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    op.add_column("reading", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "reading",
        sa.Column("passed_over", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_reading_heard",
            "reading",
            ["number", "at"],
            postgresql_where=sa.text("NOT passed_over"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_reading_passed_over",
            "reading",
            ["number"],
            postgresql_where=sa.text("passed_over AND needs_human AND read_at IS NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_reading_passed_over", table_name="reading", postgresql_concurrently=True)
        op.drop_index("ix_reading_heard", table_name="reading", postgresql_concurrently=True)
    for column in ("passed_over", "taken_back_at", "read_with"):
        op.drop_column("reading", column)
