"""The one order we sent: what ImportOrders said of it, over a real connection, and which fault means what."""

from dataclasses import replace

import pytest
from aiohttp import web

from crossdock.connectors.khaos_control.config import SKIP_REASONS
from crossdock.connectors.khaos_control.faults import Blame, rule_for, skip_class
from crossdock.connectors.khaos_control.soap import SoapFault
from crossdock.model.faults import (
    Accepted,
    ConfigFault,
    DataFault,
    ReadIncomplete,
    Refused,
    Transient,
    Unknown,
)
from tests.connectors.khaos_control.support import PAID_ORDER, document, fault, returned, serving

REF = PAID_ORDER.ref
EMPTY_LIST = document("<STATUS_LIST/>")


def imported(count: int, *, orders: str = "", skipped: str = "") -> str:
    return returned(
        f"<ImportedCount>{count}</ImportedCount><OrderImport>{orders}</OrderImport><OrderSkipped>{skipped}</OrderSkipped>"
    )


def order_row(ref: str = REF, code: str = "SO7") -> str:
    return f"<item><AssociatedRef>{ref}</AssociatedRef><SalesOrderCode>{code}</SalesOrderCode></item>"


def skip_row(reason: str, ref: str = REF) -> str:
    return f"<item><OrderRef>{ref}</OrderRef><SkipReason>{reason}</SkipReason></item>"


async def outcome_of(reply: str | bytes | web.Response) -> object:
    async with serving({"ImportOrders": reply}) as (khaos, service):
        outcome = await khaos.create_order(PAID_ORDER)
        assert len(service.calls) == 1  # a write is never sent twice
        return outcome


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (imported(1, orders=order_row()), Accepted("SO7")),
        (imported(1, orders=order_row(REF.lower())), Accepted("SO7")),
        (returned(f"<ImportedCount>1</ImportedCount><OrderImport><AssociatedRef>{REF}</AssociatedRef>"
                  "<SalesOrderCode>SO7</SalesOrderCode></OrderImport>"), Accepted("SO7")),
    ],
)  # fmt: skip
async def test_an_order_that_is_in(reply: str, expected: Accepted) -> None:
    assert await outcome_of(reply) == expected


async def test_a_multiref_answer_is_followed() -> None:
    body = (
        '<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><n:R xmlns:n="urn:x">'
        '<return href="#1"/></n:R>'
        '<m id="1"><ImportedCount>1</ImportedCount><OrderImport href="#2"/></m>'
        '<m id="2"><item href="#3"/></m>'
        f'<m id="3"><AssociatedRef>{REF}</AssociatedRef><SalesOrderCode>SO7</SalesOrderCode></m>'
        "</E:Body></E:Envelope>"
    )
    assert await outcome_of(body) == Accepted("SO7")


@pytest.mark.parametrize(
    ("reason", "code", "duplicate"),
    [
        ("Duplicate associated ref", "duplicate", True),
        ("Order already imported", "duplicate", True),
        ("Stock item not found: HP-1", "data", False),
        ("Customer not found", "data", False),
        ("Item discontinued: HP-1", "data", False),
        ("Item run to zero: HP-1", "data", False),
        ("Invalid order: SITE", "data", False),
        ("The moon is wrong", "other", False),
        ("", "other", False),
    ],
)
async def test_a_skipped_order_is_never_a_success(reason: str, code: str, duplicate: bool) -> None:
    outcome = await outcome_of(imported(0, skipped=skip_row(reason)))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.duplicate) == (code, duplicate)
    assert outcome.text == (reason or "skipped without a reason")
    assert "ImportedCount" in outcome.evidence


@pytest.mark.parametrize(
    "reply",
    [
        imported(0),
        imported(1, orders=order_row("SO-OTHER")),
        imported(0, orders=order_row()),
        imported(1, orders=order_row(code="")),
        imported(1, skipped=skip_row("Duplicate associated ref")),
        imported(1, orders=order_row(), skipped=skip_row("x")),
        imported(0, skipped=skip_row("Customer not found", ref="SO-OTHER")),
        returned("<OrderImport/>"),
        returned("<ImportedCount>many</ImportedCount>"),
        "",
        "<html><body>Bad Gateway</body></html>",
        imported(1, orders=order_row())[:400],
        "<!DOCTYPE x [<!ENTITY a 'b'>]>" + imported(1, orders=order_row()),
        web.Response(text="<html>502</html>", content_type="text/html"),
        web.Response(text=imported(1, orders=order_row()), content_type="text/plain"),
        web.Response(status=500, text="<html>500</html>", content_type="text/html"),
        web.Response(status=500, text=imported(1, orders=order_row()), content_type="text/xml"),
        web.Response(status=502, text="x"),
        web.Response(status=418, text="x"),
        fault("Access violation at address 00401A"),
        fault("Deadlock while saving the order"),
    ],
)
async def test_what_does_not_say_is_unknown(reply: str | web.Response) -> None:
    assert isinstance(await outcome_of(reply), Unknown)


