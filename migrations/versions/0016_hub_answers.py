"""Answers that a hub keeps to common questions.

Revision 0016, after 0015.

A new table. Nobody is sent anything from it until an administrator has written and approved an
answer.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TOPICS = [
    "directions",
    "parking",
    "bring",
    "child",
    "companion",
    "dog",
    "if_late",
    "cost",
    "fare",
    "on_record",
]
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "hub_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("topic", _closed_set("hubtopic", TOPICS), nullable=False),
        sa.Column("language", _closed_set("answerlanguage", ["en", "cy"]), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=160), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)",
            name=op.f("ck_hub_answer_approved_by_one"),
        ),
        sa.CheckConstraint("words <> ''", name=op.f("ck_hub_answer_has_words")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_answer_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_answer")),
    )
    op.create_index(
        "uq_hub_answer",
        "hub_answer",
        ["hub_id", "topic", "language", sa.text("lower(place)")],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("hub_answer")


def _closed_set(name: str, values: list[str]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
