"""People who sign in, what each may do, their sessions, and who tried."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("people would no longer be able to sign in: restore a backup instead")
