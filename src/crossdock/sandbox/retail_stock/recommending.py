"""What the planner behind this system recommends: transfers between locations and stock targets."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from crossdock.sandbox.bridge import Json, dec, ts
from crossdock.sandbox.retail_stock.model import Recommended
from crossdock.sandbox.retail_stock.shop import Shop

KINDS = {"redistribution": "RD", "replenishment": "RP", "initial_distribution": "ID"}
DISPATCH_DAYS = 7


def propose(shop: Shop, kind: str, moves: Sequence[tuple[str, str, str, Decimal]]) -> list[Recommended]:
    """One batch of proposals. moves: (from location, to location, SKU, quantity)."""
    day = shop.clock().date()
    planned = (day + timedelta(days=DISPATCH_DAYS)).isoformat()
    batch, title = _new_id(shop), f"{kind.replace('_', ' ').capitalize()} {day:%Y%m%d}"
    made = [Recommended(f"{KINDS[kind]}_{_new_id(shop)}", kind, *move, batch, title, planned) for move in moves]
    shop.recommended.update({one.reference_id: one for one in made})
    return made


def confirm(shop: Shop, chosen: Iterable[Recommended]) -> None:
    """They are listed from now on, and told of."""
    for one in chosen:
        one.status, one.confirmed_at = "open", shop.tick()
        shop.outbox.tell("transfer.recommended", {"reference_id": one.reference_id})


def set_target(shop: Shop, location_code: str, sku: str, quantity: Decimal) -> Json:
    content: Json = {
        "location_code": location_code,
        "sku": sku,
        "target_quantity": dec(quantity),
        "forecast_on": ts(shop.clock())[:10],
    }
    shop.targets.put(f"{location_code}|{sku}", content, shop.tick())
    return content


def _new_id(shop: Shop) -> str:
    return str(uuid.UUID(int=shop.random.getrandbits(128), version=4))
