"""The order-to-cash core."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("the first migration has nothing before it: restore a backup, or drop the database")
