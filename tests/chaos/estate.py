"""Everything as processes of its own: simulators, Crossdock, PostgreSQL. A test kills what it likes, when it likes."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import orjson
import yaml

from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from crossdock.store.database import remove_embedded, start_embedded
from tests.conftest import throwaway_folder
from tests.eventually import eventually
from tests.world import NAME, settings_tree

SEED = 20260302
HOOK_SECRET = "chaos-webhook-secret"
START_SECONDS, REST_SECONDS = 120.0, 120.0
LOG_SHOWN = 20_000  # characters of Crossdock's log, with a failure
COMMAND = [sys.executable, "-c", "from crossdock.cli import main; main()"]

SHOP_TROUBLE = [
    {"kind": "truncated_body", "match": "^GET /admin/api/orders", "rate": 0.03},
    {"kind": "status", "status": 429, "retry_after": 0.1, "match": "/admin/api/", "rate": 0.02},
    {"kind": "status", "status": 503, "match": "^GET", "rate": 0.02},
    {"kind": "lost_reply", "match": "^(POST|PATCH) /admin/api/", "rate": 0.03},
    {"kind": "expired_token", "rate": 0.005},
    {"kind": "duplicate_webhook", "rate": 0.5},
    {"kind": "lose_webhook", "rate": 0.2},
]
ERP_TROUBLE = [
    {"kind": "lost_reply", "match": "ImportOrders", "rate": 0.04},
    {"kind": "lost_request", "match": "ImportOrders", "rate": 0.04},
    {"kind": "status", "status": 429, "retry_after": 0.1, "rate": 0.02},
    {"kind": "status", "status": 503, "rate": 0.02},
    {"kind": "truncated_body", "match": "Export", "rate": 0.02},
]
QUICK = {
    "orders": {"attempts_max": 20},
    "stock": {"every_seconds": 2, "buffer": 24},
    "cadence": {
        "orders_every_seconds": 1, "despatch_every_seconds": 2, "recheck_every_seconds": 3,
        "storefront_settle_seconds": 1, "items_every_seconds": 30, "accounts_every_seconds": 30,
    },
}  # fmt: skip
BUDGET = {"budget": {"concurrency": 8, "requests_per_second": 400, "breaker_failures": 30, "breaker_seconds": 1}}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(kw_only=True)
class Estate:
    """folder: where crossdock.yaml is. database: the URL we look at it through. running: Crossdock's processes."""

    folder: Path
    database: str
    urls: dict[str, str]
    door: str
    session: aiohttp.ClientSession
    environ: dict[str, str]
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A command of ours, its log beside the settings."""
        with (self.folder / "crossdock.log").open("ab") as log:
            process = subprocess.Popen([*COMMAND, *words], cwd=self.folder, env=self.environ, stdout=log, stderr=log)
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As the power cut does it."""
        process.kill()
        process.wait()
        self.running.remove(process)

    def stop(self) -> None:
        """In an orderly way."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(timeout=30)
        self.running.clear()

    async def act(self, side: str, act: str, **params: Any) -> Any:
        async with self.session.post(f"{self.urls[side]}/_sandbox/act", json={"act": act, **params}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def trouble(self, *, on: bool) -> None:
        for side, knobs in (("shop", SHOP_TROUBLE), ("khaos", ERP_TROUBLE)):
            body = {"faults": knobs if on else [], "seed": SEED}
            async with self.session.post(f"{self.urls[side]}/_sandbox/faults", json=body) as answer:
                assert answer.status == 200

    async def state(self, side: str) -> Any:
        async with self.session.get(f"{self.urls[side]}/_sandbox/state") as answer:
            return await answer.json()

    async def ask(self, question: str) -> Any:
        """One figure from our book; None while the database is away or not made yet."""
        try:
            connection = await asyncpg.connect(self.database)
        except (OSError, asyncpg.PostgresError):
            return None
        try:
            return await connection.fetchval(question)
        except asyncpg.PostgresError:
            return None
        finally:
            await connection.close()

    async def posted(self) -> int:
        return int(await self.ask("select count(*) from sales_order where posted_at is not null") or 0)

    async def is_open(self) -> bool:
        """The shop shows stock, so shoppers can buy."""
        return bool(await self.ask("select count(*) > 100 from stock_published where not unsure"))

    async def at_rest(self) -> bool:
        return bool(await self.ask(AT_REST))

    async def verdict(self) -> dict[str, str]:
        """Law → evidence of those that are broken, by the command that judges them."""
        judge = await asyncio.create_subprocess_exec(
            *COMMAND, "sandbox", "check-laws", "--json", cwd=self.folder, env=self.environ, stdout=subprocess.PIPE
        )
        out, _ = await judge.communicate()
        laws = orjson.loads(out)["pairings"][NAME]
        return {law: one["evidence"] for law, one in laws.items() if not one["pass"]}

    async def keeps_the_laws(self) -> None:
        """Trouble is over: everything comes to rest, and nothing was lost, doubled or left wrong."""
        await self.trouble(on=False)
        await eventually(self.at_rest, deadline_seconds=REST_SECONDS, every=0.3)
        await self.publish_stock()
        broken = await self.verdict()
        assert broken == {}, broken

    async def publish_stock(self) -> None:
        """Until a stock publication that began after now has ended well."""
        now = await self.ask("select now()::text")
        ended = f"select began_at > '{now}' and ended_at > began_at and failures = 0 from cadence where flow = 'stock'"
        await eventually(lambda: self.ask(ended), deadline_seconds=REST_SECONDS, every=0.2)
        await eventually(self.at_rest, deadline_seconds=REST_SECONDS, every=0.2)


AT_REST = """
select not exists (select from sales_order o where o.state in ('captured', 'posting')
                   and not exists (select from case_hold h join desk_case c on c.id = h.case_id
                                   where c.state = 'open' and h.record = 'order' and h.record_id = o.id))
   and not exists (select from despatch where state in ('found', 'sending'))
   and not exists (select from stock_published where unsure)
