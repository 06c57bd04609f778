"""What the OroCommerce simulator tests share: a running shop and somebody who calls it."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.orocommerce import OroCommerceSimulator
from tests.sandbox import calling

JSON_API = "application/vnd.api+json"
CREDENTIALS = {"grant_type": "client_credentials", "client_id": "crossdock", "client_secret": "sandbox-secret"}
FIXTURES = calling.FIXTURES / "orocommerce"


@dataclass(frozen=True)
class Answer(calling.Answer):
    @property
    def data(self) -> Any:
        return self.json["data"]

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self.data]

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """(title, detail, where) of each error."""
        found = []
        for error in self.json["errors"]:
            source = error.get("source") or {}
            found.append((error["title"], error["detail"], source.get("pointer", source.get("parameter", ""))))
        return found


class Caller(calling.Caller[OroCommerceSimulator]):
    """A well-behaved client with a token; `call` lets it misbehave."""

    token = ""

    async def sign_in(self) -> None:
        async with self.session.post(f"{self.url}/oauth2-token", json=CREDENTIALS) as response:
            self.token = (await response.json())["access_token"]

    async def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, self.url + path, data=body, headers=sent) as response:
            return await Answer.of(response)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._api("GET", path, None, headers)

    async def post(self, path: str, body: Any, **headers: str) -> Answer:
        return await self._api("POST", path, body, headers)

    async def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return await self._api("PATCH", path, body, headers)

    async def delete(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self._api("DELETE", path, body, headers)

    async def _api(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        usual = {"Authorization": f"Bearer {self.token}", "Accept": JSON_API, "X_Include": "noHateoas"}
        if body is not None:
            usual["Content_Type"] = JSON_API
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        return await self.call(method, f"/admin/api{path}", raw, **{**usual, **headers})

    async def first(self, path: str) -> Any:
        return (await self.get(path)).data[0]

    async def level(self, sku: str, unit: str = "each") -> Any:
        return await self.first(
            f"/inventorylevels?filter[product.sku]={sku}&filter[productUnitPrecision.unit.id]={unit}"
        )


@contextlib.asynccontextmanager
async def shop(*, items: int = 30, companies: int = 30, **settings: Any) -> AsyncIterator[Caller]:
    """A running shop of the usual made-up merchant, and somebody signed in to it."""
    settings.setdefault("initial_stock", 100)
    settings.setdefault("batch_seconds", 0.0)
    simulator = OroCommerceSimulator(build_estate(items=items, companies=companies), seed=1, settings=settings)
    async with calling.visiting(simulator, Caller) as caller:
        await caller.sign_in()
        yield caller


def ref(type_: str, id_: str) -> dict[str, Any]:
    return {"data": {"type": type_, "id": id_}}


ADDRESS: dict[str, Any] = {
    "type": "orderaddresses",
    "id": "a",
    "attributes": {"street": "1 Quay", "city": "York", "postalCode": "YO1 9AA", "organization": "Hartley"},
    "relationships": {"country": ref("countries", "GB")},
}
DISCOUNT = {
    "type": "orderdiscounts",
    "id": "d",
    "attributes": {"description": "Goodwill", "orderDiscountType": "oro_order_discount_item_type_amount", "amount": 5},
}


def line(id_: str = "line", **changes: Any) -> dict[str, Any]:
    """An included line of two HP-1001 at ten pounds."""
    attributes = {"productSku": "HP-1001", "quantity": 2, "value": 10, "currency": "GBP", **changes}
    attributes = {name: value for name, value in attributes.items() if value != "absent"}
    return {
        "type": "orderlineitems",
        "id": id_,
        "attributes": attributes,
        "relationships": {"productUnit": ref("productunits", "each")},
    }


def order(*included: dict[str, Any], customer: str = "101", **attributes: Any) -> dict[str, Any]:
    """The body of an order with these included records; lines, discounts and trackings are linked to it."""
    sent = list(included) or [line()]
    relations: dict[str, Any] = {"customer": ref("customers", customer)}
    names = {
        "orderlineitems": "lineItems",
        "orderdiscounts": "discounts",
        "ordershippingtrackings": "shippingTrackings",
    }
    for one in sent:
        if one["type"] in names:
            relations.setdefault(names[one["type"]], {"data": []})["data"].append(
                {"type": one["type"], "id": one["id"]}
            )
    data = {"type": "orders", "attributes": {"currency": "GBP", **attributes}, "relationships": relations}
    return {"data": data, "included": sent}


def change(id_: str, type_: str = "orders", meta: Any = None, **attributes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"type": type_, "id": id_, "attributes": attributes}
    if meta is not None:
        data["meta"] = meta
    return {"data": data}


async def make(caller: Caller, *included: dict[str, Any], **attributes: Any) -> Any:
    answer = await caller.post("/orders", order(*included, **attributes))
    assert answer.status == 201, answer.text
    return answer.data


def captured(name: str) -> Any:
    return calling.captured("orocommerce", name)
