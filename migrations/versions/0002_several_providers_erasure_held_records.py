"""Several providers, erasure of words, records held for a case.

Revision 0002, after 0001.

No text is in the queue of anybody yet when this runs, so its indexes are built where they stand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    op.add_column(
        "inbound",
        sa.Column(
            "provider", sa.String(length=20), server_default=sa.text("'twilio'"), nullable=False
        ),
    )
    op.add_column("message", sa.Column("fallback", sa.String(length=20), nullable=True))
    op.add_column("message", sa.Column("fallback_after", sa.Interval(), nullable=True))
    op.create_check_constraint(
        op.f("ck_message_fallback"), "message", "(fallback IS NULL) = (fallback_after IS NULL)"
    )
    op.add_column(
        "message",
        sa.Column("redact", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("message", sa.Column("redact_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "message",
        sa.Column("redact_tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.execute("UPDATE message SET provider = 'twilio' WHERE provider IS NULL")
    op.alter_column(
        "message",
        "provider",
        existing_type=sa.VARCHAR(length=20),
        server_default=sa.text("'twilio'"),
        nullable=False,
    )
    op.drop_index(
        op.f("ix_message_claim"),
        table_name="message",
        postgresql_where="((status)::text = 'queued'::text)",
    )
    op.create_index(
        "ix_message_claim",
        "message",
        ["provider", "lane", "send_after", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index(
        "ix_message_bad_end",
        "message",
        ["ended_at"],
        unique=False,
        postgresql_where=sa.text(
            "status IN ('undelivered', 'failed', 'refused', 'withheld', 'expired')"
        ),
    )
    op.create_index(
        "ix_message_redact",
        "message",
        ["redact_at"],
        unique=False,
        postgresql_where=sa.text("redact AND redacted_at IS NULL AND provider_sid IS NOT NULL"),
    )
    op.add_column(
        "person", sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "receipt",
        sa.Column(
            "provider", sa.String(length=20), server_default=sa.text("'twilio'"), nullable=False
        ),
    )


def downgrade() -> None:
    op.drop_column("receipt", "provider")
    op.drop_column("person", "held")
    op.drop_index(
        "ix_message_redact",
        table_name="message",
        postgresql_where=sa.text("redact AND redacted_at IS NULL AND provider_sid IS NOT NULL"),
    )
    op.drop_index(
        "ix_message_bad_end",
        table_name="message",
        postgresql_where=sa.text(
            "status IN ('undelivered', 'failed', 'refused', 'withheld', 'expired')"
        ),
    )
    op.drop_index(
        "ix_message_claim", table_name="message", postgresql_where=sa.text("status = 'queued'")
    )
    op.create_index(
        op.f("ix_message_claim"),
        "message",
        ["lane", "send_after", "id"],
        unique=False,
        postgresql_where="((status)::text = 'queued'::text)",
    )
    op.alter_column(
        "message",
        "provider",
        existing_type=sa.VARCHAR(length=20),
        server_default=None,
        nullable=True,
    )
    op.drop_column("message", "redact_tries")
    op.drop_column("message", "redact_at")
    op.drop_column("message", "redact")
    op.drop_constraint(op.f("ck_message_fallback"), "message")
    op.drop_column("message", "fallback_after")
    op.drop_column("message", "fallback")
    op.drop_column("inbound", "provider")
    op.drop_table("provider")
