"""What is mapped to a stock code is found without reading the whole map."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("there is no way back from here: restore a backup instead")