"""


@contextlib.contextmanager
def servers() -> Iterator[tuple[Path, str]]:
    """A folder and the PostgreSQL in it, in a process of its own that nobody's death takes along."""
    with throwaway_folder() as folder:
        url = start_embedded(folder)
        try:
            yield folder, url
        finally:
            remove_embedded(folder)


@contextlib.asynccontextmanager
async def estate(*, external: str | None = None) -> AsyncIterator[Estate]:
    """Simulators up, shop empty, Crossdock not started. external: CROSSDOCK_DATABASE_URL; None for the embedded one."""
    with throwaway_folder() as folder:
        ports = {side: free_port() for side in ("shop", "khaos", "door")}
        urls = {side: f"http://127.0.0.1:{port}" for side, port in ports.items()}
        _write_settings(folder, urls, ports["door"])
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
        environ |= {"SHOP_SECRET": SANDBOX_CREDENTIAL, "HOOK_SECRET": HOOK_SECRET}
        if external:
            environ["CROSSDOCK_DATABASE_URL"] = external
        url = external or await asyncio.to_thread(start_embedded, folder / "data")
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            one = Estate(folder=folder, database=url, urls=urls, door=urls["door"], session=session, environ=environ)
            simulators = one.start("sandbox", "serve", "--config", "crossdock.yaml")
            one.running.remove(simulators)
            try:
                await eventually(lambda: _answers(session, urls["khaos"]), deadline_seconds=START_SECONDS)
                yield one
                one.stop()
            except BaseException:
                print((folder / "crossdock.log").read_text("utf-8", "replace")[-LOG_SHOWN:])
                raise
            finally:
                for process in [*one.running, simulators]:
                    process.kill()
                    process.wait()
                if not external:
                    await asyncio.to_thread(remove_embedded, folder / "data")


def _write_settings(folder: Path, urls: dict[str, str], door: int) -> None:
    shop = {**BUDGET, "timeout_seconds": 5, "webhook_secret": "${HOOK_SECRET}"}
    erp = {**BUDGET, "timeout_seconds": 5, "settle_seconds": 1}
    tree = settings_tree(urls["shop"], urls["khaos"], system={"shop": shop, "khaos": erp}, pairing=QUICK)
    text = yaml.safe_dump({**tree, "http": {"host": "127.0.0.1", "port": door}}, sort_keys=False)
    (folder / "crossdock.yaml").write_text(text, "utf-8")


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/_sandbox/faults") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def hook_up(one: Estate) -> None:
    """Register for the shop's webhooks, as an administrator does."""
    grant = {"grant_type": "client_credentials", "client_id": "crossdock", "client_secret": SANDBOX_CREDENTIAL}
    async with one.session.post(f"{one.urls['shop']}/oauth2-token", json=grant) as answer:
        token = (await answer.json())["access_token"]
    kind = "application/vnd.api+json"
    relations = {
        "topic": {"data": {"type": "webhooktopics", "id": "order.created"}},
        "format": {"data": {"type": "webhookformats", "id": "thin"}},
    }
    attributes = {"notificationUrl": f"{one.door}/hooks/shop", "secret": HOOK_SECRET}
    body = {"data": {"type": "webhooks", "attributes": attributes, "relationships": relations}}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind, "Accept": kind}
    async with one.session.post(f"{one.urls['shop']}/admin/api/webhooks", headers=headers, json=body) as answer:
        assert answer.status == 201, await answer.text()


def parted(total: int, parts: int) -> Sequence[int]:
    """So many in all, in so many parts as even as can be."""
    return [total * (at + 1) // parts - total * at // parts for at in range(parts)]
