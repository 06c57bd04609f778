"""The laws over the whole estate: each pairing judged from what its own systems hold, and one verdict a law."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from crossdock.cli.demo.estate import WAREHOUSE
from crossdock.cli.demo.sales import SalesPlay
from crossdock.sandbox.laws import Verdict, check_laws
from crossdock.sandbox.views import State
from crossdock.wiring.judging import book_of

OF_THE_SHOPS = frozenset({"SOAP ImportStockStatus"})
"""Calls by which the pairing of the shops tells the ERP what it counted: no sales pairing can make them."""


def judge_all(
    sales: Sequence[SalesPlay],
    states: Sequence[tuple[State, State]],
    book: Mapping[str, Any],
    goods: Mapping[str, Mapping[str, Verdict]],
) -> dict[str, Verdict]:
    """Law → verdict; kept when every pairing keeps it. goods: pairing that sells nothing → the laws it can break."""
    found = {
        play.name: check_laws(shop, _of_others_left_out(play, shop, erp, sales, states), book_of(book, play.name))
        for play, (shop, erp) in zip(sales, states, strict=True)
    }
    return {law: _together(law, {**found, **goods}) for law in next(iter(found.values()))}


def _together(law: str, found: Mapping[str, Mapping[str, Verdict]]) -> Verdict:
    verdicts = {pairing: laws[law] for pairing, laws in found.items() if law in laws}
    broken = {pairing: one for pairing, one in verdicts.items() if not one["pass"]}
    shown = broken or verdicts
    return {
        "pass": not broken,
        "evidence": "; ".join(f"{pairing}: {one['evidence']}" for pairing, one in shown.items()),
    }


def _of_others_left_out(
    play: SalesPlay, shop: State, erp: State, sales: Sequence[SalesPlay], states: Sequence[tuple[State, State]]
) -> State:
    """The ERP as this shop should see it: its warehouse alone, without what another one sold, and what the retail
    pairing writes there."""
    others = {
        order["identifier"]
        for other, (theirs, _) in zip(sales, states, strict=True)
        if other.name != play.name and other.erp_name == play.erp_name
        for order in theirs["orders"]
    } - {order["identifier"] for order in shop["orders"]}
    codes = {order["code"] for order in erp["orders"] if order["associated_ref"] in others}
    channel = erp.get("channel", {})
    return {
        **erp,
        "stock": [row for row in erp["stock"] if row.get("site", WAREHOUSE) == WAREHOUSE],
        "channel": {**channel, "returns": [one for one in channel.get("returns", ()) if not _is_of(one, codes)]},
        "orders": [order for order in erp["orders"] if order["associated_ref"] not in others],
        "calls": {label: count for label, count in erp["calls"].items() if label not in OF_THE_SHOPS},
    }


def _is_of(note: Mapping[str, Any], codes: Set[str]) -> bool:
    """Whether a credit note is of one of these orders."""
    return any(line["source_order"] in codes for line in note["lines"])
