"""Acts of shoppers and their payments."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.scayle.checkout import SoldOut, Terms
from crossdock.sandbox.scayle.desk import Desk
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.records import Voucher
from crossdock.sandbox.scayle.sales import CONFIRMED, CREATED, PENDED

STOPS = (CREATED, PENDED, CONFIRMED)


class ShopperActs(Desk):
    def place_order(
        self,
        country: str = "GB",
        lines: Sequence[Mapping[str, Any]] | None = None,
        customer: int | str | None = None,
        guest: bool = False,
        voucher: str | Mapping[str, Any] | None = None,
        campaign: Mapping[str, Any] | None = None,
        promotion: Mapping[str, Any] | None = None,
        express: bool = False,
        free_shipping: bool = False,
        payment_fee: int = 0,
        gift_card: int = 0,
        channel: str | None = None,
        external_prices: bool = False,
        custom_data: Mapping[str, Any] | None = None,
        collection_point: Mapping[str, Any] | None = None,
        until: str = CONFIRMED,
        force: bool = False,
    ) -> Json:
        """A shopper orders. country: GB, DE or FR. lines: [{sku, quantity, promotions: [{code, percent}]}], null for
        one to three random ones; 100 per cent gives a line away.
        customer: id or reference key, null for any. guest: somebody without an account. voucher: a code, or
        {code, type: absolute|relative, value} (minor units or per cent). campaign: {key, percent}. promotion: {code,
        percent}. payment_fee, gift_card: minor units. channel: market-de or trade-counter.
        collection_point: {key, type, description, customerKey} of a parcel shop. until: created, pended or
        confirmed. Only what can be sold is bought, unless force."""
        if until not in STOPS:
            raise ActError(f"place_order: until is {until!r}; it must be one of {STOPS}")
        where = self.country(country)
        terms = Terms(
            voucher=self._voucher(voucher), campaign=_percentage(campaign, "key"),
            promotion=_percentage(promotion, "code"), express=express, free_shipping=free_shipping,
            payment_fee=int(payment_fee), gift_card=int(gift_card), channel=channel, external=external_prices,
            custom=custom_data, collection_point=collection_point,
        )  # fmt: skip
        basket = self.till.basket(lines, where)
        if not basket:
            return {"refused": "everything is sold out"}
        try:
            order = self.till.buy(where, self.till.shopper(where, customer, guest=guest), basket, terms, force=force)
        except SoldOut as error:
            return {"refused": f"{error} is sold out"}
        if until != CREATED:
            self.lifecycle.pend(order)
        if until == CONFIRMED:
            self.lifecycle.confirm(order)
        return self.told(order)

    def place_orders(
        self,
        count: int,
        seed: int | None = None,
        countries: Sequence[str] = ("GB", "DE", "FR"),
        guest_share: float = 0.3,
        voucher_share: float = 0.15,
        campaign_share: float = 0.1,
        express_share: float = 0.1,
    ) -> Json:
        """Many shoppers order, each in a random country. Shares of guests, vouchers, campaigns and express."""
        rng = self.world.random if seed is None else random.Random(seed)
        told = []
        for _ in range(int(count)):
            voucher = rng.choice(sorted(one.code for one in self.world.vouchers.values()))
            told.append(
                self.place_order(
                    country=rng.choice(list(countries)),
                    guest=rng.random() < guest_share,
                    voucher=voucher if rng.random() < voucher_share else None,
                    campaign={"key": "season", "percent": 15} if rng.random() < campaign_share else None,
                    express=rng.random() < express_share,
                )
            )
        placed = [one for one in told if "refused" not in one]
        return {"placed": len(placed), "refused": len(told) - len(placed), "orders": placed}

    def confirm_payment(self, order: int | str) -> Json:
        """The payment of a created or pended order comes good: it is confirmed and its quantity blocked."""
        found = self.order(order)
        if found.phase not in (CREATED, PENDED):
            raise ActError(f"confirm_payment: order {found.id} is {found.phase}; it must be created or pended")
        self.lifecycle.confirm(found)
        return self.told(found)

    def fail_payment(self, order: int | str) -> Json:
        """The payment of a pended order fails: the shopper is back at the till."""
        found = self.order(order)
        if found.phase != PENDED:
            raise ActError(f"fail_payment: order {found.id} is {found.phase}; it must be pended")
        self.lifecycle.payment_failed(found)
        return self.told(found)

    def _voucher(self, given: str | Mapping[str, Any] | None) -> Voucher | None:
        """A code of a voucher there is, or a new one."""
        if given is None:
            return None
        known = {one.code: one for one in self.world.vouchers.values()}
        if isinstance(given, str):
            if given not in known:
                raise ActError(f"no voucher {given!r}; there are {sorted(known)}")
            return known[given]
        kind = given["type"]
        if kind not in ("absolute", "relative"):
            raise ActError(f"voucher: type is {kind!r}; it must be absolute or relative")
        value = Decimal(str(given["value"]))
        id_ = max(self.world.vouchers) + 1
        made = Voucher(id_, str(given["code"]), kind, value if kind == "absolute" else value / 100)
        self.world.vouchers[id_] = made
        return made


def _percentage(given: Mapping[str, Any] | None, name: str) -> tuple[str, Decimal] | None:
    return None if given is None else (str(given[name]), Decimal(str(given["percent"])))
