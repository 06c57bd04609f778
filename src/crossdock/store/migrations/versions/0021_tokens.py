"""Tokens for the HTTP API, what each may do, and who called with one that is none."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("tokens would no longer be known: restore a backup instead")
