"""How long what is kept is kept: what goes leaves a trace, and age is found by index."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what was let go is gone: restore a backup instead")
