"""The inspectorate: urging letters, hot spots, weights, campaigns, registers and scores.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SUBJECTS = (
    "deadline",
    "hop",
    "submission",
    "reply",
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
NEW_SUBJECTS = ("urging", "campaign", "open_posting")


def _quoted(subjects: tuple[str, ...]) -> str:
    return ", ".join(f"'{subject}'" for subject in subjects)


def _reminder_subjects(subjects: tuple[str, ...]) -> None:
    """The subjects reminders may have."""
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.drop_constraint(op.f("ck_reminder_subject"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_reminder_subject"), f"subject IN ({_quoted(subjects)})"
        )


APPEND_ONLY = (
    "mail_setting_change",
    "address_note",
    "review_entry",
    "target_entry",
    "conduct_outcome",
    "score_entry",
    "score_result",
    "urged_case",
    "urging_answer",
    "signed_sheet",
    "signed_table",
    "opening_balance",
    "inspection_note",
    "hotspot_alarm",
    "hotspot_alarm_case",
    "episode_entry",
    "share_alarm",
    "share_alarm_case",
)
GUARDS_UP = {
    "sqlite": [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION event_append_only()"
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


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hotspot_scan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("model", sa.String(length=20), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("expected_false", sa.Double(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("listed_false", sa.Double(), nullable=False),
        sa.Column("raised", sa.Double(), nullable=False),
        sa.Column("cuts", sa.JSON(), nullable=False),
        sa.Column("placeless", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotspot_scan")),
        sa.UniqueConstraint("week", "secret", name=op.f("uq_hotspot_scan_week_secret")),
    )
    op.create_table(
        "address_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "returned",
                "restored",
                name="addressstanding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("mail_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("noted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["mail.id"], name=op.f("fk_address_note_mail_id_mail")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["user_account.id"], name=op.f("fk_address_note_noted_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_address_note_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_note")),
    )
    with op.batch_alter_table("address_note", schema=None) as batch_op:
        batch_op.create_index("ix_address_note_user", ["user_id", "address", "id"], unique=False)

    op.create_table(
        "hotspot_silence",
        sa.Column("scan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_hotspot_silence_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["hotspot_scan.id"], name=op.f("fk_hotspot_silence_scan_id_hotspot_scan")
        ),
        sa.PrimaryKeyConstraint("scan_id", "place_id", name=op.f("pk_hotspot_silence")),
    )
    op.create_table(
        "hotspot_surge",
        sa.Column("scan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["field_id"], ["field.id"], name=op.f("fk_hotspot_surge_field_id_field")
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["hotspot_scan.id"], name=op.f("fk_hotspot_surge_scan_id_hotspot_scan")
        ),
        sa.PrimaryKeyConstraint("scan_id", "field_id", name=op.f("pk_hotspot_surge")),
    )
    op.create_table(
        "place_population",
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people > 0", name=op.f("ck_place_population_people")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_population_place_id_place")
        ),
        sa.PrimaryKeyConstraint("place_id", "on", name=op.f("pk_place_population")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "user_id", "page", "name", name=op.f("uq_saved_view_user_id_page_name")
        ),
    )
    op.create_table(
        "scorecard",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "closed",
                name="cardstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("basis", sa.String(length=255), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("least_share", sa.Integer(), nullable=False),
        sa.Column("bands", sa.JSON(), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_by IS NOT NULL)",
            name=op.f("ck_scorecard_closed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (opened_by IS NULL)", name=op.f("ck_scorecard_opened_by_somebody")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_scorecard_days_in_order")),
        sa.CheckConstraint("least_share BETWEEN 1 AND 100", name=op.f("ck_scorecard_least_share")),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["user_account.id"], name=op.f("fk_scorecard_closed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_scorecard_created_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["user_account.id"], name=op.f("fk_scorecard_opened_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint("year", name=op.f("uq_scorecard_year")),
    )
    op.create_table(
        "sensitive_period",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("basis", sa.String(length=255), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("weeks_before", sa.Integer(), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends >= starts", name=op.f("ck_sensitive_period_life")),
        sa.CheckConstraint(
            "weeks_before BETWEEN 0 AND 26", name=op.f("ck_sensitive_period_weeks_before")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_sensitive_period_created_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensitive_period")),
        sa.UniqueConstraint("uid", name=op.f("uq_sensitive_period_uid")),
    )
    with op.batch_alter_table("sensitive_period", schema=None) as batch_op:
        batch_op.create_index("ix_sensitive_period_ends", ["ends"], unique=False)

    op.create_table(
        "share_alarm",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "sign",
            sa.Enum(
                "skipped",
                "repeated",
                name="sharesign",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("marked", sa.Integer(), nullable=False),
        sa.Column("matters", sa.Integer(), nullable=False),
        sa.Column("before_marked", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("around", sa.Double(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("p", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_share_alarm_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["hotspot_scan.id"], name=op.f("fk_share_alarm_scan_id_hotspot_scan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_alarm")),
        sa.UniqueConstraint(
            "scan_id", "place_id", "sign", name=op.f("uq_share_alarm_scan_id_place_id_sign")
        ),
    )
    op.create_table(
        "episode",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column(
            "unit",
            sa.Enum(
                "place_field",
                "office_field",
                "project",
                "place",
                "province_field",
                name="seriesunit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "watched",
                "latent",
                "hot",
                "settled",
                name="episodestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "trend",
            sa.Enum(
                "new",
                "worsening",
                "steady",
                "fading",
                "closed",
                name="trend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("serious", sa.Boolean(), nullable=False),
        sa.Column("opened_week", sa.Date(), nullable=False),
        sa.Column("last_week", sa.Date(), nullable=False),
        sa.Column("closed_week", sa.Date(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("top_score", sa.Double(), nullable=False),
        sa.Column("listed_week", sa.Date(), nullable=True),
        sa.Column("listed_score", sa.Double(), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "right",
                "known",
                "wrong",
                name="alarmverdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "(trend = 'closed') = (closed_week IS NOT NULL)", name=op.f("ck_episode_closed_when")
        ),
        sa.CheckConstraint(
            "(listed_week IS NULL) = (listed_score IS NULL)", name=op.f("ck_episode_listed_when")
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (judged_at IS NULL)", name=op.f("ck_episode_judged_when")
        ),
        sa.CheckConstraint("last_week >= opened_week", name=op.f("ck_episode_weeks")),
        sa.CheckConstraint(
            "secret = (wrapped IS NOT NULL)", name=op.f("ck_episode_key_when_secret")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_episode_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["field_id"], ["field.id"], name=op.f("fk_episode_field_id_field")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["episode.id"], name=op.f("fk_episode_merged_into_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_episode_owner_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
        sa.UniqueConstraint("uid", name=op.f("uq_episode_uid")),
    )
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.create_index("ix_episode_judged", ["secret", "judged_at"], unique=False)
        batch_op.create_index("ix_episode_open", ["secret", "trend", "last_week"], unique=False)

    op.create_table(
        "inspection_target",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "target_agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("picked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "approved",
                "under_inspection",
                "concluded",
                "dropped",
                name="targetstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "place_id IS NOT NULL OR target_agency_id IS NOT NULL",
            name=op.f("ck_inspection_target_of_something"),
        ),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_inspection_target_year")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_inspection_target_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_inspection_target_created_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["field.id"], name=op.f("fk_inspection_target_field_id_field")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_inspection_target_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["target_agency_id"],
            ["agency.id"],
            name=op.f("fk_inspection_target_target_agency_id_agency"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_target")),
        sa.UniqueConstraint("uid", name=op.f("uq_inspection_target_uid")),
    )
    with op.batch_alter_table("inspection_target", schema=None) as batch_op:
        batch_op.create_index("ix_inspection_target_year", ["agency_id", "year"], unique=False)

    op.create_table(
        "mail_setting_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "setting",
            sa.Enum(
                "rung",
                "hour",
                name="mailsetting",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(setting = 'rung') = (day IS NOT NULL)",
            name=op.f("ck_mail_setting_change_day_of_rung"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_mail_setting_change_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["user_account.id"],
            name=op.f("fk_mail_setting_change_changed_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_setting_change")),
    )
    with op.batch_alter_table("mail_setting_change", schema=None) as batch_op:
        batch_op.create_index("ix_mail_setting_change_agency", ["agency_id", "id"], unique=False)

    op.create_table(
        "opening_balance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("spec", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column(
            "declared_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_opening_balance_days_in_order")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_opening_balance_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by"],
            ["user_account.id"],
            name=op.f("fk_opening_balance_declared_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_balance")),
        sa.UniqueConstraint("uid", name=op.f("uq_opening_balance_uid")),
    )
    with op.batch_alter_table("opening_balance", schema=None) as batch_op:
        batch_op.create_index("ix_opening_balance_agency", ["agency_id", "first"], unique=False)

    op.create_table(
        "report_campaign",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("spec", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("duty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "withdrawn_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("withdrawn_reason", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name=op.f("ck_report_campaign_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint("last >= first", name=op.f("ck_report_campaign_days_in_order")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_report_campaign_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_report_campaign_created_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["duty_id"], ["report_duty.id"], name=op.f("fk_report_campaign_duty_id_report_duty")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["user_account.id"],
            name=op.f("fk_report_campaign_withdrawn_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_campaign")),
        sa.UniqueConstraint("uid", name=op.f("uq_report_campaign_uid")),
    )
    op.create_table(
        "review_campaign",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=255), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("lead_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_review_campaign_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_review_campaign_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_review_campaign_created_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["user_account.id"], name=op.f("fk_review_campaign_lead_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_campaign")),
        sa.UniqueConstraint("uid", name=op.f("uq_review_campaign_uid")),
    )
    with op.batch_alter_table("review_campaign", schema=None) as batch_op:
        batch_op.create_index("ix_review_campaign_agency", ["agency_id", "starts_on"], unique=False)

    op.create_table(
        "score_criterion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "scorecard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=255), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column(
            "indicator",
            sa.Enum(
                "settled_in_time",
                "open_overdue",
                "reception_days",
                "satisfaction",
                "commitments_kept",
                "reports_in_time",
                "urgings_answered",
                "enforced",
                "entered_late",
                name="indicator",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("zero", sa.Integer(), nullable=True),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(indicator IS NULL) = (target IS NULL) AND (indicator IS NULL) = (zero IS NULL)",
            name=op.f("ck_score_criterion_scale_of_indicator"),
        ),
        sa.CheckConstraint("least >= 1", name=op.f("ck_score_criterion_least")),
        sa.CheckConstraint(
            "target IS NULL OR (target BETWEEN 0 AND 100 AND zero BETWEEN 0 AND 100 AND target <> zero)",
            name=op.f("ck_score_criterion_scale"),
        ),
        sa.CheckConstraint("weight > 0", name=op.f("ck_score_criterion_weight")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"],
            ["scorecard.id"],
            name=op.f("fk_score_criterion_scorecard_id_scorecard"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_criterion")),
        sa.UniqueConstraint(
            "scorecard_id", "position", name=op.f("uq_score_criterion_scorecard_id_position")
        ),
    )
    op.create_table(
        "score_result",
        sa.Column(
            "scorecard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_score_result_scorecard_id_scorecard")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", name=op.f("pk_score_result")),
    )
    op.create_table(
        "sensitive_week",
        sa.Column(
            "period_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.CheckConstraint("listed >= 0", name=op.f("ck_sensitive_week_listed")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_sensitive_week_made_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["sensitive_period.id"],
            name=op.f("fk_sensitive_week_period_id_sensitive_period"),
        ),
        sa.PrimaryKeyConstraint("period_id", "week", name=op.f("pk_sensitive_week")),
    )
    op.create_table(
        "episode_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column(
            "episode_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "listed",
                "merged",
                "closed",
                "reopened",
                "owner",
                "plan",
                "update",
                "state",
                "verdict",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("week", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "watched",
                "latent",
                "hot",
                "settled",
                name="episodestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                "right",
                "known",
                "wrong",
                name="alarmverdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_episode_entry_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_episode_entry_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_episode_entry_episode_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["episode.id"], name=op.f("fk_episode_entry_other_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_episode_entry_owner_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode_entry")),
        sa.UniqueConstraint("episode_id", "seq", name=op.f("uq_episode_entry_episode_id_seq")),
        sa.UniqueConstraint("uid", name=op.f("uq_episode_entry_uid")),
    )
    op.create_table(
        "episode_place",
        sa.Column(
            "episode_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_episode_place_episode_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_episode_place_place_id_place")
        ),
        sa.PrimaryKeyConstraint("episode_id", "place_id", name=op.f("pk_episode_place")),
    )
    with op.batch_alter_table("episode_place", schema=None) as batch_op:
        batch_op.create_index("ix_episode_place_place", ["place_id"], unique=False)

    op.create_table(
        "episode_project",
        sa.Column(
            "episode_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_episode_project_episode_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_episode_project_project_id_project")
        ),
        sa.PrimaryKeyConstraint("episode_id", "project_id", name=op.f("pk_episode_project")),
    )
    with op.batch_alter_table("episode_project", schema=None) as batch_op:
        batch_op.create_index("ix_episode_project_project", ["project_id"], unique=False)

    op.create_table(
        "hotspot_alarm",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "episode_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "unit",
            sa.Enum(
                "place_field",
                "office_field",
                "project",
                "place",
                "province_field",
                name="seriesunit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("p", sa.Double(), nullable=False),
        sa.Column("tail", sa.Double(), nullable=False),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("completeness", sa.Double(), nullable=True),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_hotspot_alarm_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["episode.id"], name=op.f("fk_hotspot_alarm_episode_id_episode")
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["field.id"], name=op.f("fk_hotspot_alarm_field_id_field")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_hotspot_alarm_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_hotspot_alarm_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["hotspot_scan.id"], name=op.f("fk_hotspot_alarm_scan_id_hotspot_scan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotspot_alarm")),
    )
    with op.batch_alter_table("hotspot_alarm", schema=None) as batch_op:
        batch_op.create_index("ix_hotspot_alarm_episode", ["episode_id", "scan_id"], unique=False)
        batch_op.create_index("ix_hotspot_alarm_scan", ["scan_id"], unique=False)

    op.create_table(
        "report_sheet",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("consolidated", sa.Boolean(), nullable=False),
        sa.Column("spec", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "confirmed",
                "signed",
                name="sheetstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "campaign_id IS NOT NULL OR NOT consolidated",
            name=op.f("ck_report_sheet_consolidates_asked"),
        ),
        sa.CheckConstraint("last >= first", name=op.f("ck_report_sheet_days_in_order")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_report_sheet_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["report_campaign.id"],
            name=op.f("fk_report_sheet_campaign_id_report_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["user_account.id"],
            name=op.f("fk_report_sheet_confirmed_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["user_account.id"],
            name=op.f("fk_report_sheet_created_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_sheet")),
        sa.UniqueConstraint(
            "campaign_id",
            "agency_id",
            "consolidated",
            name=op.f("uq_report_sheet_campaign_id_agency_id_consolidated"),
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_report_sheet_uid")),
    )
    with op.batch_alter_table("report_sheet", schema=None) as batch_op:
        batch_op.create_index("ix_report_sheet_agency", ["agency_id", "last"], unique=False)

    op.create_table(
        "score_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "criterion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("given_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_score_entry_points")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_score_entry_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["score_criterion.id"],
            name=op.f("fk_score_entry_criterion_id_score_criterion"),
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["user_account.id"], name=op.f("fk_score_entry_given_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_entry")),
    )
    with op.batch_alter_table("score_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_score_entry_criterion", ["criterion_id", "agency_id"], unique=False
        )

    op.create_table(
        "target_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "approved",
                "under_inspection",
                "concluded",
                "dropped",
                name="targetstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=160), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_target_entry_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["inspection_target.id"],
            name=op.f("fk_target_entry_target_id_inspection_target"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_entry")),
        sa.UniqueConstraint("target_id", "seq", name=op.f("uq_target_entry_target_id_seq")),
    )
    op.create_table(
        "case_weight",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("beyond", sa.Integer(), nullable=False),
        sa.Column("crowd", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("prolonged", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("security", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.Column("protected", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("table_version", sa.Integer(), nullable=False),
        sa.Column("weighed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("beyond >= 0 AND beyond <= points", name=op.f("ck_case_weight_beyond")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_weight_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_weight")),
    )
    with op.batch_alter_table("case_weight", schema=None) as batch_op:
        batch_op.create_index("ix_case_weight_points", ["points", "case_id"], unique=False)
        batch_op.create_index(
            "ix_case_weight_security",
            ["points", "case_id"],
            unique=False,
            postgresql_where=sa.text("security > 0"),
            sqlite_where=sa.text("security > 0"),
        )

    op.create_table(
        "conduct_outcome",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("respondent", sa.Integer(), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "no_wrongdoing",
                "criticised",
                "disciplined",
                "to_investigators",
                name="conductfinding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "form",
            sa.Enum(
                "reprimand",
                "warning",
                "salary_lowered",
                "demoted",
                "removed_from_post",
                "recalled",
                "dismissed",
                name="disciplineform",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(finding = 'disciplined') = (form IS NOT NULL)",
            name=op.f("ck_conduct_outcome_form_of_discipline"),
        ),
        sa.CheckConstraint("respondent >= 0", name=op.f("ck_conduct_outcome_respondent")),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_conduct_outcome_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_conduct_outcome_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_conduct_outcome_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_outcome")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_conduct_outcome_case_id_seq")),
        sa.UniqueConstraint("uid", name=op.f("uq_conduct_outcome_uid")),
    )
    op.create_table(
        "hotspot_alarm_case",
        sa.Column("alarm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"],
            ["hotspot_alarm.id"],
            name=op.f("fk_hotspot_alarm_case_alarm_id_hotspot_alarm"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_hotspot_alarm_case_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("alarm_id", "case_id", name=op.f("pk_hotspot_alarm_case")),
    )
    with op.batch_alter_table("hotspot_alarm_case", schema=None) as batch_op:
        batch_op.create_index("ix_hotspot_alarm_case_case", ["case_id"], unique=False)

    op.create_table(
        "inspection_charge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "inspector_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("given_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_inspection_charge_life")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_inspection_charge_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_inspection_charge_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["user_account.id"],
            name=op.f("fk_inspection_charge_given_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["inspector_id"],
            ["user_account.id"],
            name=op.f("fk_inspection_charge_inspector_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_charge")),
    )
    with op.batch_alter_table("inspection_charge", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inspection_charge_inspector", ["inspector_id", "case_id"], unique=False
        )
        batch_op.create_index(
            "uq_inspection_charge_standing",
            ["case_id", "agency_id"],
            unique=True,
            postgresql_where=sa.text("until IS NULL"),
            sqlite_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "inspection_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(words IS NULL) <> (sealed IS NULL)", name=op.f("ck_inspection_note_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_inspection_note_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_inspection_note_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_inspection_note_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_note")),
        sa.UniqueConstraint("uid", name=op.f("uq_inspection_note_uid")),
    )
    with op.batch_alter_table("inspection_note", schema=None) as batch_op:
        batch_op.create_index("ix_inspection_note_case", ["case_id"], unique=False)

    op.create_table(
        "reviewed_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("leader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "withdrawn",
                "no_longer_petitioning",
                "plan_carried_out",
                "acceptance_ended",
                "in_court",
                "policy_obstacle",
                name="reviewoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (outcome_on IS NULL)", name=op.f("ck_reviewed_case_outcome_when")
        ),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_reviewed_case_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_reviewed_case_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["review_campaign.id"],
            name=op.f("fk_reviewed_case_campaign_id_review_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_reviewed_case_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["user_account.id"], name=op.f("fk_reviewed_case_leader_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewed_case")),
        sa.UniqueConstraint(
            "campaign_id", "case_id", name=op.f("uq_reviewed_case_campaign_id_case_id")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_reviewed_case_uid")),
    )
    with op.batch_alter_table("reviewed_case", schema=None) as batch_op:
        batch_op.create_index("ix_reviewed_case_agency", ["agency_id"], unique=False)
        batch_op.create_index("ix_reviewed_case_case", ["case_id"], unique=False)

    op.create_table(
        "share_alarm_case",
        sa.Column("alarm_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["share_alarm.id"], name=op.f("fk_share_alarm_case_alarm_id_share_alarm")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_share_alarm_case_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("alarm_id", "case_id", name=op.f("pk_share_alarm_case")),
    )
    with op.batch_alter_table("share_alarm_case", schema=None) as batch_op:
        batch_op.create_index("ix_share_alarm_case_case", ["case_id"], unique=False)

    op.create_table(
        "sheet_table",
        sa.Column("sheet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("computed", sa.JSON(), nullable=False),
        sa.Column("declared", sa.JSON(), nullable=False),
        sa.Column("manual", sa.JSON(), nullable=False),
        sa.Column("untold", sa.JSON(), nullable=False),
        sa.Column("behind", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["report_sheet.id"], name=op.f("fk_sheet_table_sheet_id_report_sheet")
        ),
        sa.PrimaryKeyConstraint("sheet_id", "name", name=op.f("pk_sheet_table")),
    )
    op.create_table(
        "signed_sheet",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("sheet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("spec", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "prepared_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "signed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["prepared_by"],
            ["user_account.id"],
            name=op.f("fk_signed_sheet_prepared_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["report_sheet.id"], name=op.f("fk_signed_sheet_sheet_id_report_sheet")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["user_account.id"], name=op.f("fk_signed_sheet_signed_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_sheet")),
        sa.UniqueConstraint("sheet_id", "edition", name=op.f("uq_signed_sheet_sheet_id_edition")),
        sa.UniqueConstraint("uid", name=op.f("uq_signed_sheet_uid")),
    )
    op.create_table(
        "urging_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "from_agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "to_agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column(
            "issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_due", sa.Date(), nullable=False),
        sa.Column(
            "reply_basis",
            sa.Enum(
                "counted",
                "internal",
                "typed",
                name="replybasis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reply_days", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.String(length=40), nullable=False),
        sa.Column("form_version", sa.String(length=20), nullable=False),
        sa.Column("book", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("symbol", sa.String(length=60), nullable=False),
        sa.Column("numbered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "numbered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "signer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("signer_title", sa.String(length=120), nullable=False),
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
            nullable=False,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                "answered",
                "closed",
                name="urgingend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (ending IS NULL)", name=op.f("ck_urging_letter_ended_how")
        ),
        sa.CheckConstraint(
            "(number IS NULL) = (numbered_at IS NULL)",
            name=op.f("ck_urging_letter_number_and_when"),
        ),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= issued_on",
            name=op.f("ck_urging_letter_ended_after_issue"),
        ),
        sa.CheckConstraint(
            "from_agency_id <> to_agency_id", name=op.f("ck_urging_letter_two_bodies")
        ),
        sa.CheckConstraint(
            "reply_due >= issued_on", name=op.f("ck_urging_letter_reply_after_issue")
        ),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_urging_letter_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_urging_letter_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["from_agency_id"], ["agency.id"], name=op.f("fk_urging_letter_from_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["user_account.id"], name=op.f("fk_urging_letter_issued_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["numbered_by"],
            ["user_account.id"],
            name=op.f("fk_urging_letter_numbered_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["user_account.id"], name=op.f("fk_urging_letter_signer_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["to_agency_id"], ["agency.id"], name=op.f("fk_urging_letter_to_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urging_letter")),
        sa.UniqueConstraint(
            "from_agency_id",
            "book",
            "year",
            "number",
            name=op.f("uq_urging_letter_from_agency_id_book_year_number"),
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_urging_letter_uid")),
    )
    with op.batch_alter_table("urging_letter", schema=None) as batch_op:
        batch_op.create_index(
            "ix_urging_letter_from", ["from_agency_id", "issued_on", "id"], unique=False
        )
        batch_op.create_index("ix_urging_letter_order", ["issued_on", "id"], unique=False)
        batch_op.create_index(
            "ix_urging_letter_to", ["to_agency_id", "issued_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_urging_letter_waiting",
            ["reply_due"],
            unique=False,
            postgresql_where=sa.text("ended_on IS NULL"),
            sqlite_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "review_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column(
            "reviewed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "taken",
                "charged",
                "planned",
                "progress",
                "outcome",
                "resumed",
                name="reviewstep",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "withdrawn",
                "no_longer_petitioning",
                "plan_carried_out",
                "acceptance_ended",
                "in_court",
                "policy_obstacle",
                name="reviewoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(step = 'outcome') = (outcome IS NOT NULL)",
            name=op.f("ck_review_entry_outcome_of_step"),
        ),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_review_entry_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_review_entry_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_review_entry_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_id"],
            ["reviewed_case.id"],
            name=op.f("fk_review_entry_reviewed_id_reviewed_case"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_entry")),
        sa.UniqueConstraint("reviewed_id", "seq", name=op.f("uq_review_entry_reviewed_id_seq")),
        sa.UniqueConstraint("uid", name=op.f("uq_review_entry_uid")),
    )
    op.create_table(
        "signed_table",
        sa.Column(
            "signed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("behind", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signed_id"], ["signed_sheet.id"], name=op.f("fk_signed_table_signed_id_signed_sheet")
        ),
        sa.PrimaryKeyConstraint("signed_id", "name", name=op.f("pk_signed_table")),
    )
    op.create_table(
        "urged_case",
        sa.Column(
            "letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "deadline_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "step",
            sa.Enum(
                "acceptance_decision",
                "unprocessed_alarm",
                "settlement",
                "send_decision",
                "publish_decision",
                "legal_effect",
                "second_complaint_window",
                "limitation",
                "direct_enforcement",
                "dialogue_notice",
                "send_suspension_decision",
                "initial_processing",
                "transfer",
                "reply_to_forwarder",
                "notify_acceptance",
                "send_conclusion",
                "act_on_conclusion",
                "publish_conclusion",
                "further_denunciation_decision",
                "demand_report",
                "result_notice",
                "refusal_notice",
                "schedule_posting",
                "online_invitation",
                "online_connection_test",
                "report_to_forwarder",
                "relay_result",
                "report_on_demand",
                "internal_settlement",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_urged_case_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadline.id"], name=op.f("fk_urged_case_deadline_id_deadline")
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["urging_letter.id"], name=op.f("fk_urged_case_letter_id_urging_letter")
        ),
        sa.PrimaryKeyConstraint("letter_id", "case_id", name=op.f("pk_urged_case")),
        sa.UniqueConstraint("letter_id", "ordinal", name=op.f("uq_urged_case_letter_id_ordinal")),
    )
    with op.batch_alter_table("urged_case", schema=None) as batch_op:
        batch_op.create_index("ix_urged_case_case", ["case_id"], unique=False)

    op.create_table(
        "urging_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column(
            "letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "words IS NULL OR sealed IS NULL", name=op.f("ck_urging_answer_one_form")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_urging_answer_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_urging_answer_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["urging_letter.id"],
            name=op.f("fk_urging_answer_letter_id_urging_letter"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urging_answer")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_urging_answer_letter_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_urging_answer_uid")),
    )
    _reminder_subjects(SUBJECTS + NEW_SUBJECTS)
    for statement in GUARDS_UP[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    for statement in GUARDS_DOWN[op.get_bind().dialect.name]:
        op.execute(statement)
    reminder = sa.table("reminder", sa.column("subject"))
    op.execute(sa.delete(reminder).where(reminder.c.subject.in_(NEW_SUBJECTS)))
    _reminder_subjects(SUBJECTS)
    op.drop_table("urging_answer")
    with op.batch_alter_table("urged_case", schema=None) as batch_op:
        batch_op.drop_index("ix_urged_case_case")

    op.drop_table("urged_case")
    op.drop_table("signed_table")
    op.drop_table("review_entry")
    with op.batch_alter_table("urging_letter", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_urging_letter_waiting",
            postgresql_where=sa.text("ended_on IS NULL"),
            sqlite_where=sa.text("ended_on IS NULL"),
        )
        batch_op.drop_index("ix_urging_letter_to")
        batch_op.drop_index("ix_urging_letter_order")
        batch_op.drop_index("ix_urging_letter_from")

    op.drop_table("urging_letter")
    op.drop_table("signed_sheet")
    op.drop_table("sheet_table")
    with op.batch_alter_table("share_alarm_case", schema=None) as batch_op:
        batch_op.drop_index("ix_share_alarm_case_case")

    op.drop_table("share_alarm_case")
    with op.batch_alter_table("reviewed_case", schema=None) as batch_op:
        batch_op.drop_index("ix_reviewed_case_case")
        batch_op.drop_index("ix_reviewed_case_agency")

    op.drop_table("reviewed_case")
    with op.batch_alter_table("inspection_note", schema=None) as batch_op:
        batch_op.drop_index("ix_inspection_note_case")

    op.drop_table("inspection_note")
    with op.batch_alter_table("inspection_charge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_inspection_charge_standing",
            postgresql_where=sa.text("until IS NULL"),
            sqlite_where=sa.text("until IS NULL"),
        )
        batch_op.drop_index("ix_inspection_charge_inspector")

    op.drop_table("inspection_charge")
    with op.batch_alter_table("hotspot_alarm_case", schema=None) as batch_op:
        batch_op.drop_index("ix_hotspot_alarm_case_case")

    op.drop_table("hotspot_alarm_case")
    op.drop_table("conduct_outcome")
    with op.batch_alter_table("case_weight", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_case_weight_security",
            postgresql_where=sa.text("security > 0"),
            sqlite_where=sa.text("security > 0"),
        )
        batch_op.drop_index("ix_case_weight_points")

    op.drop_table("case_weight")
    op.drop_table("target_entry")
    with op.batch_alter_table("score_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_score_entry_criterion")

    op.drop_table("score_entry")
    with op.batch_alter_table("report_sheet", schema=None) as batch_op:
        batch_op.drop_index("ix_report_sheet_agency")

    op.drop_table("report_sheet")
    with op.batch_alter_table("hotspot_alarm", schema=None) as batch_op:
        batch_op.drop_index("ix_hotspot_alarm_scan")
        batch_op.drop_index("ix_hotspot_alarm_episode")

    op.drop_table("hotspot_alarm")
    with op.batch_alter_table("episode_project", schema=None) as batch_op:
        batch_op.drop_index("ix_episode_project_project")

    op.drop_table("episode_project")
    with op.batch_alter_table("episode_place", schema=None) as batch_op:
        batch_op.drop_index("ix_episode_place_place")

    op.drop_table("episode_place")
    op.drop_table("episode_entry")
    op.drop_table("sensitive_week")
    op.drop_table("score_result")
    op.drop_table("score_criterion")
    with op.batch_alter_table("review_campaign", schema=None) as batch_op:
        batch_op.drop_index("ix_review_campaign_agency")

    op.drop_table("review_campaign")
    op.drop_table("report_campaign")
    with op.batch_alter_table("opening_balance", schema=None) as batch_op:
        batch_op.drop_index("ix_opening_balance_agency")

    op.drop_table("opening_balance")
    with op.batch_alter_table("mail_setting_change", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_setting_change_agency")

    op.drop_table("mail_setting_change")
    with op.batch_alter_table("inspection_target", schema=None) as batch_op:
        batch_op.drop_index("ix_inspection_target_year")

    op.drop_table("inspection_target")
    with op.batch_alter_table("episode", schema=None) as batch_op:
        batch_op.drop_index("ix_episode_open")
        batch_op.drop_index("ix_episode_judged")

    op.drop_table("episode")
    op.drop_table("share_alarm")
    with op.batch_alter_table("sensitive_period", schema=None) as batch_op:
        batch_op.drop_index("ix_sensitive_period_ends")

    op.drop_table("sensitive_period")
    op.drop_table("scorecard")
    op.drop_table("saved_view")
    op.drop_table("place_population")
    op.drop_table("hotspot_surge")
    op.drop_table("hotspot_silence")
    with op.batch_alter_table("address_note", schema=None) as batch_op:
        batch_op.drop_index("ix_address_note_user")

    op.drop_table("address_note")
    op.drop_table("hotspot_scan")
