"""plan rows and checklist steps belong to accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0028_step_owners"
down_revision = "0027_names"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = ("project_plan_row", "case_step")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("owner_id", BIG, nullable=True))
            batch.create_foreign_key(batch.f(f"fk_{table}_owner_id_account"), "account", ["owner_id"], ["id"])
            batch.create_index(batch.f(f"ix_{table}_owner_id"), ["owner_id"], unique=False)


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_index(batch.f(f"ix_{table}_owner_id"))
            batch.drop_constraint(batch.f(f"fk_{table}_owner_id_account"), type_="foreignkey")
            batch.drop_column("owner_id")
