"""Reception, commitments, enforcement and the desk.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("commitment_step", "enforcement_entry")
# a line of a commitment's history may be sealed, once, when its visit turns out to be confidential
_KEPT = ("id", "uid", "commitment_id", "seq", "verdict", "on", "due", "by_id", "at", "evidence_id")
_SEALING = "OLD.sealed IS NULL AND NEW.sealed IS NOT NULL AND NEW.words IS NULL AND " + " AND ".join(
    [*(f'NEW."{column}" {{same}} OLD."{column}"' for column in _KEPT),
     "(NEW.document IS NULL OR NEW.document {same} OLD.document)"]
)  # fmt: skip
EXCEPT = {"commitment_step": f"WHEN (NOT ({_SEALING})) "}
GUARDS_UP = {
    "sqlite": [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        + (EXCEPT.get(table, "").format(same="IS") if verb == "UPDATE" else "")
        + f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW "
        + (EXCEPT.get(table, "").format(same="IS NOT DISTINCT FROM") if verb == "UPDATE" else "")
        + "EXECUTE FUNCTION event_append_only()"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ],
}
GUARDS_DOWN = {
    product: [
        f"DROP TRIGGER {table}_no_{verb}{on.format(table=table)}"
        for table in APPEND_ONLY
        for verb in ("update", "delete")
    ]
    for product, on in (("sqlite", ""), ("postgresql", " ON {table}"))
}
FINDINGS = "'true', 'partly_true', 'wrong', 'upheld', 'amended', 'cancelled'"

SUBJECTS = ("deadline", "hop", "submission", "reply")
NEW_SUBJECTS = (
    "effect",
    "commitment",
    "refusal",
    "result",
    "posting",
    "invitation",
    "connection_test",
    "quota",
    "report",
)


def _quoted(subjects: tuple[str, ...]) -> str:
    return ", ".join(f"'{subject}'" for subject in subjects)


def _reminder_subjects(subjects: tuple[str, ...], *, without_case: bool) -> None:
    """The subjects reminders may have, and whether one may belong to no case."""
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.alter_column(
            "case_id",
            existing_type=sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=without_case,
        )
        batch_op.drop_constraint(op.f("ck_reminder_subject"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_reminder_subject"), f"subject IN ({_quoted(subjects)})"
        )


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_draft_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("uid", name=op.f("uq_draft_uid")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index("ix_draft_expires", ["expires_at"], unique=False)
        batch_op.create_index("ix_draft_user", ["user_id", "page", "saved_at"], unique=False)

    op.create_table(
        "report_duty",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=255), nullable=False),
        sa.Column(
            "period",
            sa.Enum(
                "quarter",
                "half_year",
                "nine_months",
                "year",
                "plan",
                "other",
                name="reportperiod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "concerned",
            sa.Enum(
                "communes",
                "chosen",
                "all",
                name="concerned",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_report_duty_ends_after_start")
        ),
        sa.CheckConstraint(
            "month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31",
            name=op.f("ck_report_duty_day_of_year"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_report_duty_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_duty")),
        sa.UniqueConstraint("uid", name=op.f("uq_report_duty_uid")),
    )
    op.create_table(
        "survey_campaign",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_survey_campaign_life")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_survey_campaign_created_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_campaign")),
        sa.UniqueConstraint("uid", name=op.f("uq_survey_campaign_uid")),
    )
    op.create_table(
        "open_dialogue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("topics", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "held",
                "postponed",
                "cancelled",
                name="opendialoguestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column(
            "held_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("held_in_person", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'held') = (held_on IS NOT NULL)", name=op.f("ck_open_dialogue_held_when")
        ),
        sa.CheckConstraint(
            "status NOT IN ('postponed', 'cancelled') OR reason <> ''",
            name=op.f("ck_open_dialogue_why"),
        ),
        sa.CheckConstraint("people IS NULL OR people >= 0", name=op.f("ck_open_dialogue_people")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_open_dialogue_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_open_dialogue_created_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["held_by_id"],
            ["user_account.id"],
            name=op.f("fk_open_dialogue_held_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_open_dialogue_place_id_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_dialogue")),
        sa.UniqueConstraint("uid", name=op.f("uq_open_dialogue_uid")),
    )
    with op.batch_alter_table("open_dialogue", schema=None) as batch_op:
        batch_op.create_index(
            "ix_open_dialogue_agency_day", ["agency_id", "planned_on"], unique=False
        )

    op.create_table(
        "promise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "occasion",
            sa.Enum(
                "voters",
                "questioning",
                "other",
                name="occasion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_by", sa.String(length=160), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.String(length=255), nullable=False),
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("meeting", sa.String(length=120), nullable=False),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "checking_agency_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("imported_key", sa.String(length=80), nullable=True),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answered_on IS NULL OR answered_on >= made_on", name=op.f("ck_promise_answered_after")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_promise_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["checking_agency_id"], ["agency.id"], name=op.f("fk_promise_checking_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_promise_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name=op.f("fk_promise_field_id_field")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_promise_place_id_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint(
            "agency_id", "imported_key", name=op.f("uq_promise_agency_id_imported_key")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_promise_uid")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index("ix_promise_agency_made", ["agency_id", "made_on"], unique=False)

    op.create_table(
        "reception_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "regular",
                "periodic",
                "ad_hoc",
                name="sessionkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "manner",
            sa.Enum(
                "office",
                "mobile",
                "online",
                name="sessionmanner",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.String(length=5), nullable=True),
        sa.Column("ends_at", sa.String(length=5), nullable=True),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column(
            "host",
            sa.Enum(
                "head",
                "authorised",
                "staff",
                name="host",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("host_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "held_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("held_in_person", sa.Boolean(), nullable=False),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "held",
                "postponed",
                "cancelled",
                name="sessionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column(
            "postponed_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_at", sa.String(length=255), nullable=True),
        sa.Column("postponement_posted_on", sa.Date(), nullable=True),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.Column("recording", sa.String(length=255), nullable=True),
        sa.Column("no_visitor", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "manner <> 'mobile' OR place <> ''", name=op.f("ck_reception_session_mobile_has_place")
        ),
        sa.CheckConstraint(
            "no_visitor = false OR status = 'held'",
            name=op.f("ck_reception_session_no_visitor_when_held"),
        ),
        sa.CheckConstraint(
            "status <> 'held' OR held_by_id IS NOT NULL",
            name=op.f("ck_reception_session_held_by_somebody"),
        ),
        sa.CheckConstraint(
            "status <> 'postponed' OR reason IS NOT NULL",
            name=op.f("ck_reception_session_postponed_why"),
        ),
        sa.CheckConstraint(
            "posted_on IS NULL OR posted_on <= day", name=op.f("ck_reception_session_posted_before")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_reception_session_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_reception_session_created_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["held_by_id"],
            ["user_account.id"],
            name=op.f("fk_reception_session_held_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["host_id"], ["user_account.id"], name=op.f("fk_reception_session_host_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_reception_session_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["postponed_to_id"],
            ["reception_session.id"],
            name=op.f("fk_reception_session_postponed_to_id_reception_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_session")),
        sa.UniqueConstraint("uid", name=op.f("uq_reception_session_uid")),
    )
    with op.batch_alter_table("reception_session", schema=None) as batch_op:
        batch_op.create_index("ix_session_agency_day", ["agency_id", "day"], unique=False)
        batch_op.create_index("ix_session_day", ["day"], unique=False)
        batch_op.create_index(
            "uq_session_one_regular",
            ["agency_id", "day"],
            unique=True,
            postgresql_where=sa.text(
                "kind = 'regular' AND manner = 'office' AND status <> 'cancelled'"
            ),
            sqlite_where=sa.text(
                "kind = 'regular' AND manner = 'office' AND status <> 'cancelled'"
            ),
        )

    op.create_table(
        "report_duty_agency",
        sa.Column("duty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_report_duty_agency_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["duty_id"], ["report_duty.id"], name=op.f("fk_report_duty_agency_duty_id_report_duty")
        ),
        sa.PrimaryKeyConstraint("duty_id", "agency_id", name=op.f("pk_report_duty_agency")),
    )
    op.create_table(
        "report_turn",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("duty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("meant", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(length=160), nullable=False),
        sa.Column("told_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(sent_on IS NULL) = (told_by IS NULL)", name=op.f("ck_report_turn_sent_by_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_report_turn_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["duty_id"], ["report_duty.id"], name=op.f("fk_report_turn_duty_id_report_duty")
        ),
        sa.ForeignKeyConstraint(
            ["told_by"], ["user_account.id"], name=op.f("fk_report_turn_told_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_turn")),
        sa.UniqueConstraint(
            "duty_id", "agency_id", "meant", name=op.f("uq_report_turn_duty_id_agency_id_meant")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_report_turn_uid")),
    )
    with op.batch_alter_table("report_turn", schema=None) as batch_op:
        batch_op.create_index("ix_report_turn_agency", ["agency_id", "due"], unique=False)
        batch_op.create_index("ix_report_turn_due", ["due"], unique=False)

    op.create_table(
        "survey_campaign_agency",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_survey_campaign_agency_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["survey_campaign.id"],
            name=op.f("fk_survey_campaign_agency_campaign_id_survey_campaign"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_campaign_agency")),
        sa.UniqueConstraint(
            "campaign_id", "agency_id", name=op.f("uq_survey_campaign_agency_campaign_id_agency_id")
        ),
    )
    op.create_table(
        "slip",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_slip_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["user_account.id"], name=op.f("fk_slip_issued_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip")),
        sa.UniqueConstraint("digest", name=op.f("uq_slip_digest")),
    )
    with op.batch_alter_table("slip", schema=None) as batch_op:
        batch_op.create_index("ix_slip_case", ["case_id"], unique=False)
        batch_op.create_index(
            "ux_slip_good",
            ["case_id"],
            unique=True,
            postgresql_where=sa.text("revoked_at IS NULL"),
            sqlite_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "survey_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "link",
                "counter",
                name="surveychannel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column(
            "entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("spirit", sa.Integer(), nullable=False),
        sa.Column("attitude", sa.Integer(), nullable=False),
        sa.Column("responsibility", sa.Integer(), nullable=False),
        sa.Column("timeliness", sa.Integer(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("needs_look", sa.Boolean(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(looked_at IS NULL) = (looked_by IS NULL)", name=op.f("ck_survey_answer_looked_by")
        ),
        sa.CheckConstraint(
            "NOT needs_look OR looked_at IS NULL", name=op.f("ck_survey_answer_looked_is_done")
        ),
        sa.CheckConstraint("attitude BETWEEN 1 AND 5", name=op.f("ck_survey_answer_attitude")),
        sa.CheckConstraint("quality BETWEEN 1 AND 5", name=op.f("ck_survey_answer_quality")),
        sa.CheckConstraint(
            "responsibility BETWEEN 1 AND 5", name=op.f("ck_survey_answer_responsibility")
        ),
        sa.CheckConstraint("spirit BETWEEN 1 AND 5", name=op.f("ck_survey_answer_spirit")),
        sa.CheckConstraint("timeliness BETWEEN 1 AND 5", name=op.f("ck_survey_answer_timeliness")),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_survey_answer_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_survey_answer_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_survey_answer_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"],
            ["user_account.id"],
            name=op.f("fk_survey_answer_entered_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["looked_by"], ["user_account.id"], name=op.f("fk_survey_answer_looked_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint("case_id", name=op.f("uq_survey_answer_case_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_survey_answer_uid")),
    )
    with op.batch_alter_table("survey_answer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_survey_agency_answered", ["agency_id", "answered_on"], unique=False
        )
        batch_op.create_index("ix_survey_needs_look", ["agency_id", "needs_look"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("queue_number", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "heard",
                "done",
                "left",
                name="visitstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "complaint",
                "denunciation",
                "recommendation",
                "feedback",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("representatives_named", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=True),
        sa.Column("interpreter", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.Boolean(), nullable=False),
        sa.Column("security_risk", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("competent", sa.Boolean(), nullable=True),
        sa.Column(
            "received_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "answered",
                "case_opened",
                "added_to_case",
                "guided",
                "more_asked",
                "refused",
                "meeting_asked",
                "check_ordered",
                "to_be_settled",
                "other",
                name="visitoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(length=160), nullable=True),
        sa.Column(
            "refusal_ground",
            sa.Enum(
                "law_9_1",
                "law_9_2",
                "law_9_3",
                "weapons",
                "security_check",
                "recording",
                "inciting",
                "no_capacity",
                "no_authority",
                "out_of_scope",
                "answered_before",
                "final_judgment",
                "handled_elsewhere",
                name="refusalground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("refusal_due", sa.Date(), nullable=True),
        sa.Column("result_due", sa.Date(), nullable=True),
        sa.Column("result_told_on", sa.Date(), nullable=True),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (outcome IS NOT NULL)", name=op.f("ck_visit_outcome_when_done")
        ),
        sa.CheckConstraint(
            "outcome <> 'refused' OR refusal_ground IS NOT NULL", name=op.f("ck_visit_refused_why")
        ),
        sa.CheckConstraint(
            "NOT confidential OR words IS NULL", name=op.f("ck_visit_confidential_sealed")
        ),
        sa.CheckConstraint(
            "confidential = (wrapped IS NOT NULL)", name=op.f("ck_visit_key_when_confidential")
        ),
        sa.CheckConstraint("people >= 1", name=op.f("ck_visit_people")),
        sa.CheckConstraint("turn >= 1", name=op.f("ck_visit_turn")),
        sa.CheckConstraint("words IS NULL OR sealed IS NULL", name=op.f("ck_visit_one_form")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_visit_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_visit_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name=op.f("fk_visit_field_id_field")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_visit_place_id_place")),
        sa.ForeignKeyConstraint(
            ["received_by"], ["user_account.id"], name=op.f("fk_visit_received_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["reception_session.id"],
            name=op.f("fk_visit_session_id_reception_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint(
            "session_id", "queue_number", name=op.f("uq_visit_session_id_queue_number")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_visit_uid")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_agency_arrived", ["agency_id", "arrived_at"], unique=False)
        batch_op.create_index("ix_visit_case", ["case_id"], unique=False)
        batch_op.create_index("ix_visit_refusal_due", ["refusal_due"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "dialogue",
                "session",
                "open_dialogue",
                "promise",
                name="commitmentsource",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "do",
                "check",
                name="commitmentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "lead_agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "dialogue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "open_dialogue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "promise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "reported",
                "done",
                "dropped",
                name="commitmentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(source = 'dialogue') = (dialogue_id IS NOT NULL)",
            name=op.f("ck_commitment_of_dialogue"),
        ),
        sa.CheckConstraint(
            "(source = 'open_dialogue') = (open_dialogue_id IS NOT NULL)",
            name=op.f("ck_commitment_of_open_dialogue"),
        ),
        sa.CheckConstraint(
            "(source = 'promise') = (promise_id IS NOT NULL)", name=op.f("ck_commitment_of_promise")
        ),
        sa.CheckConstraint(
            "(source = 'session') = (session_id IS NOT NULL)", name=op.f("ck_commitment_of_session")
        ),
        sa.CheckConstraint(
            "(status IN ('done', 'dropped')) = (ended_on IS NOT NULL)",
            name=op.f("ck_commitment_ended_when"),
        ),
        sa.CheckConstraint(
            "visit_id IS NULL OR session_id IS NOT NULL",
            name=op.f("ck_commitment_visit_in_session"),
        ),
        sa.CheckConstraint("words IS NULL OR sealed IS NULL", name=op.f("ck_commitment_one_form")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_commitment_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_commitment_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogue.id"], name=op.f("fk_commitment_dialogue_id_dialogue")
        ),
        sa.ForeignKeyConstraint(
            ["lead_agency_id"], ["agency.id"], name=op.f("fk_commitment_lead_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["open_dialogue_id"],
            ["open_dialogue.id"],
            name=op.f("fk_commitment_open_dialogue_id_open_dialogue"),
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promise.id"], name=op.f("fk_commitment_promise_id_promise")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["reception_session.id"],
            name=op.f("fk_commitment_session_id_reception_session"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_commitment_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("promise_id", name=op.f("uq_commitment_promise_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_commitment_uid")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index("ix_commitment_agency", ["agency_id", "status", "due"], unique=False)
        batch_op.create_index("ix_commitment_case", ["case_id"], unique=False)
        batch_op.create_index("ix_commitment_dialogue", ["dialogue_id"], unique=False)
        batch_op.create_index(
            "ix_commitment_lead", ["lead_agency_id", "status", "due"], unique=False
        )
        batch_op.create_index("ix_commitment_open_dialogue", ["open_dialogue_id"], unique=False)
        batch_op.create_index("ix_commitment_session", ["session_id"], unique=False)
        batch_op.create_index(
            "ix_commitment_undone",
            ["due", "id"],
            unique=False,
            postgresql_where=sa.text("status IN ('open', 'reported')"),
            sqlite_where=sa.text("status IN ('open', 'reported')"),
        )
        batch_op.create_index("ix_commitment_visit", ["visit_id"], unique=False)

    op.create_table(
        "dialogue_attendee",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "dialogue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "petitioner",
                "respondent",
                "authority",
                "concerned",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column(
            "attendance",
            sa.Enum(
                "present",
                "absent_with_reason",
                "absent_without_reason",
                name="attendance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogue.id"], name=op.f("fk_dialogue_attendee_dialogue_id_dialogue")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_dialogue_attendee_party_id_party")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogue_attendee")),
        sa.UniqueConstraint(
            "dialogue_id", "ordinal", name=op.f("uq_dialogue_attendee_dialogue_id_ordinal")
        ),
    )
    op.create_table(
        "dialogue_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "dialogue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogue.id"], name=op.f("fk_dialogue_point_dialogue_id_dialogue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dialogue_point")),
        sa.UniqueConstraint(
            "dialogue_id", "ordinal", name=op.f("uq_dialogue_point_dialogue_id_ordinal")
        ),
    )
    op.create_table(
        "enforcement_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=160), nullable=False),
        sa.Column(
            "money_dong", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("land_m2", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column(
            "returned_money_dong",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("returned_land_m2", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column(
            "bodies_money_dong",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("bodies_land_m2", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "land_m2 >= 0 AND returned_land_m2 >= 0 AND bodies_land_m2 >= 0 AND people >= 0",
            name=op.f("ck_enforcement_entry_counts"),
        ),
        sa.CheckConstraint(
            "money_dong >= 0 AND returned_money_dong >= 0 AND bodies_money_dong >= 0",
            name=op.f("ck_enforcement_entry_money"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_enforcement_entry_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_enforcement_entry_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enforcement_entry")),
        sa.UniqueConstraint(
            "decision_id", "seq", name=op.f("uq_enforcement_entry_decision_id_seq")
        ),
    )
    with op.batch_alter_table("enforcement_entry", schema=None) as batch_op:
        batch_op.create_index("ix_enforcement_case", ["case_id"], unique=False)

    op.create_table(
        "escalation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "deadline_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "superior",
                "inspectorate",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("nobody", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "acknowledged_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("ck_escalation_acknowledged_by"),
        ),
        sa.CheckConstraint(
            "agency_id IS NOT NULL OR nobody", name=op.f("ck_escalation_somewhere_or_nobody")
        ),
        sa.CheckConstraint("words IS NULL OR sealed IS NULL", name=op.f("ck_escalation_one_form")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["user_account.id"],
            name=op.f("fk_escalation_acknowledged_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_escalation_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_escalation_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadline.id"], name=op.f("fk_escalation_deadline_id_deadline")
        ),
        sa.ForeignKeyConstraint(
            ["from_agency_id"], ["agency.id"], name=op.f("fk_escalation_from_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint(
            "deadline_id", "version", "level", name=op.f("uq_escalation_deadline_id_version_level")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_escalation_uid")),
    )
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_escalation_agency", ["agency_id", "acknowledged_at", "raised_on"], unique=False
        )
        batch_op.create_index("ix_escalation_case", ["case_id"], unique=False)

    op.create_table(
        "meeting_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "met_visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "agreed",
                "declined",
                name="meetingstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(status = 'agreed') = (session_id IS NOT NULL)",
            name=op.f("ck_meeting_request_agreed_has_session"),
        ),
        sa.CheckConstraint(
            "met_visit_id IS NULL OR status = 'agreed'",
            name=op.f("ck_meeting_request_met_when_agreed"),
        ),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_meeting_request_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_meeting_request_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["user_account.id"],
            name=op.f("fk_meeting_request_decided_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["met_visit_id"], ["visit.id"], name=op.f("fk_meeting_request_met_visit_id_visit")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["reception_session.id"],
            name=op.f("fk_meeting_request_session_id_reception_session"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_meeting_request_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_request")),
        sa.UniqueConstraint("met_visit_id", name=op.f("uq_meeting_request_met_visit_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_request_uid")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_meeting_request_visit_id")),
    )
    with op.batch_alter_table("meeting_request", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_agency_status", ["agency_id", "status"], unique=False)
        batch_op.create_index("ix_meeting_session", ["session_id"], unique=False)

    op.create_table(
        "reception_paper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("form_key", sa.String(length=40), nullable=False),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "signed",
                "dropped",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("book", sa.String(length=20), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("symbol", sa.String(length=60), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("signer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("signer_title", sa.String(length=120), nullable=True),
        sa.Column(
            "capacity",
            sa.Enum(
                "head",
                "acting",
                "kt",
                "tl",
                "tl_kt",
                "tuq",
                name="signingcapacity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'signed') = (issued_on IS NOT NULL)",
            name=op.f("ck_reception_paper_signed_when"),
        ),
        sa.CheckConstraint(
            "(state = 'signed') = (signer_id IS NOT NULL)",
            name=op.f("ck_reception_paper_signed_by"),
        ),
        sa.CheckConstraint(
            "(visit_id IS NULL) <> (session_id IS NULL)", name=op.f("ck_reception_paper_one_of")
        ),
        sa.CheckConstraint(
            "sent_on IS NULL OR sent_on >= issued_on",
            name=op.f("ck_reception_paper_sent_after_issue"),
        ),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_reception_paper_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_reception_paper_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_reception_paper_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["reception_session.id"],
            name=op.f("fk_reception_paper_session_id_reception_session"),
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"],
            ["user_account.id"],
            name=op.f("fk_reception_paper_signer_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_reception_paper_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_paper")),
        sa.UniqueConstraint(
            "agency_id",
            "book",
            "year",
            "number",
            name=op.f("uq_reception_paper_agency_id_book_year_number"),
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_reception_paper_uid")),
    )
    with op.batch_alter_table("reception_paper", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reception_paper_agency_state", ["agency_id", "state"], unique=False
        )
        batch_op.create_index("ix_reception_paper_session", ["session_id"], unique=False)
        batch_op.create_index("ix_reception_paper_visit", ["visit_id"], unique=False)

    op.create_table(
        "visitor",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("folded_name", sa.String(length=255), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column(
            "id_kind",
            sa.Enum(
                "citizen",
                "old_id",
                "passport",
                "certificate",
                "none",
                name="idkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id_number", sa.String(length=40), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("is_representative", sa.Boolean(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(sealed IS NULL) <> (name IS NULL)", name=op.f("ck_visitor_name_or_sealed")
        ),
        sa.CheckConstraint(
            "sealed IS NULL OR (name IS NULL AND folded_name IS NULL AND birth_year IS NULL AND id_number IS NULL AND phone IS NULL AND address IS NULL)",
            name=op.f("ck_visitor_sealed_keeps_nothing"),
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visitor_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor")),
        sa.UniqueConstraint("uid", name=op.f("uq_visitor_uid")),
        sa.UniqueConstraint("visit_id", "ordinal", name=op.f("uq_visitor_visit_id_ordinal")),
    )
    with op.batch_alter_table("visitor", schema=None) as batch_op:
        batch_op.create_index("ix_visitor_folded", ["folded_name"], unique=False)
        batch_op.create_index("ix_visitor_id_number", ["id_number"], unique=False)
        batch_op.create_index("ix_visitor_phone", ["phone"], unique=False)

    op.create_table(
        "commitment_agency",
        sa.Column(
            "commitment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "role",
            sa.Enum(
                "cooperating",
                "supervising",
                name="commitmentrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_commitment_agency_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitment.id"],
            name=op.f("fk_commitment_agency_commitment_id_commitment"),
        ),
        sa.PrimaryKeyConstraint(
            "commitment_id", "agency_id", "role", name=op.f("pk_commitment_agency")
        ),
    )
    with op.batch_alter_table("commitment_agency", schema=None) as batch_op:
        batch_op.create_index(
            "ix_commitment_agency_agency", ["agency_id", "commitment_id"], unique=False
        )

    op.create_table(
        "commitment_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column(
            "commitment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "made",
                "urged",
                "reported",
                "sent_back",
                "done",
                "dropped",
                "moved",
                "reopened",
                name="commitmentverdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.String(length=160), nullable=True),
        sa.Column(
            "evidence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_commitment_step_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_commitment_step_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitment.id"],
            name=op.f("fk_commitment_step_commitment_id_commitment"),
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_commitment_step_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_step")),
        sa.UniqueConstraint(
            "commitment_id", "seq", name=op.f("uq_commitment_step_commitment_id_seq")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_commitment_step_uid")),
    )
    op.create_table(
        "escalation_seen",
        sa.Column(
            "escalation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalation.id"],
            name=op.f("fk_escalation_seen_escalation_id_escalation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_escalation_seen_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("escalation_id", "user_id", name=op.f("pk_escalation_seen")),
    )
    op.create_table(
        "visitor_blind",
        sa.Column(
            "visitor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["visitor_id"], ["visitor.id"], name=op.f("fk_visitor_blind_visitor_id_visitor")
        ),
        sa.PrimaryKeyConstraint("visitor_id", "label", name=op.f("pk_visitor_blind")),
    )
    with op.batch_alter_table("visitor_blind", schema=None) as batch_op:
        batch_op.create_index("ix_visitor_blind_digest", ["digest"], unique=False)

    with op.batch_alter_table("contested_act", schema=None) as batch_op:
        batch_op.create_index("ix_contested_act_number", ["number"], unique=False)

    with op.batch_alter_table("decision", recreate="auto") as batch_op:
        batch_op.add_column(
            sa.Column(
                "finding",
                sa.Enum(
                    "true",
                    "partly_true",
                    "wrong",
                    "upheld",
                    "amended",
                    "cancelled",
                    name="finding",
                    native_enum=False,
                    create_constraint=False,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column(
                "returned_money_dong",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("returned_land_m2", sa.Numeric(precision=14, scale=2), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "bodies_money_dong",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("bodies_land_m2", sa.Numeric(precision=14, scale=2), nullable=True)
        )
        batch_op.create_check_constraint(op.f("ck_decision_finding"), f"finding IN ({FINDINGS})")
        batch_op.create_check_constraint(
            op.f("ck_decision_returned_money"),
            "returned_money_dong IS NULL OR returned_money_dong >= 0",
        )
        batch_op.create_check_constraint(
            op.f("ck_decision_bodies_money"),
            "bodies_money_dong IS NULL OR bodies_money_dong >= 0",
        )

    with op.batch_alter_table("dialogue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("starts_at", sa.String(length=5), nullable=True))
        batch_op.add_column(sa.Column("chair", sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column("head_in_person", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))

    _reminder_subjects(SUBJECTS + NEW_SUBJECTS, without_case=True)

    for statement in GUARDS_UP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    for statement in GUARDS_DOWN[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("visitor_blind", schema=None) as batch_op:
        batch_op.drop_index("ix_visitor_blind_digest")

    op.drop_table("visitor_blind")
    op.drop_table("escalation_seen")
    op.drop_table("commitment_step")
    with op.batch_alter_table("commitment_agency", schema=None) as batch_op:
        batch_op.drop_index("ix_commitment_agency_agency")

    op.drop_table("commitment_agency")
    with op.batch_alter_table("visitor", schema=None) as batch_op:
        batch_op.drop_index("ix_visitor_phone")
        batch_op.drop_index("ix_visitor_id_number")
        batch_op.drop_index("ix_visitor_folded")

    op.drop_table("visitor")
    with op.batch_alter_table("reception_paper", schema=None) as batch_op:
        batch_op.drop_index("ix_reception_paper_visit")
        batch_op.drop_index("ix_reception_paper_session")
        batch_op.drop_index("ix_reception_paper_agency_state")

    op.drop_table("reception_paper")
    with op.batch_alter_table("meeting_request", schema=None) as batch_op:
        batch_op.drop_index("ix_meeting_session")
        batch_op.drop_index("ix_meeting_agency_status")

    op.drop_table("meeting_request")
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        batch_op.drop_index("ix_escalation_case")
        batch_op.drop_index("ix_escalation_agency")

    op.drop_table("escalation")
    with op.batch_alter_table("enforcement_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_enforcement_case")

    op.drop_table("enforcement_entry")
    op.drop_table("dialogue_point")
    op.drop_table("dialogue_attendee")
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index("ix_commitment_visit")
        batch_op.drop_index(
            "ix_commitment_undone",
            postgresql_where=sa.text("status IN ('open', 'reported')"),
            sqlite_where=sa.text("status IN ('open', 'reported')"),
        )
        batch_op.drop_index("ix_commitment_session")
        batch_op.drop_index("ix_commitment_open_dialogue")
        batch_op.drop_index("ix_commitment_lead")
        batch_op.drop_index("ix_commitment_dialogue")
        batch_op.drop_index("ix_commitment_case")
        batch_op.drop_index("ix_commitment_agency")

    op.drop_table("commitment")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_refusal_due")
        batch_op.drop_index("ix_visit_case")
        batch_op.drop_index("ix_visit_agency_arrived")

    op.drop_table("visit")
    with op.batch_alter_table("survey_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_survey_needs_look")
        batch_op.drop_index("ix_survey_agency_answered")

    op.drop_table("survey_answer")
    with op.batch_alter_table("slip", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_slip_good",
            postgresql_where=sa.text("revoked_at IS NULL"),
            sqlite_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index("ix_slip_case")

    op.drop_table("slip")
    op.drop_table("survey_campaign_agency")
    with op.batch_alter_table("report_turn", schema=None) as batch_op:
        batch_op.drop_index("ix_report_turn_due")
        batch_op.drop_index("ix_report_turn_agency")

    op.drop_table("report_turn")
    op.drop_table("report_duty_agency")
    with op.batch_alter_table("reception_session", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_session_one_regular",
            postgresql_where=sa.text(
                "kind = 'regular' AND manner = 'office' AND status <> 'cancelled'"
            ),
            sqlite_where=sa.text(
                "kind = 'regular' AND manner = 'office' AND status <> 'cancelled'"
            ),
        )
        batch_op.drop_index("ix_session_day")
        batch_op.drop_index("ix_session_agency_day")

    op.drop_table("reception_session")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index("ix_promise_agency_made")

    op.drop_table("promise")
    with op.batch_alter_table("open_dialogue", schema=None) as batch_op:
        batch_op.drop_index("ix_open_dialogue_agency_day")

    op.drop_table("open_dialogue")
    op.drop_table("survey_campaign")
    op.drop_table("report_duty")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index("ix_draft_user")
        batch_op.drop_index("ix_draft_expires")

    op.drop_table("draft")
    with op.batch_alter_table("dialogue", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("head_in_person")
        batch_op.drop_column("chair")
        batch_op.drop_column("starts_at")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_decision_bodies_money"), type_="check")
        batch_op.drop_column("bodies_land_m2")
        batch_op.drop_column("bodies_money_dong")
        batch_op.drop_constraint(op.f("ck_decision_returned_money"), type_="check")
        batch_op.drop_constraint(op.f("ck_decision_finding"), type_="check")
        batch_op.drop_column("returned_land_m2")
        batch_op.drop_column("returned_money_dong")
        batch_op.drop_column("finding")
    with op.batch_alter_table("contested_act", schema=None) as batch_op:
        batch_op.drop_index("ix_contested_act_number")
    reminder = sa.table("reminder", sa.column("case_id"), sa.column("subject"))
    caseless = reminder.c.case_id.is_(None) | reminder.c.subject.in_(NEW_SUBJECTS)
    op.execute(sa.delete(reminder).where(caseless))
    _reminder_subjects(SUBJECTS, without_case=False)
