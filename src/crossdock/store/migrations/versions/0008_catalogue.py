"""Products on their way from a PIM to an ERP: what was read, where each stands, and changes of structure."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what is known of products would be lost: restore a backup instead")
