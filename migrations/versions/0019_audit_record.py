"""audit of a record"""

from alembic import op

revision = "0019_audit_record"
down_revision = "0018_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_entry_kind_record_id_seq", "audit_entry", ["kind", "record_id", "seq"])


def downgrade() -> None:
    op.drop_index("ix_audit_entry_kind_record_id_seq", table_name="audit_entry")
