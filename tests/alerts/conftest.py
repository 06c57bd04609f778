"""A mail server and a webhook that really listen, and alerts over a database of their own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiosmtpd.smtp import SMTP

from crossdock.cases.kind import Finding
from crossdock.settings.load import load
from crossdock.settings.tree import Project
from crossdock.store.cases import PgCaseBook
from crossdock.store.database import Pool
from crossdock.store.scope import Scope
from crossdock.wiring.alerts import Alerts
from crossdock.wiring.systems import known_systems
from tests.world import NAME, TAKE_JOBS, settings_tree

TOKEN = "Tok3n-that-nobody-may-see"
TIMES: Mapping[str, tuple[str, ...]] = {
    "alert": ("opened_at", "first_told_at", "told_at", "gone_at", "held_at", "answered_at"),
    "alert_message": ("next_at", "taken_until", "created_at"),
    "desk_case": ("opened_at", "due_at", "closed_at"),
    "pgqueuer": ("execute_after",),
    "worker_seen": ("seen_at",),
    "watermark": ("moved_at",),
    "sign_in_attempt": ("at",),
}


@dataclass
class Post:
    """A mail server. refuses: how many mails it turns away first."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refuses: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuses > 0:
            self.refuses -= 1
            return "451 not now"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def url(self, to: str = "desk@harbour.example") -> str:
        return f"mailto://127.0.0.1:{self.port}?from=crossdock@harbour.example&to={to}&mode=insecure"


@dataclass
class Hook:
    """A webhook. status: what it answers; elsewhere: where it sends whoever asks."""

    port: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    status: int = 200
    elsewhere: str = ""

    @property
    def url(self) -> str:
        return f"json://crossdock:{TOKEN}@127.0.0.1:{self.port}/hook"

    async def take(self, request: web.Request) -> web.Response:
        self.paths.append(f"{request.method} {request.path}")
        if self.elsewhere:
            raise web.HTTPTemporaryRedirect(self.elsewhere)
        if self.status == 200:
            self.got.append(await request.json())
        return web.Response(status=self.status)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    made = Post()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(made, hostname="mail"), "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    await server.wait_closed()


@contextlib.asynccontextmanager
async def open_hook() -> AsyncIterator[Hook]:
    made, app = Hook(), web.Application()
    app.router.add_route("*", "/{path:.*}", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    yield made
    await runner.cleanup()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with open_hook() as made:
        yield made


@dataclass
class Office:
    """Alerts as a worker has them; a test says when a minute is over and when what waits is sent."""

    pool: Pool
    project: Project
    alerts: Alerts

    @property
    def cases(self) -> PgCaseBook:
        return PgCaseBook(Scope(pool=self.pool, tenant="main", pairing=NAME, storefront="shop", erp="khaos"))

    async def raise_cases(self, findings: list[Finding]) -> None:
        for number, finding in enumerate(findings):
            await self.cases.raise_case(finding, record="order", record_id=number + 1, ref=f"O-{number}")

    async def round(self) -> Mapping[str, int]:
        """One round, and everything that it wants sent."""
        done = await self.alerts.round()
        await self.work()
        return done

    async def work(self) -> None:
        for job in await self.pool.fetch(TAKE_JOBS):
            assert job["entrypoint"] == "alert"
            await self.alerts.delivery.deliver(int(job["payload"]))

    async def pass_time(self, **time: float) -> None:
        seconds = timedelta(**time).total_seconds()
        for table, columns in TIMES.items():
            moves = ", ".join(f"{one} = {one} - $1::float8 * interval '1 second'" for one in columns)
            await self.pool.execute(f"update {table} set {moves}", seconds)

    async def minutes(self, count: int) -> None:
        for _ in range(count):
            await self.pass_time(minutes=1)
            await self.round()

    async def rows(self, table: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(f"select * from {table} order by id")]


class Offices:
    """Makes one with given settings below `alerts`."""

    def __init__(self, pool: Pool, folder: Path) -> None:
        self.pool, self.folder = pool, folder

    def __call__(self, alerts: Mapping[str, Any], *, desks: Mapping[str, Any] | None = None, **secrets: str) -> Office:
        project = load_alerts(self.folder, alerts, desks=desks, **secrets)
        return Office(self.pool, project, Alerts(self.pool, project))


def load_alerts(
    folder: Path, alerts: Mapping[str, Any], *, desks: Mapping[str, Any] | None = None, **secrets: str
) -> Project:
    tree = {**settings_tree("http://127.0.0.1:1", "http://127.0.0.1:2"), "alerts": alerts, "desks": desks or {}}
    path = folder / "crossdock.yaml"
    path.write_text(yaml.safe_dump(tree, sort_keys=False), "utf-8")
    return load(path, systems=known_systems(), environ={"SHOP_SECRET": "sandbox-secret", **secrets})


def told(**more: Any) -> dict[str, Any]:
    """Settings with two channels, and hosts that may be spoken to; `more` beside them."""
    return {
        "channels": {"mail": "${MAIL}", "hook": "${HOOK}"}, "hosts": ["127.0.0.1"], "private_hosts": ["127.0.0.1"],
        "retry_seconds": 30, **more,
    }  # fmt: skip


@pytest.fixture
def office(pool: Pool, tmp_path: Path) -> Offices:
    return Offices(pool, tmp_path)
