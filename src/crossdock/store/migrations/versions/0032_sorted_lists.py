"""Every list of the console stands in more than one order, each carried by an index."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("there is no way back from here: restore a backup instead")
