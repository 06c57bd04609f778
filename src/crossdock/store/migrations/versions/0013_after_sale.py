"""What happens to an order after it was taken: changes."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("the changes of orders would be lost: restore a backup instead")
