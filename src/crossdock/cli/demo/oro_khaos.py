"""OroCommerce sells to the trade, Khaos Control accounts: shoppers, pickers, desks, and trouble of every kind."""

import aiohttp

from crossdock.cases.kind import Remedy
from crossdock.cli.demo.estate import HOOK_SECRET
from crossdock.cli.demo.sales import SalesPlay
from crossdock.cli.demo.scenes import TRADE
from crossdock.decide.offers import NOT_HELD
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL

SHARES = {
    "unknown_sku_share": 0.06, "unlinked_share": 0.03, "on_stop_share": 0.02, "po_missing_share": 0.02,
    "discount_share": 0.15, "price_conflict_share": 0.03,
}  # fmt: skip
SHOP_TROUBLE = [
    {"kind": "expired_token", "count": 4, "after": 25},
    {"kind": "truncated_body", "match": r"^GET /admin/api/orders", "count": 3, "after": 6},
    {"kind": "status", "status": 429, "retry_after": 0.4, "match": "/admin/api/", "count": 6, "after": 60},
    {"kind": "html_page", "match": r"^GET /admin/api/orders", "count": 2, "after": 20},
    {"kind": "lost_reply", "match": r"^POST /admin/api/ordershippingtrackings", "count": 3, "after": 4},
    {"kind": "duplicate_webhook", "rate": 0.25},
    {"kind": "lose_webhook", "rate": 0.1},
]
ERP_TROUBLE = [
    {"kind": "lost_reply", "match": "SOAP ImportOrders", "count": 6, "after": 9},
    {"kind": "lost_request", "match": "SOAP ImportOrders", "count": 4, "after": 30},
    {"kind": "status", "status": 429, "retry_after": 0.3, "match": "SOAP ImportOrders", "count": 5, "after": 70},
    {"kind": "short_list", "match": "SOAP GetStockList", "count": 2, "after": 12},
    {"kind": "truncated_body", "match": "SOAP ExportOrderStatusEx", "count": 2, "after": 5},
]


