"""Accounts known by their id, and the room for credit on each."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what is known of accounts would be lost: restore a backup instead")
