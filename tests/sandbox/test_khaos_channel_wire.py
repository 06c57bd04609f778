"""The configuration file, the password, and what Khaos Control does when an answer is not 200."""

from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from tests.eventually import eventually
from tests.sandbox.khaos_channel_web import Channel, channel, item, order
from tests.sandbox.khaos_wire import khaos

FORMS = pytest.mark.parametrize("form", ["JSON", "XML"])


@FORMS
async def test_the_configuration_is_fetched_once_a_day_or_when_the_url_changes(form: str) -> None:
    async with channel(form) as ch:
        for _ in range(3):
            await ch.act("download_orders")
        assert [call for call, _ in ch.web.gets].count("config") == 1
        assert (await ch.state())["endpoints"]["OrderDownload"] == {
            "url": f"{ch.web.url}/OrderDownload", "format": form, "frequency_minutes": 5,
        }  # fmt: skip
        await ch.kc.faults(clock_skew_seconds=23 * 3600)
        await ch.act("download_orders")
        assert [call for call, _ in ch.web.gets].count("config") == 1
        await ch.kc.faults(clock_skew_seconds=25 * 3600)
        await ch.act("download_orders")
        assert [call for call, _ in ch.web.gets].count("config") == 2
        await ch.act("set_channel", url=f"{ch.web.url}/config?again")
        await ch.act("download_orders")
        await ch.act("reload_config")
        await ch.act("download_orders")
        assert [call for call, _ in ch.web.gets].count("config") == 4


BAD_CONFIGS: list[tuple[dict[str, Any], str]] = [
    ({"StockUpload": None}, "EndpointConfig has no StockUpload"),
    ({"OrderDownload": {"URL": "/orders", "Format": "JSON"}}, "URL '/orders' is no web address"),
    ({"OrderDownload": {"URL": "http://x", "Format": "CSV"}}, "Format must be XML or JSON, was 'CSV'"),
    ({"OrderDownload": {"URL": "http://x", "Format": "XML", "Frequency": "often"}}, "Frequency 'often'"),
    ({"OrderDownload": "http://x"}, "OrderDownload has no properties"),
]


@pytest.mark.parametrize(("endpoints", "reason"), BAD_CONFIGS, ids=[reason for _, reason in BAD_CONFIGS])
async def test_a_configuration_that_will_not_do(endpoints: dict[str, Any], reason: str) -> None:
    async with channel() as ch:
        ch.web.endpoints = endpoints
        answer = await ch.act("download_orders")
        assert (answer["ok"], answer["config"]) == (False, "not understood")
        assert reason in answer["outcome"]
        assert [call for call, _ in ch.web.gets] == ["config"]


async def test_optional_calls_may_be_left_out_and_returns_have_two_names() -> None:
    async with channel() as ch:
        returns = {"URL": f"{ch.web.url}/CReturnDownload", "Format": "json"}
        ch.web.endpoints = {"PriceListUpload": None, "CReturnDownload": None, "CustomerReturnDownload": returns}
        assert (await ch.act("upload_price_lists"))["outcome"] == "not in the configuration file"
        assert (await ch.act("download_returns"))["ok"] is True
        await ch.act("set_channel", calls=["StockUpload"])
        assert (await ch.act("download_returns"))["outcome"] == "not switched on"
        assert [one["call"] for one in await ch.act("poll")] == ["StockUpload"]


async def test_one_round_of_everything() -> None:
    async with channel() as ch:
        ch.web.rows["OrderDownload"] += [order("W1")]
        answers = await ch.act("poll")
        assert [one["call"] for one in answers] == [
            "StockUpload", "StockStatusUpload", "PriceListUpload", "ProvidedStock", "OrderDownload", "CReturnDownload",
            "OrderStatusUpload",
        ]  # fmt: skip
        assert all(one["ok"] for one in answers)
        assert ch.web.entries("OrderStatusUpload")[0]["AssociatedRef"] == "W1"
        assert ch.web.refused == 0


