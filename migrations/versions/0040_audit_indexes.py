"""each condition of the audit trail has an index that also gives the order"""

from alembic import op

revision = "0040_audit_indexes"
down_revision = "0039_activity"
branch_labels = None
depends_on = None

INDEXES = (
    ("record_id", "kind", "seq"), ("kind", "seq"), ("action", "seq"), ("account_id", "seq"), ("ip", "seq"),
    ("actor_name", "account_id"),
)  # fmt: skip
BEFORE = (("kind", "record_id", "seq"), ("account_id",), ("action",))


def upgrade() -> None:
    _exchange(BEFORE, INDEXES)


def downgrade() -> None:
    _exchange(INDEXES, BEFORE)


def _exchange(old: tuple[tuple[str, ...], ...], new: tuple[tuple[str, ...], ...]) -> None:
    for columns in new:
        op.create_index(f"ix_audit_entry_{'_'.join(columns)}", "audit_entry", list(columns))
    for columns in old:
        op.drop_index(f"ix_audit_entry_{'_'.join(columns)}", table_name="audit_entry")