class OroKhaos(SalesPlay):
    """One more order than the crowd's is placed by hand, see `_wrong_price`."""

    name = "oro-khaos"
    shop_name, erp_name = "shop", "khaos"
    _lifted = ""

    async def open(self) -> None:
        await self.until(self.all_shown, "the shop shows the warehouse's stock")
        self.note(f"doors open: {len(self.shop.state()['inventory'])} stock levels are in the shop")
        await self._hook()
        self.shop.faults.set(SHOP_TROUBLE, seed=self.script.seed)
        self.erp.faults.set(ERP_TROUBLE, seed=self.script.seed)

    async def _hook(self) -> None:
        """Register for the shop's webhooks the way an administrator's script would."""
        shop, url = self.estate.urls["shop"], f"{self.estate.urls['crossdock']}/hooks/shop"
        grant = {"grant_type": "client_credentials", "client_id": "crossdock", "client_secret": SANDBOX_CREDENTIAL}
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{shop}/oauth2-token", json=grant) as answer:
                token = (await answer.json())["access_token"]
            kind = "application/vnd.api+json"
            headers = {"Authorization": f"Bearer {token}", "Content-Type": kind, "Accept": kind}
            for topic in ("order.created", "order.updated"):
                relations = {
                    "topic": {"data": {"type": "webhooktopics", "id": topic}},
                    "format": {"data": {"type": "webhookformats", "id": "thin"}},
                }
                attributes = {"notificationUrl": url, "secret": HOOK_SECRET}
                body = {"data": {"type": "webhooks", "attributes": attributes, "relationships": relations}}
                async with session.post(f"{shop}/admin/api/webhooks", headers=headers, json=body) as answer:
                    if answer.status != 201:
                        raise RuntimeError(f"the shop refused the webhook: {await answer.text()}")

    async def trade(self) -> None:
        seed = self.script.seed * 1000 + self.wave
        placed = await self.shop.act("place_orders", {"count": self.in_wave(self.orders - 1), "seed": seed, **SHARES})
        # A shop that has sold out turns shoppers away; the rest of the wave buys what is left elsewhere.
        for extra in range(placed["refused"]):
            await self.shop.act("place_orders", {"count": 1, "seed": seed + 500 + extra})
        await self.until(self.is_settled, "every order is in the ERP or before a person")
        await self._warehouse(seed)
        await self._desks()
        for scene in TRADE.get(self.wave, ()):
            await scene(self)
        await self.until(self.stock_caught_up, "the shop shows what is left")

    async def _warehouse(self, seed: int) -> None:
        erp = self.erp
        await erp.act("despatch_some", {"seed": seed, "share": 0.5, "partial_share": 0.25})
        items = [item for item in erp.estate.items if item.in_erp and not item.pack and not item.parent_sku]
        item = items[(self.wave * 17) % len(items)]
        if self.wave % 3 == 0:
            await erp.act("goods_in", {"sku": item.sku, "quantity": 144})
            self.note(f"a delivery: 144 {item.sku} booked in")
        elif self.wave % 3 == 1:
            busy = max(items, key=lambda one: one.on_hand)
            await erp.act("sell", {"sku": busy.sku, "quantity": 5})
            self.note(f"a phone order takes 5 {busy.sku}")

    async def _desks(self) -> None:
        """People come to their desks now and then and settle what they can."""
        match self.wave:
            case 3:
                await self._wrong_price()
            case 5:
                await self._replacement_lantern()
            case 7:
                reason = "rounding in the shop's promotion, agreed with the customer"
                await self.settle("total-conflict", "finance desk", Remedy.ACCEPT, {}, reason)
            case 8:
                await self._second_thoughts()
            case 9:
                reason = "the old price was promised in writing"
                await self.settle("price-conflict", "finance desk", Remedy.ACCEPT, {}, reason)
            case 10:
                await self._stop_lifted()

    async def _replacement_lantern(self) -> None:
        """The ERP never held the lantern that the shop still sells; its successor is opened there and mapped."""
        new = {"sku": "LANTERN-2", "name": "Lantern", "net_price": "24.00", "tax": "STD", "on_hand": 600}
        await self.erp.act("create_item", new)
        await self.settle("stock-code-unknown", "data desk", Remedy.MAP_CODE, {"code": "LANTERN-2"})
        await self.settle("item-not-on-sale", "data desk", Remedy.RETRY, subject=NOT_HELD)

    async def _wrong_price(self) -> None:
        item = self.erp.estate.items[8]
        price = str(item.net_price + 1)
        await self.erp.act("set_price", {"sku": item.sku, "price_list": "Trade", "price": price})
        await self.run("prices")
        bought = await self.shop.act("place_order", {"lines": [{"sku": item.sku, "quantity": 2, "unit": "each"}]})
        self.note(f"{item.sku} goes up in the ERP; order {bought.get('identifier', '-')} still has the old price")

    async def _second_thoughts(self) -> None:
        """One shopper changes an order that is posted, another gives up one that waits."""
        book = await self.book()
        posted = next((row for row in book if row["state"] == "posted"), None)
        waiting = next((row for row in book if row["state"] == "waiting"), None)
        if posted is not None:
            await self.shop.act("change_order", {"order": posted["storefront_id"], "po_number": "CHANGED-1"})
            self.note(f"order {posted['ref']} is changed in the shop after it was posted")
        if waiting is not None:
            await self.shop.act("cancel_order", {"order": waiting["storefront_id"]})
            self.note(f"order {waiting['ref']}, still waiting, is cancelled in the shop")

    async def _stop_lifted(self) -> None:
        cases = await self.cases("account-on-stop")
        if cases:
            self._lifted = cases[0].subject
            await self.erp.act("unlock_company", {"code": self._lifted})
            self.note(f"finance lifts the stop on {cases[0].subject} in the ERP; nobody tells Crossdock")

    async def close(self) -> None:
        await self.until(self._stop_noticed, "Crossdock finds by itself that the stop was lifted")
        await super().close()

    async def _stop_noticed(self) -> bool:
        """The re-check asks the ERP anew about whatever holds orders."""
        await self.run("recheck")
        return all(case.subject != self._lifted for case in await self.cases("account-on-stop"))
