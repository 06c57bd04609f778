"""Which products are on sale, and what others lack."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what was taken off sale would not come back: restore a backup instead")