async def test_a_wrong_password() -> None:
    async with channel() as ch:
        await ch.act("upload_stock")
        answer = await ch.act("poll_with_wrong_password", call="OrderDownload")
        assert (answer["status"], answer["outcome"]) == (401, "unexpected status")
        assert ch.web.refused == 1
        assert (await ch.act("download_orders"))["ok"] is True
        await ch.act("set_channel", password="other", url=f"{ch.web.url}/config?")
        assert (await ch.act("download_orders"))["config"] == "not fetched"
        log = await ch.log()
        assert "other" not in str(log) + str(await ch.state())
        assert all("Authorization" not in one["headers"] for one in log)


@FORMS
async def test_an_upload_cut_in_half_is_sent_again_whole(form: str) -> None:
    async with channel(form, stock_page=1000) as ch:
        answer = await ch.act("upload_cut_in_half", call="StockUpload")
        assert (answer["ok"], answer["posts"][0]["status"], answer["waiting"]) == (False, 400, 1)
        assert ch.web.posts == []
        cut = (await ch.log())[-1]
        (answer,) = await ch.act("resend")
        assert (answer["ok"], answer["waiting"]) == (True, 0)
        whole = (await ch.log())[-1]
        assert whole["request"].startswith(cut["request"])
        assert len(whole["request"]) // 2 <= len(cut["request"]) + 1
        assert (whole["attempt"], len(ch.web.posts)) == (2, 1)


async def test_an_upload_may_come_twice() -> None:
    async with channel(level_page=1000) as ch:
        answer = await ch.act("upload_twice", call="StockStatusUpload")
        assert answer["ok"] is True
        first, second, other_site = ch.web.posts
        assert first.raw == second.raw != other_site.raw


async def test_an_upload_whose_answer_is_lost_comes_again() -> None:
    async with channel() as ch:
        await ch.take(order("W1"))
        answer = await ch.act("lose_reply", call="OrderStatusUpload")
        assert (answer["posts"][0]["status"], answer["posts"][0]["outcome"], answer["waiting"]) == (None, "lost", 1)
        assert len(ch.web.posts) == 1
        await ch.act("pick", ref="W1")
        answer = await ch.act("upload_order_status")
        assert [one["attempt"] for one in answer["posts"]] == [2, 1]
        assert [one["Status"] for one in ch.web.entries("OrderStatusUpload")] == ["Received", "Received", "Shipping"]


async def test_what_waits_may_be_sent_in_any_order() -> None:
    async with channel(send_order="newest_first") as ch:
        await ch.take(order("W1"))
        ch.web.script["OrderStatusUpload"] = [500, 500, 400]
        await ch.act("upload_order_status")
        await ch.act("pick", ref="W1")
        await ch.act("upload_order_status")
        assert (await ch.state())["waiting"] == [
            {"call": "OrderStatusUpload", "entries": 1, "attempts": 2},
            {"call": "OrderStatusUpload", "entries": 1, "attempts": 1},
        ]
        await ch.act("resend", call="OrderStatusUpload")
        assert [one["Status"] for one in ch.web.entries("OrderStatusUpload")] == ["Shipping", "Received"]


@pytest.mark.parametrize("status", [201, 204, 400, 401, 404, 500, 503])
async def test_anything_but_200_is_sent_again_for_ever_or_until_given_up(status: int) -> None:
    async with channel(retry_ceiling=3) as ch:
        ch.web.script["StockUpload"] = [status] * 3
        await ch.act("upload_stock", skus=["HP-1001"])
        await ch.act("resend")
        assert len((await ch.state())["waiting"]) == 1
        await ch.act("resend")
        state = await ch.state()
        assert (state["waiting"], [one["attempts"] for one in state["given_up"]]) == ([], [3])


