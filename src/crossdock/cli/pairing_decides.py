"""Orders decided as a pairing of the settings file would, as far as that can be told without looking anything up."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from crossdock.cli.bridges import Crossed
from crossdock.cli.options import load_project
from crossdock.cli.told import Stop
from crossdock.cli.words import one_of
from crossdock.decide.order_entry import Hold, OrderFacts, Post, decide_order
from crossdock.decide.policy import OrderPolicy
from crossdock.decide.units import item_key
from crossdock.model.account import Account
from crossdock.model.sales_order import OrderLine, SalesOrder
from crossdock.model.stock import StockItem
from crossdock.settings.pairing import Pairing

ASSUMED = "every stock code and account is taken to exist; `crossdock rehearse` looks them up"


async def decide_with(config: Path, name: str, values: Sequence[Any]) -> tuple[Crossed, int]:
    """The orders that would be posted, and how many would not. Raises Stop for what is no storefront order."""
    if not all(isinstance(one, SalesOrder) for one in values):
        raise Stop("--pairing decides storefront orders; this document holds none. Leave --pairing out.")
    project, _ = load_project(config)
    settings = project.sales[one_of(name, project.sales, what="pairing of a storefront")]
    policy = settings.order_policy(int(getattr(project.systems[settings.erp], "price_decimals", 4)))
    posted, notes, waiting = [], [ASSUMED], 0
    for order in values:
        decision, units = _decide(order, settings, policy)
        notes += [
            f"{order.ref}: one {unit} is taken for one stock unit, as the storefront is not asked" for unit in units
        ]
        if isinstance(decision, Post):
            posted.append(decision.order)
            continue
        waiting += 1
        if isinstance(decision, Hold):
            notes += [f"{order.ref}: would wait for {one.kind.code}: {one.cause}" for one in decision.findings]
        else:
            notes.append(f"{order.ref}: would not be posted: the storefront calls it {decision.reason}")
    return Crossed(posted, notes), waiting


def _decide(order: SalesOrder, settings: Pairing, policy: OrderPolicy) -> tuple[Any, list[str]]:
    maps, assumed = settings.code_maps(), []
    if settings.orders.unit_source == "storefront" and not policy.coded:
        missing = {
            f"{one.sku}/{one.unit}": one.unit for one in order.lines if maps.stock_units(one.sku, one.unit) is None
        }
        maps = replace(maps, unit={**maps.unit, **dict.fromkeys(missing, Fraction(1))})
        assumed = list(dict.fromkeys(missing.values()))
    codes = {item_key(line, policy): _stock_code(line, settings) for line in order.lines}
    hinted = order.account_hint and settings.accounts.link_by == "external_id"
    facts = OrderFacts(
        items={key: StockItem(code=code, item_id="") for key, code in codes.items() if code},
        maps=maps,
        candidates=(Account(account_id="", code=order.account_hint),) if hinted else (),
        house={code.lower(): Account(account_id="", code=code) for code in settings.orders.house_accounts()},
    )
    return decide_order(order, facts, policy), assumed


def _stock_code(line: OrderLine, settings: Pairing) -> str:
    """ "" where every unit has a stock code of its own, and nobody has said this one's."""
    orders, mapped = settings.orders, settings.maps.sku
    if orders.unit_mode == "unit_code":
        return mapped.get(line.sku, line.sku)
    return mapped.get(f"{line.sku}/{line.unit}", orders.unit_skus.get(line.unit, "").replace("{sku}", line.sku))
