"""What never tried: counts of both sides, what filters leave out, what events spoke of."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise RuntimeError("what was counted would be lost: restore a backup instead")
