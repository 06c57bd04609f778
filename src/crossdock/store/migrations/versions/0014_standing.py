"""What the storefront shows of accounts and of orders that wait."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what the storefront was told would be lost: restore a backup instead")
