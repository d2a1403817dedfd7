"""cultivation"""

import sqlalchemy as sa
from alembic import op

revision = "0011_cultivation"
down_revision = "0010_service_requests"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

POOLS = (
    (
        "L1",
        "升规培育企业库",
        1,
        "工业主营业务收入 1,500–2,000 万元（建议值），或当年可达 2,000 万元",
        "above_scale",
    ),
    ("L2", "省级专精特新中小企业库", 2, "已认定省级专精特新，或自评 60 分以上", "srdi_sme"),
    ("L3", "国家级单项冠军和小巨人库", 3, "已公告或已推荐", "little_giant"),
    ("L4", "工业大企业大集团库", 4, "营业收入 10、50、100 亿元以上分档（建议值）", "champion"),
)
STEPS = (
    ("S1", "升规模", 1, "L1", "L2"),
    ("S2", "创品牌", 2, "L2", "L3"),
    ("S3", "强龙头", 3, "L3", "L4"),
)


def _seed() -> None:
    """Four pools and three steps as the founding paper names them; rows, so that a city may change them."""
    pool = sa.table(
        "cultivation_pool",
        *(sa.column(name) for name in ("code", "name", "position", "entry_rule", "standard", "source")),
    )
    step = sa.table(
        "cultivation_step",
        *(sa.column(name) for name in ("code", "name", "position", "from_pool", "to_pool", "source")),
    )
    op.bulk_insert(
        pool,
        [
            {
                "code": code,
                "name": name,
                "position": position,
                "entry_rule": entry,
                "standard": standard,
                "source": "S",
            }
            for code, name, position, entry, standard in POOLS
        ],
    )
    op.bulk_insert(
        step,
        [
            {
                "code": code,
                "name": name,
                "position": position,
                "from_pool": low,
                "to_pool": high,
                "source": "P",
            }
            for code, name, position, low, high in STEPS
        ],
    )


def upgrade() -> None:
    op.create_table(
        "cultivation_pool",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_rule", sa.String(length=200), nullable=False),
        sa.Column("standard", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cultivation_pool")),
    )
    op.create_table(
        "cultivation_step",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_pool", sa.String(length=16), nullable=False),
        sa.Column("to_pool", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_pool"],
            ["cultivation_pool.code"],
            name=op.f("fk_cultivation_step_from_pool_cultivation_pool"),
        ),
        sa.ForeignKeyConstraint(
            ["to_pool"], ["cultivation_pool.code"], name=op.f("fk_cultivation_step_to_pool_cultivation_pool")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cultivation_step")),
    )
    op.create_table(
        "assessment_input",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("entered_by", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_assessment_input_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_input")),
        sa.UniqueConstraint(
            "enterprise_id", "metric", "year", name=op.f("uq_assessment_input_enterprise_id_metric_year")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_assessment_input_public_id")),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("standard", sa.String(length=24), nullable=False),
        sa.Column("version_code", sa.String(length=40), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("base_year", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("total_c", sa.BigInteger(), nullable=True),
        sa.Column("total_high_c", sa.BigInteger(), nullable=True),
        sa.Column("met_count", sa.Integer(), nullable=False),
        sa.Column("not_met_count", sa.Integer(), nullable=False),
        sa.Column("missing_count", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('met', 'not_met', 'missing', 'unconfirmed', 'not_entered')",
            name=op.f("ck_evaluation_known_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"],
            ["enterprise.id"],
            name=op.f("fk_evaluation_enterprise_id_enterprise"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_evaluation_public_id")),
    )
    op.create_index(
        "ix_evaluation_enterprise_id_standard_id",
        "evaluation",
        ["enterprise_id", "standard", "id"],
        unique=False,
    )
    op.create_table(
        "roster_entry",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("open_enterprise_id", BIG, nullable=True),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("pool_code", sa.String(length=16), nullable=False),
        sa.Column("step_code", sa.String(length=16), nullable=True),
        sa.Column("standard", sa.String(length=24), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("leader_text", sa.String(length=80), nullable=False),
        sa.Column("specialist_id", BIG, nullable=True),
        sa.Column("plan_text", sa.Text(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("exit_kind", sa.String(length=12), nullable=True),
        sa.Column("exit_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "exit_kind IS NULL OR exit_kind IN ('promoted', 'withdrawn', 'disqualified')",
            name=op.f("ck_roster_entry_known_exit"),
        ),
        sa.CheckConstraint(
            "(left_on IS NULL) = (exit_kind IS NULL)", name=op.f("ck_roster_entry_left_with_a_reason")
        ),
        sa.CheckConstraint(
            "(left_on IS NULL) = (open_enterprise_id IS NOT NULL)",
            name=op.f("ck_roster_entry_open_entry_is_unique"),
        ),
        sa.CheckConstraint(
            "left_on IS NULL OR left_on >= entered_on", name=op.f("ck_roster_entry_leaves_after_entering")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_roster_entry_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["pool_code"], ["cultivation_pool.code"], name=op.f("fk_roster_entry_pool_code_cultivation_pool")
        ),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["account.id"], name=op.f("fk_roster_entry_specialist_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["step_code"], ["cultivation_step.code"], name=op.f("fk_roster_entry_step_code_cultivation_step")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_roster_entry_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
        sa.UniqueConstraint("open_enterprise_id", name=op.f("uq_roster_entry_open_enterprise_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_roster_entry_public_id")),
    )
    op.create_index(op.f("ix_roster_entry_enterprise_id"), "roster_entry", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_roster_entry_pool_code"), "roster_entry", ["pool_code"], unique=False)
    op.create_index(op.f("ix_roster_entry_unit_id"), "roster_entry", ["unit_id"], unique=False)
    op.create_table(
        "roster_target",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("value_c", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entry.id"],
            name=op.f("fk_roster_target_entry_id_roster_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_target")),
        sa.UniqueConstraint("entry_id", "year", "metric", name=op.f("uq_roster_target_entry_id_year_metric")),
        sa.UniqueConstraint("public_id", name=op.f("uq_roster_target_public_id")),
    )
    op.create_index(op.f("ix_roster_target_entry_id"), "roster_target", ["entry_id"], unique=False)
    _seed()


def downgrade() -> None:
    op.drop_index(op.f("ix_roster_target_entry_id"), table_name="roster_target")
    op.drop_table("roster_target")
    op.drop_index(op.f("ix_roster_entry_unit_id"), table_name="roster_entry")
    op.drop_index(op.f("ix_roster_entry_pool_code"), table_name="roster_entry")
    op.drop_index(op.f("ix_roster_entry_enterprise_id"), table_name="roster_entry")
    op.drop_table("roster_entry")
    op.drop_index("ix_evaluation_enterprise_id_standard_id", table_name="evaluation")
    op.drop_table("evaluation")
    op.drop_table("assessment_input")
    op.drop_table("cultivation_step")
    op.drop_table("cultivation_pool")
