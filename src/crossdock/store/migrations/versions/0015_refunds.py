"""Refunds and their credit notes; what was fetched of what was put out."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("credit notes would be lost: restore a backup instead")