async def test_trouble_by_count_and_by_fault_knob() -> None:
    async with channel() as ch:
        await ch.act("trouble", kind="lose_request", call="OrderDownload", count=2)
        ch.web.rows["OrderDownload"] += [order("W1")]
        outcomes = [(await ch.act("download_orders"))["outcome"] for _ in range(3)]
        assert outcomes == ["lost", "lost", "accepted"]
        await ch.kc.faults({"kind": "lost_reply", "match": "CHANNEL OrderDownload", "count": 1})
        assert (await ch.act("download_orders"))["outcome"] == "lost"
        await ch.act("trouble", kind="twice", call="StockUpload")
        assert (await ch.state())["trouble"] == [{"kind": "twice", "call": "StockUpload", "left": 1}]
        assert await ch.act("end_trouble") == []
        assert "none of" in await ch.kc.refused_act("trouble", kind="rain")
        assert "none of" in await ch.kc.refused_act("trouble", kind="cut", call="Rain")


async def test_a_server_that_is_not_there() -> None:
    async with channel() as ch:
        await ch.act("upload_stock")
        await ch.act("set_channel", url="http://127.0.0.1:9/config")
        answer = await ch.act("upload_stock_status")
        assert (answer["outcome"], answer["config"]) == ("lost: ClientConnectorError", "not fetched")


async def test_every_exchange_is_in_the_log() -> None:
    async with channel() as ch:
        await ch.take(order("W1"))
        await ch.act("upload_stock", skus=["HP-1001"])
        config, download, upload = await ch.log()
        assert [one["call"] for one in (config, download, upload)] == ["EndpointConfig", "OrderDownload", "StockUpload"]
        assert (download["method"], download["status"], '"W1"' in download["reply"]) == ("GET", 200, True)
        assert download["reply_headers"]["sirion-continuation"] == "from:1"
        assert (upload["method"], upload["entries"], '"HP-1001"' in upload["request"]) == ("POST", 1, True)
        assert upload["user"] == "kc"


def _told(ch: Channel) -> bool:
    return bool(ch.web.entries("OrderStatusUpload")) and len(ch.web.of("StockStatusUpload")) > 2


async def test_rounds_come_by_themselves_where_an_interval_is_set() -> None:
    every = {"OrderDownload": -1, "OrderStatusUpload": 0.02, "StockStatusUpload": 0.02}
    async with channel(intervals=every, retry_seconds=0.02) as ch:
        ch.web.endpoints = {
            "OrderDownload": {"URL": f"{ch.web.url}/OrderDownload", "Format": "JSON", "Frequency": 0.0005}
        }
        ch.web.script["OrderStatusUpload"] = [500]
        ch.web.rows["OrderDownload"] += [order("W1")]
        await eventually(lambda: _told(ch))
        assert ch.web.entries("OrderStatusUpload")[0]["Status"] == "Received"
        assert ch.web.of("StockUpload") == []
        await ch.act("set_channel", intervals={})
        await ch.act("poll", call="OrderDownload")
        assert [one["ref"] for one in (await ch.state())["imported_orders"]] == ["W1"]


async def test_a_reset_begins_the_channel_anew() -> None:
    async with channel() as ch:
        await ch.take(order("W1", item("HP-1001")))
        await ch.kc.session.post(f"{ch.kc.url}/_sandbox/reset", json={})
        assert (await ch.state())["imported_orders"] == []
        assert await ch.log() == []
        assert (await ch.act("download_orders"))["imported"] == {"OK": 1}


async def test_without_a_url_there_is_no_channel() -> None:
    async with khaos() as kc:
        assert "give the setting channel.url" in await kc.refused_act("download_orders")
        assert (await kc.state())["channel"]["settings"]["url"] == ""


BAD_SETTINGS: list[dict[str, Any]] = [
    {"colour": "red"},
    {"stock_mode": "some"},
    {"calls": ["Everything"]},
    {"intervals": {"StockUpload": -1}},
    {"intervals": {"StockUpload": "often"}},
    {"level_page": 0},
    {"xml_roots": {"Stock": "x"}},
]


@pytest.mark.parametrize("settings", BAD_SETTINGS, ids=str)
def test_settings_that_the_channel_does_not_have(settings: dict[str, Any]) -> None:
    with pytest.raises(ActError, match="khaos_control channel"):
        KhaosControlSimulator(build_estate(items=4, companies=1), settings={"channel": settings})
