"""What of each remote system failed last, and when it was probed last."""

from pathlib import Path

from alembic import op

from crossdock.store.migrate import statements

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    for statement in statements(Path(__file__).with_suffix(".sql").read_text("utf-8")):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.execute("drop table remote_failure, remote_probe")
    op.execute("alter table remote_budget drop column failed_calls")
