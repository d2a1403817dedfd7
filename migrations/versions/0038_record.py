"""The whole record of an enterprise: identity, group, people in charge, versions of figures, honours, contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0038_record"
down_revision = "0037_duplicates"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
COLUMNS: tuple[tuple[str, tuple[sa.Column, ...]], ...] = (
    (
        "enterprise",
        (
            sa.Column("uscc_as_printed", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("aliases", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("org_type", sa.String(60), nullable=False, server_default=""),
            sa.Column("reg_currency", sa.String(3), nullable=False, server_default="CNY"),
            sa.Column("reg_authority", sa.String(80), nullable=False, server_default=""),
            sa.Column("lng_e6", sa.BigInteger()),
            sa.Column("lat_e6", sa.BigInteger()),
            sa.Column("industry_extra", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("above_scale_since", sa.Date()),
        ),
    ),
    ("former_name", (sa.Column("from_on", sa.Date()),)),
    (
        "enterprise_year",
        (
            sa.Column("value_added_fen", sa.BigInteger()),
            sa.Column("employees_avg", sa.Integer()),
            sa.Column("power_kwh_c", sa.BigInteger()),
            sa.Column("energy_basis", sa.String(12), nullable=False, server_default=""),
            sa.Column("emission_t_e4", sa.BigInteger()),
            sa.Column("land_sqm_c", sa.BigInteger()),
        ),
    ),
    (
        "honour",
        (
            sa.Column("valid_from", sa.Date()),
            sa.Column("review_result", sa.String(80), nullable=False, server_default=""),
            sa.Column("revoked_on", sa.Date()),
        ),
    ),
    (
        "contact",
        (
            sa.Column("role", sa.String(40), nullable=False, server_default=""),
            sa.Column("is_primary", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("left_on", sa.Date()),
            sa.Column("consent_basis", sa.String(12), nullable=False, server_default="statutory"),
            sa.Column("retain_until", sa.Date()),
        ),
    ),
)
REFERENCES: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    "enterprise": (
        ("group_id", "enterprise", None),
        ("specialist_id", "account", None),
        ("leader_id", "account", None),
    ),
    "enterprise_year": (("entered_by", "account", None),),
    "honour": (("evidence_id", "attachment", "SET NULL"),),
}
CHECKS = {
    "enterprise": (
        sa.CheckConstraint(
            "reg_status IN ('active', 'moved_out', 'deregistered', 'revoked', 'cancelled')",
            name="ck_enterprise_known_status",
        ),
        sa.CheckConstraint(
            "size_class IS NULL OR size_class IN ('large', 'medium', 'small', 'micro')",
            name="ck_enterprise_known_size",
        ),
    ),
    "honour": (
        sa.CheckConstraint(
            "level IN ('national', 'provincial', 'municipal', 'county')", name="ck_honour_known_level"
        ),
    ),
}
KEPT = {"enterprise": {"sqlite_autoincrement": True}}
"""What SQLite's copy of a table would lose unless it is told."""
INDEXES = (
    ("enterprise", ("group_id",)),
    ("enterprise", ("specialist_id", "sort_key")),
    ("enterprise", ("specialist_id", "last_contact_on")),
    ("honour", ("valid_to",)),
    ("contact", ("retain_until",)),
)


def upgrade() -> None:
    for table, columns in COLUMNS:
        with op.batch_alter_table(
            table, table_args=CHECKS.get(table, ()), table_kwargs=KEPT.get(table, {})
        ) as batch:
            for column in columns:
                batch.add_column(column)
            for column, other, gone in REFERENCES.get(table, ()):
                batch.add_column(sa.Column(column, BIG))
                batch.create_foreign_key(
                    f"fk_{table}_{column}_{other}", other, [column], ["id"], ondelete=gone
                )
    for table, names in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(names)}", table, list(names))
    op.create_table(
        "enterprise_year_version",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", sa.String(26), nullable=False),
        sa.Column("year_id", BIG, nullable=False),
        sa.Column("enterprise_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("entered_by", BIG),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by", BIG),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=f"fk_enterprise_year_version_{column}_{other}", ondelete=gone
            )
            for column, other, gone in (
                ("year_id", "enterprise_year", "CASCADE"),
                ("enterprise_id", "enterprise", "CASCADE"),
                ("entered_by", "account", None),
                ("verified_by", "account", None),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_enterprise_year_version"),
        sa.UniqueConstraint("public_id", name="uq_enterprise_year_version_public_id"),
        sa.UniqueConstraint("year_id", "number", name="uq_enterprise_year_version_year_id_number"),
    )
    op.create_index("ix_enterprise_year_version_enterprise_id", "enterprise_year_version", ["enterprise_id"])


def downgrade() -> None:
    op.drop_table("enterprise_year_version")
    for table, names in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{'_'.join(names)}", table)
    for table, columns in reversed(COLUMNS):
        with op.batch_alter_table(
            table, table_args=CHECKS.get(table, ()), table_kwargs=KEPT.get(table, {})
        ) as batch:
            for column, other, _gone in reversed(REFERENCES.get(table, ())):
                batch.drop_constraint(f"fk_{table}_{column}_{other}", type_="foreignkey")
                batch.drop_column(column)
            for column in reversed(columns):
                batch.drop_column(column.name)
