"""The checks of a living pairing: each says what is, and where to go."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crossdock.cases.kind import Remedy
from crossdock.decide.checks import Answer
from crossdock.settings.pairing import AnyPairing, CataloguePairing, Flow, RetailPairing
from crossdock.store.audit import seal_all
from crossdock.wiring.certificates import certificate_end
from crossdock.wiring.checks import CHECKS, DAILY, MODULES, MONTHLY, WEEKLY, checks_of, run_checks
from tests.flows.conftest import Opener, opened  # noqa: F401 - a fixture
from tests.world import NAME, World

AT_ONCE = {
    "completeness": {"settle_seconds": 0},
    "flows": ["order-entry", "stock-publication", "despatch", "completeness"],
}
FLOWS = (
    "orders", "items", "accounts", "targets", "stock", "despatches", "acknowledge", "recheck", "net", "completeness",
    "silence",
)  # fmt: skip


@pytest.fixture
async def shop(opened: Opener) -> AsyncIterator[World]:  # noqa: F811
    """A pairing that has run for a while, with one order through it."""
    async with opened(pairing=AT_ONCE) as world:
        await world.sell()
        await world.deliver()
        await run_all(world)
        yield world


async def run_all(world: World) -> None:
    for flow in FLOWS:
        await world.run(flow)
    await world.here.pool.execute("update cadence set began_at = now()")
    await seal_all(world.here.pool, world.here.tenant)


async def answers(world: World) -> dict[str, Answer]:
    found = checks_of(world.project.pairings[NAME])
    return {check.name: answer async for check, answer in run_checks(world.here, NAME, found)}


async def results(world: World) -> dict[str, str]:
    return {name: str(answer.result) for name, answer in (await answers(world)).items()}


async def test_a_pairing_in_which_all_is_well_says_so(shop: World) -> None:
    assert set((await results(shop)).values()) == {"ok"}, await answers(shop)


async def test_a_flow_that_fails_and_a_system_in_trouble_are_told(shop: World) -> None:
    shop.shop.faults.set([{"kind": "status", "status": 503, "match": r"GET /admin/api/orders"}])
    for _ in range(3):
        await shop.run("orders")
    await shop.here.pool.execute("update cadence set began_at = now()")
    found = await answers(shop)
    assert found["flows"].result == "act"
    assert "orders (" in found["flows"].says
    assert found["cases"].result == "act"
    assert found["cases"].go == f"crossdock cases list --pairing {NAME}"


async def test_what_is_stuck_is_told(shop: World) -> None:
    await shop.sell()
    await shop.run("orders")
    await shop.here.pool.execute(
        "update sales_order set captured_at = captured_at - interval '1 hour', acknowledged_at = null, "
        "posted_at = posted_at - interval '1 hour'"
    )
    await shop.here.pool.execute("update pgqueuer set execute_after = now() - interval '1 hour'")
    await shop.here.pool.execute("update watermark set moved_at = now() - interval '3 hours'")
    found = await answers(shop)
    assert {name for name, one in found.items() if one.result == "act"} == {
        "orders-under-way", "acknowledgements", "backlog", "lists", "stock",
    }, found  # fmt: skip
    assert found["orders-under-way"].says == "1 orders that are stuck, the oldest for 60 min."


async def test_a_despatch_that_nobody_was_told_of_is_told(shop: World) -> None:
    (ref,) = [one["associated_ref"] for one in shop.erp.state()["orders"]]
    await shop.erp.act("despatch", {"ref": ref})
    await shop.pass_time(600)
    await shop.run("despatches")
    await shop.here.pool.execute("update despatch set found_at = found_at - interval '1 hour'")
    assert (await results(shop))["despatches"] == "act"


async def test_an_id_that_is_not_accounted_for_is_told(shop: World) -> None:
    await shop.pairing.completeness.hear(["99999"], topic="order.created")
    await shop.run("completeness")
    found = await answers(shop)
    assert (found["completeness"].result, found["completeness"].go) == ("act", f"crossdock completeness {NAME} --last")


async def test_an_audit_trail_that_is_not_whole_is_told(shop: World) -> None:
    await shop.here.pool.execute("alter table audit_entry disable trigger all")
    await shop.here.pool.execute("update audit_entry set actor = 'nobody' where id = (select min(id) from audit_entry)")
    found = await answers(shop)
    assert found["audit-trail"].result == "act"
    assert "an entry was changed" in found["audit-trail"].says


async def test_what_a_week_left_out_and_what_people_accepted_is_shown(opened: Opener) -> None:  # noqa: F811
    settings = {**AT_ONCE, "orders": {"start_from": "2026-01-01T00:00:00Z"}}
    async with opened(pairing=settings) as world:
        old = await world.sell()
        await world.shop.act("age_order", {"order": old, "days": 400})
        await world.shop.act("touch_order", {"order": old})
        conflict = await world.sell(price_conflict=True)
        await world.deliver()
        await world.settle(await world.the_case("total-conflict"), Remedy.ACCEPT, "a voucher of the old shop")
        await world.work()
        await run_all(world)
        found = await answers(world)
        assert await world.state(conflict) == "posted"
        assert found["filters"].says == "Left out: pairings.oro-khaos.orders.start_from 1."
        assert found["accepted"].says == "Accepted by people: total-conflict 1."
        assert found["mappings"].result == "ok"
        await world.here.pool.execute("update code_map set since = now() - interval '1 year'")
        assert (await answers(world))["mappings"].result == "look"


def test_every_check_says_what_it_asks_and_how_it_is_answered() -> None:
    assert len(CHECKS) >= 15
    for name, one in CHECKS.items():
        assert name == one.name
        assert one.question.endswith("?"), name
        assert one.how.endswith("."), name
    assert {one.often for one in CHECKS.values()} == {DAILY, WEEKLY, MONTHLY}
    assert len(MODULES) == len(set(MODULES))


async def test_a_check_is_asked_only_where_its_flow_runs(opened: Opener) -> None:  # noqa: F811
    async with opened(pairing={"flows": ["stock-publication"]}) as world:
        names = {one.name for one in checks_of(world.project.pairings[NAME])}
        assert "stock" in names
        assert not names & {"completeness", "despatches", "acknowledgements", "orders-under-way", "filters", "mappings"}
        daily = checks_of(world.project.pairings[NAME], DAILY)
        others = [one for often in (WEEKLY, MONTHLY) for one in checks_of(world.project.pairings[NAME], often)]
        assert {one.name for one in (*daily, *others)} == names
    async with opened(pairing={"acknowledge": False}) as world:
        assert "acknowledgements" not in {one.name for one in checks_of(world.project.pairings[NAME])}


@pytest.mark.parametrize(
    "settings",
    [CataloguePairing.model_construct(pim="pim", flows=()), RetailPairing.model_construct(retail_stock="w", flows=())],
)  # fmt: skip
def test_a_pairing_without_a_storefront_is_asked_what_every_pairing_is(settings: AnyPairing) -> None:
    names = {one.name for one in checks_of(settings)}
    assert names == {"flows", "cases", "systems", "backlog", "audit-trail", "accepted", "certificates", "access"}


def test_every_flow_of_a_sale_is_asked_about_by_some_check() -> None:
    asked = {flow for one in CHECKS.values() for flow in one.flows}
    assert {Flow.ORDER_ENTRY, Flow.STOCK_PUBLICATION, Flow.DESPATCH, Flow.COMPLETENESS} <= asked


# certificates


async def test_the_end_of_a_certificate_is_read_and_one_that_is_refused_is_said_so(tmp_path: Path) -> None:
    import asyncio

    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=12)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed_by_itself(tmp_path, ends))
    server = await asyncio.start_server(lambda _, writer: writer.close(), "localhost", 0, ssl=context)
    async with server:
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        assert str(await certificate_end(url)).startswith("its certificate is refused: ")
        trusted = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
        assert await certificate_end(url, trusted=trusted) == ends
    assert str(await certificate_end(url)).startswith("it does not answer: ")


def signed_by_itself(folder: Path, ends: datetime) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(ends - timedelta(days=90)).not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "certificate.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return path
