"""What took money off a unit → the promotions of an order line, with what people know each by. Pure."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.model.money import allocate
from crossdock.model.sales_order import LinePromotion

MECHANICS = {"promotionCode": "promotion-code"}
"""Their words for what took money off; the others are ours too, and one we do not know is passed through."""
NAMED = ("promotion", "promotionCode")


def names_of(item: wire.Item) -> tuple[str, ...]:
    """What each reduction of a unit is known by, in the order they stand: a promotion's id, a campaign's key, a
    voucher's code; "" for a sale."""
    known = _promotions(item)
    return tuple(_name(one, known, item.campaign_key or "") for one in item.price.applied_reductions or ())


def _name(reduction: wire.Reduction, known: Sequence[dict[str, Any]], campaign: str) -> str:
    """A reduction carries a code and no id, so the promotion is found by that, or is the only one there."""
    code = reduction.code or ""
    if reduction.category in NAMED:
        words = {code, reduction.display_name or ""} - {""}
        fitting = [one for one in known if words & {str(one.get("code") or ""), str(one.get("name") or "")}]
        found = (fitting or known)[:1] if len(fitting or known) == 1 else ()
        return next((str(one["id"]) for one in found if one.get("id")), code or reduction.display_name or "")
    return code or (campaign if reduction.category == "campaign" else "")


def _promotions(item: wire.Item) -> list[dict[str, Any]]:
    """`promotion` is the older way to say it, of one."""
    many = item.promotions if isinstance(item.promotions, list) else [item.promotion]
    return [one for one in many if isinstance(one, dict)]


def line_promotions(
    reductions: Sequence[wire.Reduction], names: Sequence[str], off: int, coins: Callable[[int], Decimal]
) -> tuple[LinePromotion, ...]:
    """off: smallest coins, net, that all of them took off the line; each its part, by what it took off gross."""
    weights = [Decimal(max(one.amount.absolute_with_tax or 0, 0)) for one in reductions]
    if not reductions or off <= 0:
        return ()
    parts = allocate(Decimal(off), weights, decimals=0)
    return tuple(
        LinePromotion(
            mechanic=MECHANICS.get(one.category, one.category), ref=name, description=one.display_name or "",
            amount=coins(int(part)),
        )
        for one, name, part in zip(reductions, names, parts, strict=True)
        if part
    )  # fmt: skip


def loaded_voucher(code: str, off: int, coins: Callable[[int], Decimal]) -> tuple[LinePromotion, ...]:
    """An absolute voucher that was loaded on the line; off: net."""
    return (LinePromotion(mechanic="voucher", ref=code, amount=coins(off)),) if off > 0 else ()
