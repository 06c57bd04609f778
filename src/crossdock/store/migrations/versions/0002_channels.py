"""Systems that call us: what is put out for them, what they bring, what they ask for."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what channels brought would be lost: restore a backup instead")
