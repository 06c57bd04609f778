"""The states of different simulators in one shape, so that the laws are judged alike whatever the systems are.

The shape is that of the OroCommerce and Khaos Control simulators; `in_one_shape` says what of another one it is.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

State = Mapping[str, Any]


def in_one_shape(kind: str, state: State) -> State:
    """kind: of the simulator. What is in the shape already comes back as it is."""
    turn = _TURNS.get(kind)
    return state if turn is None else turn(state)


def _scayle(state: State) -> State:
    """A shop that sells single units at gross prices in cents, and sends parcels."""
    writes = Counter(one["sku"] for one in state["stock_writes"])
    return {
        **state,
        "orders": [_scayle_order(one) for one in state["orders"]],
        "inventory": [
            {
                "sku": one["sku"], "unit": "each", "units_per": 1, "quantity": one["sellable"],
                "writes": writes[one["sku"]],
            }
            for one in state["stock"]
        ],
        "inventory_writes": state["stock_writes"],
    }  # fmt: skip


def _scayle_order(order: State) -> dict[str, Any]:
    wanted = Counter(unit["sku"] for unit in order["units"] if not unit["cancelled_at"])
    sent = [box for box in order["packages"] if box["shipped_at"]]
    return {
        "id": str(order["id"]),
        "identifier": order["public_key"],
        "placed_by": "shopper",
        "customer": f"guest {order['id']}" if order["guest"] else str(order["customer"]),
        "total": str(Decimal(order["total"]) / 100),
        "currency": order["currency"],
        "country": order["country"],
        "lines": [{"sku": sku, "unit": "each", "quantity": count} for sku, count in wanted.items()],
        "returned": sum(1 for unit in order["units"] if unit["returned_at"]),
        "trackings": [{"number": box["shipment_key"] or str(box["id"])} for box in sent],
    }


_TURNS: Mapping[str, Callable[[State], State]] = {"scayle": _scayle}
