"""What a retail system was told, what it would have moved, the orders behind that, and differences people accept."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what the retail system was told would be lost: restore a backup instead")
