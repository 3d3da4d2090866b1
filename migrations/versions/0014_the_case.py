"""Add the case: orders, plan, progress, compliance, enrolment and sharing.

Revision 0014, after 0013.

New tables, empty columns and more kinds of signal. A downgrade leaves signals of those kinds in
place.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.types import TransactionId

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = [
    "crisis",
    "harm_to_others",
    "unsafe_phone",
    "feeling_low",
    "barrier",
    "late_pattern",
    "claim_disputed",
    "housing_loss",
    "work_loss",
    "lapse_told",
    "cannot_attend",
    "call_requested",
    "no_show",
    "evidence_due",
    "number_shared",
    "wrong_number",
    "opted_out",
    "number_dead",
    "no_reply",
    "reply_unread",
]
NEW_KINDS = [
    "second_failure",
    "must_refer",
    "lost_contact",
    "test_missed",
    "test_positive",
    "release_soon",
    "court_review_soon",
    "action_overdue",
    "review_due",
    "green_three_months",
    "milestone",
    "re_referral_due",
    "record_opened",
    "ground_gone",
]


def upgrade() -> None:
    _allow_kinds([*KINDS, *NEW_KINDS])
    op.create_table(
        "nightly_sweep",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "people >= 0 AND raised >= 0 AND resolved >= 0", name=op.f("ck_nightly_sweep_counts")
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_nightly_sweep")),
    )
    op.create_table(
        "seal_cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("transaction", TransactionId(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_cursor")),
    )
    op.create_table(
        "hub_settings_spell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_settings_spell_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_settings_spell")),
    )
    op.create_index(
        "ix_hub_settings_spell_hub", "hub_settings_spell", ["hub_id", "since"], unique=False
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("chair", sa.String(length=80), nullable=False),
        sa.Column("minutes", sa.String(length=10000), nullable=False),
        sa.Column("called_by", sa.String(length=80), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_meeting_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("hub_id", "held_on", name=op.f("uq_meeting_hub_id_held_on")),
    )
    op.create_table(
        "sharing_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("lawful_basis", sa.String(length=200), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_sharing_agreement_ends_later")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_sharing_agreement_agency_id")
        ),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_sharing_agreement_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_agreement")),
    )
    op.create_index(
        "ix_sharing_agreement_hub",
        "sharing_agreement",
        ["hub_id", "agency_id", "ends_on"],
        unique=False,
    )
    op.create_table(
        "meeting_attendance",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("names", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_meeting_attendance_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_attendance_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "agency_id", name=op.f("pk_meeting_attendance")),
    )
    op.create_table(
        "action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "pathway",
            sa.Enum(
                "accommodation",
                "education_training_employment",
                "health",
                "drugs_and_alcohol",
                "finance_benefit_debt",
                "children_and_families",
                "attitudes_thinking_behaviour",
                name="pathway",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "action_class",
            sa.Enum(
                "support",
                "intervene",
                "disrupt",
                name="actionclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("responsible", sa.String(length=80), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("exit_plan", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "live",
                "done",
                "withdrawn",
                name="actionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=160), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("not_texted", sa.String(length=300), nullable=True),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "approval",
            sa.Enum(
                "single",
                "standing",
                name="approval",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state IN ('live', 'done')) <= (approved_at IS NOT NULL)",
            name=op.f("ck_action_approved"),
        ),
        sa.CheckConstraint(
            "action_class <> 'disrupt' OR text IS NULL", name=op.f("ck_action_never_texted")
        ),
        sa.CheckConstraint(
            "(approval IS NULL) = (approved_at IS NULL)", name=op.f("ck_action_approved_how")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_action_agency_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_action_message_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_action_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["staff.id"], name=op.f("fk_action_responsible_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index("ix_action_agency", "action", ["agency_id", "state", "due_on"], unique=False)
    op.create_index(
        "ix_action_due",
        "action",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_index("ix_action_person", "action", ["person_id", "state", "due_on"], unique=False)
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_break_glass_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_break_glass_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
    )
    op.create_index(
        "ix_break_glass_staff", "break_glass", ["staff_id", "person_id", "ends_at"], unique=False
    )
    op.create_table(
        "court_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "community_order",
                "suspended_sentence_order",
                "licence",
                name="orderkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("court", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "completed",
                "expired",
                "revoked",
                "recalled",
                "died",
                name="orderending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ending IS NULL)", name=op.f("ck_court_order_ended")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_court_order_ends_later")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_court_order_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_order")),
    )
    op.create_index(
        "ix_court_order_person", "court_order", ["person_id", "starts_on"], unique=False
    )
    op.create_index(
        "ix_court_order_running",
        "court_order",
        ["ends_on"],
        unique=False,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "custody_spell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "custody",
                "remand",
                name="custodykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("prison", sa.String(length=80), nullable=False),
        sa.Column("sentence_days", sa.Integer(), nullable=True),
        sa.Column("release_on", sa.Date(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("released_on >= since", name=op.f("ck_custody_spell_released_later")),
        sa.CheckConstraint("sentence_days > 0", name=op.f("ck_custody_spell_sentence_days")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_custody_spell_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_spell")),
    )
    op.create_index(
        "ix_custody_spell_person", "custody_spell", ["person_id", "since"], unique=False
    )
    op.create_index(
        "ix_custody_spell_release",
        "custody_spell",
        ["release_on"],
        unique=False,
        postgresql_where=sa.text("released_on IS NULL"),
    )
    op.create_index(
        "uq_custody_spell_open",
        "custody_spell",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("released_on IS NULL"),
    )
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("lawful_basis", sa.String(length=200), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_disclosure_agency_id")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["sharing_agreement.id"], name=op.f("fk_disclosure_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_disclosure_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index("ix_disclosure_person", "disclosure", ["person_id", "at"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column(
            "cohort",
            sa.Enum(
                "fixed",
                "flex",
                "free",
                name="cohort",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lead_agency_id", sa.Uuid(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "exit_reason",
            sa.Enum(
                "green",
                "long_custody",
                "moved_away",
                "died",
                "hub_closed",
                "other",
                name="exitreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("exit_note", sa.String(length=500), nullable=False),
        sa.Column("voluntary_since", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (exit_reason IS NULL)", name=op.f("ck_enrolment_ended")
        ),
        sa.CheckConstraint("ended_on >= adopted_on", name=op.f("ck_enrolment_ended_later")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_enrolment_hub_id")),
        sa.ForeignKeyConstraint(
            ["lead_agency_id"], ["agency.id"], name=op.f("fk_enrolment_lead_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_index(
        "ix_enrolment_hub",
        "enrolment",
        ["hub_id", "cohort"],
        unique=False,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index("ix_enrolment_person", "enrolment", ["person_id", "adopted_on"], unique=False)
    op.create_index(
        "uq_enrolment_open",
        "enrolment",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "evidence_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_evidence_pack_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_pack")),
    )
    op.create_index(
        "ix_evidence_pack_person", "evidence_pack", ["person_id", "made_at"], unique=False
    )
    op.create_table(
        "intelligence_flag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("flagged_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_intelligence_flag_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intelligence_flag")),
    )
    op.create_index(
        "ix_intelligence_flag_person",
        "intelligence_flag",
        ["person_id", "flagged_on"],
        unique=False,
    )
    op.create_index(
        "uq_intelligence_flag_current",
        "intelligence_flag",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "offence_free",
                "attended",
                "negative_tests",
                "housed",
                "course_started",
                "course_finished",
                "groups",
                "order_completed",
                "stayed_on",
                name="milestonekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("praise_id", sa.Uuid(), nullable=True),
        sa.Column("not_praised", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_milestone_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["praise_id"], ["message.id"], name=op.f("fk_milestone_praise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "step",
            "counted_from",
            name=op.f("uq_milestone_person_id_kind_step_counted_from"),
        ),
    )
    op.create_index("ix_milestone_person", "milestone", ["person_id", "reached_on"], unique=False)
    op.create_table(
        "need_score",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "pathway",
            sa.Enum(
                "accommodation",
                "education_training_employment",
                "health",
                "drugs_and_alcohol",
                "finance_benefit_debt",
                "children_and_families",
                "attitudes_thinking_behaviour",
                name="pathway",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("scored_by", sa.String(length=80), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 3", name=op.f("ck_need_score_score")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_need_score_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_score")),
    )
    op.create_index(
        "ix_need_score_person", "need_score", ["person_id", "pathway", "scored_at"], unique=False
    )
    op.create_table(
        "offence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "arrest",
                "charge",
                "conviction",
                name="offencekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("acquisitive", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_offence_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence")),
    )
    op.create_index("ix_offence_person", "offence", ["person_id", "happened_on"], unique=False)
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("merged_by", sa.String(length=80), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("kept_id <> gone_id", name=op.f("ck_person_merge_two_records")),
        sa.ForeignKeyConstraint(["gone_id"], ["person.id"], name=op.f("fk_person_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
    )
    op.create_index("ix_person_merge_kept", "person_merge", ["kept_id"], unique=False)
    op.create_index(
        "uq_person_merge_gone",
        "person_merge",
        ["gone_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("crn", sa.String(length=7), nullable=True),
        sa.Column("first_name", sa.String(length=40), nullable=False),
        sa.Column("last_name", sa.String(length=60), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("at_arrest", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.String(length=1000), nullable=False),
        sa.Column("offending", sa.String(length=2000), nullable=False),
        sa.Column("needs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("risks", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "adopted",
                "declined",
                "withdrawn",
                "duplicate",
                name="referralstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("referred_by", sa.String(length=80), nullable=False),
        sa.Column("referred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ended_why", sa.String(length=500), nullable=False),
        sa.CheckConstraint("crn ~ '^[A-Z][0-9]{6}$'", name=op.f("ck_referral_crn_form")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_referral_agency_id")),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["referral.id"], name=op.f("fk_referral_duplicate_of_id")
        ),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_referral_hub_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_referral_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index(op.f("ix_referral_agency_id"), "referral", ["agency_id"], unique=False)
    op.create_index("ix_referral_crn", "referral", ["crn"], unique=False)
    op.create_index("ix_referral_person", "referral", ["person_id"], unique=False)
    op.create_index(
        "ix_referral_waiting",
        "referral",
        ["hub_id", "referred_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "standing_approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "action_class",
            sa.Enum(
                "support",
                "intervene",
                "disrupt",
                name="actionclass",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("given_by", sa.String(length=80), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "action_class <> 'disrupt'", name=op.f("ck_standing_approval_no_disruption")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_standing_approval_agency_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_standing_approval_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_approval")),
    )
    op.create_index(
        "ix_standing_approval_person",
        "standing_approval",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["staff.id"], name=op.f("fk_transfer_from_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_transfer_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_transfer_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_id"], ["staff.id"], name=op.f("fk_transfer_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index("ix_transfer_person", "transfer", ["person_id", "at"], unique=False)
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "group",
                "course",
                "work",
                "treatment",
                name="activitykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "finished",
                "left",
                "lost",
                name="activityending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "self_reported",
                "verified",
                "disputed",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by", sa.String(length=80), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_note", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(ended_on IS NULL) = (ending IS NULL)", name=op.f("ck_activity_ended")),
        sa.CheckConstraint("ended_on >= started_on", name=op.f("ck_activity_ended_later")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_activity_agency_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["self_report.id"],
            name=op.f("fk_activity_report_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(
        "ix_activity_person", "activity", ["person_id", "kind", "started_on"], unique=False
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(referral_id IS NOT NULL) OR (person_id IS NOT NULL)",
            name=op.f("ck_agenda_item_of_somebody"),
        ),
        sa.CheckConstraint(
            "(referral_id IS NULL) OR (person_id IS NULL)", name=op.f("ck_agenda_item_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_agenda_item_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_agenda_item_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_agenda_item_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint(
            "meeting_id", "person_id", name=op.f("uq_agenda_item_meeting_id_person_id")
        ),
        sa.UniqueConstraint(
            "meeting_id", "referral_id", name=op.f("uq_agenda_item_meeting_id_referral_id")
        ),
    )
    op.create_index("ix_agenda_item_person", "agenda_item", ["person_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("offences_a_year", sa.Integer(), nullable=True),
        sa.Column("nature", sa.String(length=500), nullable=False),
        sa.Column("cost_pence", sa.Integer(), nullable=True),
        sa.Column("local_priorities", sa.String(length=500), nullable=False),
        sa.Column(
            "harm_to_others",
            sa.Enum(
                "low",
                "medium",
                "high",
                "very_high",
                name="harm_to_others",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "harm_to_self",
            sa.Enum(
                "low",
                "medium",
                "high",
                "very_high",
                name="harm_to_self",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("needs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("predictor", sa.String(length=40), nullable=False),
        sa.Column("predictor_version", sa.String(length=20), nullable=False),
        sa.Column("predictor_score", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(referral_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_assessment_of_one")
        ),
        sa.CheckConstraint(
            "offences_a_year >= 0 AND cost_pence >= 0", name=op.f("ck_assessment_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_assessment_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_assessment_referral_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("person_id", "version", name=op.f("uq_assessment_person_id_version")),
        sa.UniqueConstraint(
            "referral_id", "version", name=op.f("uq_assessment_referral_id_version")
        ),
    )
    op.create_table(
        "enforcement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "warning",
                "referral",
                "licence_letter",
                "recall",
                "none",
                name="enforcementkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("suggested", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "letter_language",
            sa.Enum(
                "en", "cy", name="language", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("letter", sa.String(length=6000), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column(
            "given_how",
            sa.Enum(
                "by_hand",
                "post",
                name="delivery",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "(given_on IS NULL) = (given_how IS NULL)", name=op.f("ck_enforcement_given")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["court_order.id"], name=op.f("fk_enforcement_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_enforcement_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enforcement")),
    )
    op.create_index(
        "ix_enforcement_due",
        "enforcement",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("kind = 'referral' AND done_on IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "ix_enforcement_person", "enforcement", ["person_id", "decided_at"], unique=False
    )
    op.create_table(
        "event_seal",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_seal_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_seal")),
    )
    op.create_index("uq_event_seal_place", "event_seal", ["person_id", "place"], unique=True)
    op.create_table(
        "housing_spell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "street",
                "sofa",
                "emergency",
                "hostel",
                "approved_premises",
                "supported",
                "family",
                "private_rent",
                "social_tenancy",
                "own_home",
                name="housingstage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "self_reported",
                "verified",
                "disputed",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_by", sa.String(length=80), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_housing_spell_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["self_report.id"],
            name=op.f("fk_housing_spell_report_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_housing_spell")),
    )
    op.create_index(
        "ix_housing_spell_person",
        "housing_spell",
        ["person_id", "since", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "rag_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rag",
            sa.Enum(
                "red",
                "amber",
                "green",
                name="rag",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("suggested", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_rag_review_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rag_review")),
    )
    op.create_index(
        "ix_rag_review_enrolment",
        "rag_review",
        ["enrolment_id", "held_on", "decided_at"],
        unique=False,
    )
    op.create_table(
        "re_referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("custody_spell_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=True),
        sa.Column("referral_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["custody_spell_id"], ["custody_spell.id"], name=op.f("fk_re_referral_custody_spell_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_re_referral_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_re_referral_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_re_referral_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_re_referral")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_re_referral_enrolment_id")),
    )
    op.create_index(
        "ix_re_referral_due",
        "re_referral",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "release_plan",
        sa.Column("custody_spell_id", sa.Uuid(), nullable=False),
        sa.Column("home", sa.String(length=200), nullable=False),
        sa.Column("travel", sa.String(length=200), nullable=False),
        sa.Column("health", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["custody_spell_id"],
            ["custody_spell.id"],
            name=op.f("fk_release_plan_custody_spell_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("custody_spell_id", name=op.f("pk_release_plan")),
    )
    op.create_table(
        "requirement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rar",
                "drr",
                "unpaid_work",
                "curfew",
                "other",
                name="requirementkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("tests_every_days", sa.Integer(), nullable=True),
        sa.Column("reviews_every_days", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_requirement_amount")),
        sa.CheckConstraint(
            "reviews_every_days BETWEEN 28 AND 365", name=op.f("ck_requirement_reviews_every_days")
        ),
        sa.CheckConstraint(
            "tests_every_days BETWEEN 1 AND 90", name=op.f("ck_requirement_tests_every_days")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["court_order.id"],
            name=op.f("fk_requirement_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
    )
    op.create_index(
        "ix_requirement_drr",
        "requirement",
        ["id"],
        unique=False,
        postgresql_where=sa.text("kind = 'drr' AND ended_on IS NULL"),
    )
    op.create_index("ix_requirement_order", "requirement", ["order_id"], unique=False)
    op.create_table(
        "strand_spell",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "strand",
            sa.Enum(
                "catch_and_control",
                "rehabilitate_and_resettle",
                "prevent_and_deter",
                name="strand",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("suggested", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_strand_spell_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strand_spell")),
    )
    op.create_index(
        "ix_strand_spell_enrolment",
        "strand_spell",
        ["enrolment_id", "since", "decided_at"],
        unique=False,
    )
    op.create_table(
        "court_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("report_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_made_by", sa.String(length=80), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("finding", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_court_review_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["requirement.id"], name=op.f("fk_court_review_requirement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_review")),
    )
    op.create_index(
        "ix_court_review_open",
        "court_review",
        ["review_on"],
        unique=False,
        postgresql_where=sa.text("held_on IS NULL AND cancelled_at IS NULL"),
    )
    op.create_index(op.f("ix_court_review_person_id"), "court_review", ["person_id"], unique=False)
    op.create_index(
        "uq_court_review_day",
        "court_review",
        ["requirement_id", "review_on"],
        unique=True,
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "adopt",
                "decline",
                "retain",
                "change_strand",
                "deregister",
                name="decisionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_decision_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("item_id", name=op.f("uq_decision_item_id")),
    )
    op.create_table(
        "drug_test",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "negative",
                "positive",
                "missed",
                "refused",
                "void",
                name="drugtestresult",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(result IS NULL) = (recorded_at IS NULL)", name=op.f("ck_drug_test_recorded")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_drug_test_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["requirement.id"], name=op.f("fk_drug_test_requirement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drug_test")),
    )
    op.create_index(
        "ix_drug_test_open",
        "drug_test",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("result IS NULL"),
    )
    op.create_index(
        "uq_drug_test_day",
        "drug_test",
        ["person_id", "due_on"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "enforcement_failure",
        sa.Column("enforcement_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_enforcement_failure_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["enforcement_id"],
            ["enforcement.id"],
            name=op.f("fk_enforcement_failure_enforcement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcome.id"], name=op.f("fk_enforcement_failure_outcome_id")
        ),
        sa.PrimaryKeyConstraint(
            "enforcement_id", "appointment_id", name=op.f("pk_enforcement_failure")
        ),
    )
    op.create_index(
        op.f("ix_enforcement_failure_outcome_id"),
        "enforcement_failure",
        ["outcome_id"],
        unique=False,
    )
    op.create_table(
        "requirement_credit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("planned_activity", sa.Boolean(), nullable=False),
        sa.Column("activity", sa.String(length=120), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_requirement_credit_amount")),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirement.id"],
            name=op.f("fk_requirement_credit_requirement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_credit")),
    )
    op.create_index(
        "uq_requirement_credit_day",
        "requirement_credit",
        ["requirement_id", "done_on"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.add_column("hub", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("date_of_birth", sa.Date(), nullable=True))
    op.add_column("person", sa.Column("nomis_id", sa.String(length=7), nullable=True))
    op.add_column("person", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_person_name",
        "person",
        [sa.literal_column("lower(last_name)"), sa.literal_column("lower(first_name)")],
        unique=False,
    )
    op.create_foreign_key(
        op.f("fk_person_merged_into_id"), "person", "person", ["merged_into_id"], ["id"]
    )
    op.execute(
        "ALTER TABLE person ADD CONSTRAINT ck_person_nomis_form CHECK (nomis_id ~ '^[A-Z][0-9]{4}[A-Z]{2}$')"
    )


def downgrade() -> None:
    _allow_kinds(KINDS, validate=False)
    op.drop_constraint(op.f("fk_person_merged_into_id"), "person", type_="foreignkey")
    op.drop_index("ix_person_name", table_name="person")
    op.drop_column("person", "merged_into_id")
    op.drop_column("person", "nomis_id")
    op.drop_column("person", "date_of_birth")
    op.drop_column("hub", "closed_at")
    op.drop_index(
        "uq_requirement_credit_day",
        table_name="requirement_credit",
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_table("requirement_credit")
    op.drop_index(op.f("ix_enforcement_failure_outcome_id"), table_name="enforcement_failure")
    op.drop_table("enforcement_failure")
    op.drop_index(
        "uq_drug_test_day",
        table_name="drug_test",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(
        "ix_drug_test_open", table_name="drug_test", postgresql_where=sa.text("result IS NULL")
    )
    op.drop_table("drug_test")
    op.drop_table("decision")
    op.drop_index(
        "uq_court_review_day",
        table_name="court_review",
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.drop_index(op.f("ix_court_review_person_id"), table_name="court_review")
    op.drop_index(
        "ix_court_review_open",
        table_name="court_review",
        postgresql_where=sa.text("held_on IS NULL AND cancelled_at IS NULL"),
    )
    op.drop_table("court_review")
    op.drop_index("ix_strand_spell_enrolment", table_name="strand_spell")
    op.drop_table("strand_spell")
    op.drop_index("ix_requirement_order", table_name="requirement")
    op.drop_index(
        "ix_requirement_drr",
        table_name="requirement",
        postgresql_where=sa.text("kind = 'drr' AND ended_on IS NULL"),
    )
    op.drop_table("requirement")
    op.drop_table("release_plan")
    op.drop_index(
        "ix_re_referral_due", table_name="re_referral", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_table("re_referral")
    op.drop_index("ix_rag_review_enrolment", table_name="rag_review")
    op.drop_table("rag_review")
    op.drop_index("ix_housing_spell_person", table_name="housing_spell")
    op.drop_table("housing_spell")
    op.drop_index("uq_event_seal_place", table_name="event_seal")
    op.drop_table("event_seal")
    op.drop_index("ix_enforcement_person", table_name="enforcement")
    op.drop_index(
        "ix_enforcement_due",
        table_name="enforcement",
        postgresql_where=sa.text("kind = 'referral' AND done_on IS NULL AND withdrawn_at IS NULL"),
    )
    op.drop_table("enforcement")
    op.drop_table("assessment")
    op.drop_index("ix_agenda_item_person", table_name="agenda_item")
    op.drop_table("agenda_item")
    op.drop_index("ix_activity_person", table_name="activity")
    op.drop_table("activity")
    op.drop_index("ix_transfer_person", table_name="transfer")
    op.drop_table("transfer")
    op.drop_index(
        "ix_standing_approval_person",
        table_name="standing_approval",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("standing_approval")
    op.drop_index(
        "ix_referral_waiting", table_name="referral", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index("ix_referral_person", table_name="referral")
    op.drop_index("ix_referral_crn", table_name="referral")
    op.drop_index(op.f("ix_referral_agency_id"), table_name="referral")
    op.drop_table("referral")
    op.drop_index(
        "uq_person_merge_gone",
        table_name="person_merge",
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index("ix_person_merge_kept", table_name="person_merge")
    op.drop_table("person_merge")
    op.drop_index("ix_offence_person", table_name="offence")
    op.drop_table("offence")
    op.drop_index("ix_need_score_person", table_name="need_score")
    op.drop_table("need_score")
    op.drop_index("ix_milestone_person", table_name="milestone")
    op.drop_table("milestone")
    op.drop_index(
        "uq_intelligence_flag_current",
        table_name="intelligence_flag",
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.drop_index("ix_intelligence_flag_person", table_name="intelligence_flag")
    op.drop_table("intelligence_flag")
    op.drop_index("ix_evidence_pack_person", table_name="evidence_pack")
    op.drop_table("evidence_pack")
    op.drop_index(
        "uq_enrolment_open", table_name="enrolment", postgresql_where=sa.text("ended_on IS NULL")
    )
    op.drop_index("ix_enrolment_person", table_name="enrolment")
    op.drop_index(
        "ix_enrolment_hub", table_name="enrolment", postgresql_where=sa.text("ended_on IS NULL")
    )
    op.drop_table("enrolment")
    op.drop_index("ix_disclosure_person", table_name="disclosure")
    op.drop_table("disclosure")
    op.drop_index(
        "uq_custody_spell_open",
        table_name="custody_spell",
        postgresql_where=sa.text("released_on IS NULL"),
    )
    op.drop_index(
        "ix_custody_spell_release",
        table_name="custody_spell",
        postgresql_where=sa.text("released_on IS NULL"),
    )
    op.drop_index("ix_custody_spell_person", table_name="custody_spell")
    op.drop_table("custody_spell")
    op.drop_index(
        "ix_court_order_running",
        table_name="court_order",
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.drop_index("ix_court_order_person", table_name="court_order")
    op.drop_table("court_order")
    op.drop_index("ix_break_glass_staff", table_name="break_glass")
    op.drop_table("break_glass")
    op.drop_index("ix_action_person", table_name="action")
    op.drop_index("ix_action_due", table_name="action", postgresql_where=sa.text("state = 'live'"))
    op.drop_index("ix_action_agency", table_name="action")
    op.drop_table("action")
    op.drop_table("meeting_attendance")
    op.drop_index("ix_sharing_agreement_hub", table_name="sharing_agreement")
    op.drop_table("sharing_agreement")
    op.drop_table("meeting")
    op.drop_index("ix_hub_settings_spell_hub", table_name="hub_settings_spell")
    op.drop_table("hub_settings_spell")
    op.drop_table("seal_cursor")
    op.drop_table("nightly_sweep")


def _allow_kinds(kinds: list[str], *, validate: bool = True) -> None:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_signal_signalkind"), "signal")
    op.execute(
        f"ALTER TABLE signal ADD CONSTRAINT ck_signal_signalkind CHECK (kind IN ({named})) NOT VALID"
    )
    if validate:
        op.execute("ALTER TABLE signal VALIDATE CONSTRAINT ck_signal_signalkind")
