"""Storefront companies, and how each finds its ERP account."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what people decided about companies would be lost: restore a backup instead")
