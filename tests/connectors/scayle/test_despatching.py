"""Despatches: each parcel once, each unit once, and nothing believed before the order shows it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from crossdock.model.despatch import Despatch, DespatchLine
from crossdock.model.faults import Accepted, ConfigFault, Refused, Transient, Unknown, Unsupported
from tests.connectors.scayle.orders import fee, item, order, parcel, shipped
from tests.connectors.scayle.stub import ORDERS, error, shop, taken

PATH, ORDER = "/fulfillment/shipments", f"{ORDERS}/880001"


def despatch(number: str = "00340001", *lines: tuple[str, int], **changes: Any) -> Despatch:
    goods = lines or (("TEE-RED-M", 2),)
    given: dict[str, Any] = {
        "key": "100-880001/1", "order_ref": "100-880001", "tracking_number": number, "carrier": "DHL_STD_NATIONAL",
        "lines": tuple(DespatchLine(stock_code=sku, quantity=Decimal(count)) for sku, count in goods),
    }  # fmt: skip
    return Despatch(**given | changes)


def units(*ids: int, **changes: Any) -> dict[str, Any]:
    return order(880001, *(item(one) for one in ids), **changes)


async def test_a_parcel_names_its_units_and_is_believed_when_it_shows() -> None:
    async with shop(merchant="north", company_id=3, return_ident_code="R{order}") as (connector, stub):
        after = units(3, 4, 5)
        after["items"] = [shipped(after["items"][0]), shipped(after["items"][1]), after["items"][2]]
        stub.on("GET", ORDER, units(5, 4, 3), units(5, 4, 3), after)
        stub.on("POST", PATH, taken)
        end = await connector.create_despatch("880001", despatch())
        assert end == Accepted("00340001", "00340001")
        (call,) = stub.calls("POST", PATH)
        assert call.body == {
            "shopKey": "nb", "countryCode": "DE", "orderId": 880001, "carrier": "DHL_STD_NATIONAL",
            "shipmentKey": "00340001", "deliveryDate": "2026-07-02T15:00:00+00:00",
            "items": [{"orderItemId": 3, "returnKey": "3"}, {"orderItemId": 4, "returnKey": "4"}],
            "returnIdentCode": "R880001", "merchantReferenceKey": "north",
        }  # fmt: skip
        assert call.headers["X-Company-Id"] == "3"


async def test_a_parcel_of_a_further_country_names_that_country() -> None:
    abroad = {"shopKey": "nb", "countryCode": "AT", "id": 1002}
    async with shop(more_countries=["AT"]) as (connector, stub):
        after = units(3, shopCountry=abroad)
        after["items"] = [shipped(after["items"][0])]
        stub.on("GET", ORDER, units(3, shopCountry=abroad), after)
        stub.on("POST", PATH, taken)
        assert isinstance(await connector.create_despatch("880001", despatch("1", ("TEE-RED-M", 1))), Accepted)
        (call,) = stub.calls("POST", PATH)
        assert (call.body["shopKey"], call.body["countryCode"]) == ("nb", "AT")


async def test_a_parcel_that_shows_is_not_sent_again() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, units(3, packages=[parcel("00340001")]))
        assert isinstance(await connector.create_despatch("880001", despatch()), Accepted)
        assert await connector.find_despatches("880001") == {("DHL_STD_NATIONAL", "00340001")}
        assert stub.calls("POST", PATH) == []


@pytest.mark.parametrize("lost", [5.0, ConnectionResetError(), web.Response(status=502)])
async def test_without_an_answer_it_is_unknown_and_looked_for(lost: Any) -> None:
    async with shop(timeout_seconds=0.2) as (connector, stub):
        stub.on("GET", ORDER, units(3, 4))
        stub.on("POST", PATH, lost, taken)
        assert isinstance(await connector.create_despatch("880001", despatch()), Unknown)
        assert isinstance(await connector.create_despatch("880001", despatch()), Unknown)
        assert len(stub.calls("POST", PATH)) == 1  # it may still take effect
        stub.clock.forward(31)
        stub.on("GET", ORDER, units(3, 4), units(3, 4, packages=[parcel("00340001")]))
        assert isinstance(await connector.create_despatch("880001", despatch()), Accepted)
        assert len(stub.calls("POST", PATH)) == 2


async def test_taken_and_not_shown_yet_is_never_sent_twice_and_its_units_are_not_given_away() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, units(3, 4, 5))
        stub.on("POST", PATH, taken)
        assert isinstance(await connector.create_despatch("880001", despatch()), Unknown)
        stub.clock.forward(3600)
        assert isinstance(await connector.create_despatch("880001", despatch()), Unknown)
        second = despatch("00340002", ("TEE-RED-M", 1))
        assert isinstance(await connector.create_despatch("880001", second), Unknown)
        bodies = [call.body for call in stub.calls("POST", PATH)]
        assert [[one["orderItemId"] for one in body["items"]] for body in bodies] == [[3, 4], [5]]
        stub.on("GET", ORDER, units(3, 4, 5, packages=[parcel("00340001"), parcel("00340002")]))
        assert isinstance(await connector.create_despatch("880001", despatch()), Accepted)


@pytest.mark.parametrize(
    ("there", "goods", "code"),
    [
        ([item(3)], (("TEE-RED-M", 2),), "no-open-unit"),
        ([item(3), shipped(item(4))], (("TEE-RED-M", 2),), "no-open-unit"),
        ([item(3), item(4, status="cancelled")], (("TEE-RED-M", 2),), "no-open-unit"),
        ([item(3), item(4)], (("TEE-BLU-M", 1),), "no-open-unit"),
    ],
)
async def test_units_that_are_not_open_cannot_leave(there: list[Any], goods: Any, code: str) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, order(880001, *there))
        end = await connector.create_despatch("880001", despatch("1", *goods))
        assert isinstance(end, Refused)
        assert end.code == code
        assert stub.calls("POST", PATH) == []


async def test_a_closing_despatch_without_goods_takes_what_is_open() -> None:
    async with shop() as (connector, stub):
        first = shipped(item(3))
        stub.on("GET", ORDER, order(880001, first, item(4)), order(880001, first, shipped(item(4))))
        stub.on("POST", PATH, taken)
        closing = despatch("00340009", lines=(), final=True, shipped_on=date(2026, 7, 1))
        assert isinstance(await connector.create_despatch("880001", closing), Accepted)
        (call,) = stub.calls("POST", PATH)
        assert [one["orderItemId"] for one in call.body["items"]] == [4]
        assert call.body["deliveryDate"] == "2026-07-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "place"),
    [({"lines": ()}, "lines"), ({"carrier": ""}, "carrier"),
     ({"lines": (DespatchLine(stock_code="FEE", quantity=Decimal(1)),)}, "lines")],
)  # fmt: skip
async def test_what_a_shipment_cannot_say_is_not_sent(change: dict[str, Any], place: str) -> None:
    async with shop(fee_skus={"payment": "FEE"}) as (connector, stub):
        stub.on("GET", ORDER, units(3, 4))
        with pytest.raises(Unsupported) as caught:
            await connector.create_despatch("880001", despatch(**change))
        assert caught.value.place == place
        assert stub.calls("POST", PATH) == []


async def test_a_fee_in_the_parcel_is_no_unit() -> None:
    async with shop(fee_skus={"payment": "FEE"}, return_key="order_and_item") as (connector, stub):
        stub.on("GET", ORDER, units(3), units(3, packages=[parcel("1")]))
        stub.on("POST", PATH, taken)
        assert isinstance(
            await connector.create_despatch("880001", despatch("1", ("FEE", 1), ("TEE-RED-M", 1))), Accepted
        )
        assert stub.calls("POST", PATH)[0].body["items"] == [{"orderItemId": 3, "returnKey": "880001-3"}]


async def test_a_code_that_is_no_unit_is_the_fee_only_the_erp_has_an_item_for() -> None:
    payment = {**fee(119, 100, "payment", "base_payment_service_cost")}
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, units(3, fees=[payment]), units(3, fees=[payment], packages=[parcel("1")]))
        stub.on("POST", PATH, taken)
        goods = despatch("1", ("SURCHARGE", 1), ("TEE-RED-M", 1))
        assert isinstance(await connector.create_despatch("880001", goods), Accepted)
        assert [one["orderItemId"] for one in stub.calls("POST", PATH)[0].body["items"]] == [3]
        twice = despatch("2", ("SURCHARGE", 1), ("ANOTHER", 1), ("TEE-RED-M", 1))
        assert isinstance(await connector.create_despatch("880001", twice), Refused), "one fee is not two"


@pytest.mark.parametrize(
    ("answer", "code"), [(error(400, "CARRIER_UNKNOWN"), "invalid"), (error(409, "SHIPPED"), "conflict")]
)
async def test_a_refused_parcel_is_certainly_not_in(answer: web.Response, code: str) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, units(3, 4))
        stub.on("POST", PATH, answer)
        end = await connector.create_despatch("880001", despatch())
        assert isinstance(end, Refused)
        assert end.code == code


async def test_whose_matter_it_is_when_nothing_was_done() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, units(3, 4))
        stub.on("POST", PATH, error(403, "FORBIDDEN"))
        with pytest.raises(ConfigFault):
            await connector.create_despatch("880001", despatch())
        stub.on("POST", PATH, error(429, "RATE_LIMIT_EXCEED", headers={"x-ratelimit-reset": "7"}))
        with pytest.raises(Transient):
            await connector.create_despatch("880001", despatch())
        assert isinstance(await connector.create_despatch("1", despatch()), Refused)
        assert await connector.find_despatches("1") == frozenset()


async def test_when_the_look_afterwards_fails_it_is_unknown() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDER, units(3, 4), error(403, "FORBIDDEN"))
        stub.on("POST", PATH, taken)
        assert isinstance(await connector.create_despatch("880001", despatch()), Unknown)
