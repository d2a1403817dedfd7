"""Parks lie in several regions and can be closed; regions that end name what follows them."""

import sqlalchemy as sa
from alembic import op

revision = "0050_parks"
down_revision = "0049_import_changes"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "park_region",
        sa.Column("park_id", BIG, nullable=False),
        sa.Column("region_code", sa.String(6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["park_id"], ["park.id"], name="fk_park_region_park_id_park", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name="fk_park_region_region_code_region"),
        sa.PrimaryKeyConstraint("park_id", "region_code", name="pk_park_region"),
    )
    op.create_index("ix_park_region_region_code", "park_region", ["region_code"])
    op.create_table(
        "region_successor",
        sa.Column("region_code", sa.String(6), nullable=False),
        sa.Column("successor_code", sa.String(6), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name="fk_region_successor_region_code_region"
        ),
        sa.ForeignKeyConstraint(
            ["successor_code"], ["region.code"], name="fk_region_successor_successor_code_region"
        ),
        sa.PrimaryKeyConstraint("region_code", "successor_code", name="pk_region_successor"),
    )
    op.create_index("ix_region_successor_successor_code", "region_successor", ["successor_code"])
    op.execute(
        "INSERT INTO park_region (park_id, region_code, position)"
        " SELECT id, region_code, 0 FROM park WHERE region_code IS NOT NULL"
    )
    op.drop_index("ix_park_region_code", "park")
    with op.batch_alter_table("park") as batch:
        batch.add_column(sa.Column("valid_from", sa.Date()))
        batch.add_column(sa.Column("valid_to", sa.Date()))
        batch.drop_constraint("fk_park_region_code_region", type_="foreignkey")
        batch.drop_column("region_code")


def downgrade() -> None:
    with op.batch_alter_table("park") as batch:
        batch.add_column(sa.Column("region_code", sa.String(6)))
        batch.create_foreign_key("fk_park_region_code_region", "region", ["region_code"], ["code"])
        batch.drop_column("valid_to")
        batch.drop_column("valid_from")
    op.create_index("ix_park_region_code", "park", ["region_code"])
    op.execute(
        "UPDATE park SET region_code = (SELECT region_code FROM park_region"
        " WHERE park_region.park_id = park.id AND park_region.position = 0)"
    )
    op.drop_table("region_successor")
    op.drop_table("park_region")