@pytest.mark.parametrize(
    "reply",
    [
        fault("Malformed XML in parameter Orders"),
        fault("anything at all", code="SOAP-ENV:Client"),
        web.Response(status=400, text="no"),
        web.Response(status=413, text="no"),
    ],
)
async def test_a_request_they_could_not_read_is_refused(reply: web.Response) -> None:
    outcome = await outcome_of(reply)
    assert isinstance(outcome, Refused)
    assert outcome.code == "request"
    assert not outcome.duplicate


@pytest.mark.parametrize(
    ("reply", "setting"),
    [
        (fault("Unknown method ImportOrders"), "exe"),
        (fault("Method ImportOrders is not enabled"), "exe"),
        (fault("Access denied"), "auth"),
        (web.Response(status=401), "auth"),
        (web.Response(status=404), "exe"),
        (web.Response(status=302), "base_url"),
        (web.Response(status=415), "soap_version"),
    ],
)
async def test_a_wrong_setting_is_named(reply: web.Response, setting: str) -> None:
    for call in ("create", "find"):
        async with serving({"ImportOrders": reply, "ExportOrderStatusEx": reply}) as (khaos, _):
            with pytest.raises(ConfigFault) as caught:
                await (khaos.create_order(PAID_ORDER) if call == "create" else khaos.find_order(REF))
            assert caught.value.setting == setting


async def test_turned_away_means_nothing_was_done() -> None:
    reply = web.Response(status=429, headers={"Retry-After": "7"})
    async with serving({"ImportOrders": reply}) as (khaos, _):
        with pytest.raises(Transient) as caught:
            await khaos.create_order(PAID_ORDER)
    assert caught.value.throttled
    assert caught.value.retry_after_seconds == 7


async def test_nobody_there_means_nothing_was_done() -> None:
    async with serving({}) as (khaos, _):
        pass
    with pytest.raises(Transient):
        await khaos.create_order(PAID_ORDER)
    await khaos.close()


async def test_nothing_is_sent_that_cannot_be_said() -> None:
    async with serving({}) as (khaos, service):
        with pytest.raises(DataFault, match="60 characters"):
            await khaos.create_order(replace(PAID_ORDER, ref="R" * 60))
        assert not service.calls


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "<html/>",
        EMPTY_LIST[:200],
        returned(""),
        document("<OTHER/>"),
        document("<STATUS_LIST>"),
        web.Response(text="<html>busy</html>", content_type="text/html"),
        web.Response(text=EMPTY_LIST, content_type="text/plain"),
        "<!DOCTYPE x>" + EMPTY_LIST,
        document("<!DOCTYPE x [<!ENTITY a 'b'>]><STATUS_LIST/>"),
    ],
)
async def test_half_an_answer_to_a_read_is_no_answer(reply: str | web.Response) -> None:
    async with serving({"ExportOrderStatusEx": reply}) as (khaos, _):
        with pytest.raises(ReadIncomplete):
            await khaos.find_order(REF)


@pytest.mark.parametrize(
    "reply", [fault("Database is busy"), web.Response(status=500, text="x"), web.Response(status=502)]
)
async def test_a_broken_server_is_asked_again_and_then_given_up_on(reply: web.Response) -> None:
    async with serving({"ExportOrderStatusEx": reply}) as (khaos, service):
        with pytest.raises(Transient):
            await khaos.find_order(REF)
        assert len(service.calls) > 1


async def test_a_fault_that_passes_does_not_spoil_a_read() -> None:
    replies = [EMPTY_LIST, fault("Database is busy")]
    async with serving({"ExportOrderStatusEx": lambda _: replies.pop()}) as (khaos, _):
        assert await khaos.find_order(REF) is None


@pytest.mark.parametrize(
    ("code", "text", "blame"),
    [
        ("Server", "Operation GetX not supported", Blame.SETTING),
        ("Server", "Licence expired", Blame.SETTING),
        ("Server", "XML document must have a top level element", Blame.REQUEST),
        ("Sender", "", Blame.REQUEST),
        ("VersionMismatch", "", Blame.REQUEST),
        ("Server", "List index out of bounds (3)", Blame.SERVER),
        ("", "", Blame.SERVER),
    ],
)
def test_the_fault_table(code: str, text: str, blame: Blame) -> None:
    assert rule_for(SoapFault(code, text)).blame is blame


def test_the_skip_table_is_a_setting() -> None:
    assert skip_class("Mondstand falsch", {"mond": "data"}) == "data"
    assert skip_class("Duplicate", SKIP_REASONS) == "duplicate"
