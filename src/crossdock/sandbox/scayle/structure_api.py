"""Companies, shops, shop countries, merchants, warehouses, carriers and channels."""

from typing import Any

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.errors import Json, bad, conflict, not_found
from crossdock.sandbox.scayle.order_view import country_brief
from crossdock.sandbox.scayle.records import Carrier, Merchant, Warehouse
from crossdock.sandbox.scayle.router import Route
from crossdock.sandbox.scayle.views import carrier_row, merchant_row, shop_country_row, shop_row, warehouse_row
from crossdock.sandbox.scayle.wire import Call, Reply, identified, number, page, whole_list
from crossdock.sandbox.scayle.world import World

MERCHANTS_MAX = 1000


class StructureApi:
    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world = world
        self.faults = faults

    def routes(self) -> list[Route]:
        read, write = "globalRead", "globalWrite"
        country = "/shops/{shop}/countries/{country}"
        return [
            Route("GET", "/companies", read, self.companies),
            Route("GET", "/companies/{company}", read, self.company),
            Route("GET", "/companies/{company}/channels", read, self.channels),
            Route("GET", "/shops", read, self.shops),
            Route("GET", "/shops/{shop}", read, self.shop),
            Route("GET", "/shops/{shop}/countries", read, self.countries),
            Route("GET", country, read, self.country),
            Route("POST", country + "/warehouses", write, self.serve_country),
            Route("DELETE", country + "/warehouses/{warehouse}", write, self.leave_country),
            Route("GET", "/merchants", read, self.merchants),
            Route("GET", "/merchants/{merchant}", read, self.merchant),
            Route("PUT", "/merchants/{merchant}", write, self.change_merchant),
            Route("GET", "/merchants/{merchant}/warehouses", read, self.merchant_warehouses),
            Route("POST", "/merchants/{merchant}/warehouses/{warehouse}", write, self.attach),
            Route("DELETE", "/merchants/{merchant}/warehouses/{warehouse}", write, self.detach),
            Route("GET", "/warehouses", read, self.warehouses),
            Route("POST", "/warehouses", write, self.add_warehouse),
            Route("GET", "/carriers", read, self.carriers),
            Route("POST", "/carriers", write, self.add_carrier),
            Route("GET", "/carriers/{carrier}", read, self.carrier),
        ]

    def _page(self, rows: Any, call: Call, show: Any, limit_max: int | None = None, **more: Any) -> Reply:
        return page(rows, call, self.faults, show, limit_max=limit_max or self.world.knobs.limit_max, **more)

    def companies(self, call: Call) -> Reply:
        return self._page(self.world.companies, call, lambda one: {"id": one.id, "name": one.name})

    def company(self, call: Call) -> Reply:
        found = self.world.companies.get(number(call.args["company"], "company"))
        if found is None:
            raise not_found("company", companyId=call.args["company"])
        return Reply(200, {"id": found.id, "name": found.name})

    def channels(self, call: Call) -> Reply:
        self.company(call)
        return whole_list([self._channel(one) for one in self.world.channels], call, self.faults)

    def _channel(self, one: Json) -> Json:
        row = {name: one[name] for name in ("id", "key", "type", "name")}
        configs = {"emailsEnabled": True, "invoicesEnabled": True, "externalPriceOverrideEnabled": False}
        brief = country_brief(self.world.country(self.world.shop_key, one["country"]))
        return {**row, "shopCountry": brief, "active": True, "configs": configs}

    def shops(self, call: Call) -> Reply:
        return self._page({1: self.world}, call, shop_row)

    def shop(self, call: Call) -> Reply:
        self._shop(call)
        return Reply(200, shop_row(self.world))

    def _shop(self, call: Call) -> None:
        if call.args["shop"].lower() != self.world.shop_key:
            raise not_found("shop", shopKey=call.args["shop"])

    def countries(self, call: Call) -> Reply:
        self._shop(call)
        rows = {one.id: one for one in self.world.countries}
        return self._page(rows, call, lambda one: shop_country_row(self.world, one))

    def country(self, call: Call) -> Reply:
        found = self.world.country(call.args["shop"], call.args["country"])
        return Reply(200, shop_country_row(self.world, found))

    def serve_country(self, call: Call) -> Reply:
        country, body = self.world.country(call.args["shop"], call.args["country"]), call.object()
        warehouse = self.world.warehouse(str(body.get("referenceKey", "")))
        country.warehouses[warehouse.id] = int(body.get("priority", 1))
        row = {
            "id": warehouse.id,
            "referenceKey": warehouse.reference_key,
            "priority": country.warehouses[warehouse.id],
        }
        return Reply(201, {**row, "packageGroup": None})

    def leave_country(self, call: Call) -> Reply:
        country = self.world.country(call.args["shop"], call.args["country"])
        country.warehouses.pop(self._warehouse(call).id, None)
        return Reply(204)

    def merchants(self, call: Call) -> Reply:
        return self._page(self.world.merchants, call, lambda one: merchant_row(self.world, one), MERCHANTS_MAX)

    def _merchant(self, call: Call) -> Merchant:
        return identified(self.world.merchants, call.args["merchant"], "merchant", lambda one: one.reference_key)

    def merchant(self, call: Call) -> Reply:
        return Reply(200, merchant_row(self.world, self._merchant(call)))

    def change_merchant(self, call: Call) -> Reply:
        """An absent URL stays, an explicit null clears. A masked URL is taken as it is: then it no longer works."""
        merchant, body = self._merchant(call), call.object()
        merchant.name = str(body.get("name", merchant.name))
        merchant.priority = int(body.get("priority", merchant.priority))
        if "orderDelegationUrl" in body:
            merchant.delegation_url = body["orderDelegationUrl"]
        if "cancellationUrl" in body:
            merchant.cancellation_url = body["cancellationUrl"]
        return Reply(200, merchant_row(self.world, merchant))

    def merchant_warehouses(self, call: Call) -> Reply:
        mine = self._merchant(call).warehouses
        rows = {id_: self.world.warehouses[id_] for id_ in mine}
        return self._page(rows, call, lambda one: warehouse_row(self.world, one))

    def _warehouse(self, call: Call) -> Warehouse:
        return identified(self.world.warehouses, call.args["warehouse"], "warehouse", lambda one: one.reference_key)

    def attach(self, call: Call) -> Reply:
        merchant, warehouse = self._merchant(call), self._warehouse(call)
        if warehouse.id not in merchant.warehouses:
            merchant.warehouses.append(warehouse.id)
        return Reply(204)

    def detach(self, call: Call) -> Reply:
        merchant, warehouse = self._merchant(call), self._warehouse(call)
        if warehouse.id in merchant.warehouses:
            merchant.warehouses.remove(warehouse.id)
        return Reply(204)

    def warehouses(self, call: Call) -> Reply:
        return self._page(self.world.warehouses, call, lambda one: warehouse_row(self.world, one))

    def add_warehouse(self, call: Call) -> Reply:
        key = call.object().get("referenceKey")
        if not isinstance(key, str) or not key:
            raise bad("referenceKey must be a text and not empty.", parameter="referenceKey")
        if any(one.reference_key == key for one in self.world.warehouses.values()):
            raise conflict("WAREHOUSE_EXISTS", "The reference key is taken.", referenceKey=key)
        id_ = max(self.world.warehouses) + 1
        self.world.warehouses[id_] = Warehouse(id_, key)
        return Reply(201, warehouse_row(self.world, self.world.warehouses[id_]))

    def carriers(self, call: Call) -> Reply:
        return self._page(self.world.carriers, call, carrier_row)

    def carrier(self, call: Call) -> Reply:
        return Reply(
            200, carrier_row(identified(self.world.carriers, call.args["carrier"], "carrier", lambda c: c.key))
        )

    def add_carrier(self, call: Call) -> Reply:
        body = call.object()
        key = body.get("key")
        if not isinstance(key, str) or not key:
            raise bad("key must be a text and not empty.", parameter="key")
        if self.world.carrier(key) is not None:
            raise conflict("CARRIER_EXISTS", "The key is taken.", key=key)
        id_ = max(self.world.carriers) + 1
        self.world.carriers[id_] = Carrier(id_, key, str(body.get("name", key)), str(body.get("trackingUrl") or ""))
        return Reply(201, carrier_row(self.world.carriers[id_]))
