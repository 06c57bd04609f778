"""The made-up storefront's simulator, brought by the same package."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from aiohttp import web

from crossdock.sandbox.kernel import Simulator


class AcmeSimulator(Simulator):
    """A shop with one shelf."""

    kind: ClassVar[str] = "acme"
    default_port: ClassVar[int] = 8899

    def load(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.shelf = {item.sku: "9" for item in self.estate.items}
        self.buy(self.estate.items[1].sku)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/orders", self._orders), web.get("/shelf", self._shelf), web.put("/shelf", self._fill)]

    def state(self) -> dict[str, Any]:
        return {"orders": self.orders, "shelf": self.shelf}

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return {"buy": self.buy}

    def buy(self, sku: str, pieces: int = 2) -> dict[str, Any]:
        """Somebody buys."""
        net = self.estate.item(sku).net_price
        vat = (net * pieces * Decimal("0.2")).quantize(Decimal("0.01"))
        at = len(self.orders) + 1
        row = {
            "id": str(at), "number": f"ACME-{at}", "placed": self.now().isoformat(),
            "buyer": self.estate.companies[0].erp_code, "total": str(net * pieces + vat),
            "lines": [{"sku": sku, "pieces": str(pieces), "net": str(net), "vat": str(vat)}],
        }  # fmt: skip
        self.orders.append(row)
        return row

    def _admits(self, request: web.Request) -> None:
        if request.headers.get("X-Key") != "sandbox-key":
            raise web.HTTPUnauthorized

    async def _orders(self, request: web.Request) -> web.Response:
        self._admits(request)
        return web.json_response({"count": len(self.orders), "orders": self.orders})

    async def _shelf(self, request: web.Request) -> web.Response:
        self._admits(request)
        return web.json_response(self.shelf)

    async def _fill(self, request: web.Request) -> web.Response:
        self._admits(request)
        self.shelf |= await request.json()
        return web.Response(status=204)
