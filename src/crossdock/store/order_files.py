"""Reads orders together with every fact their decision needs: a handful of statements for any number of orders."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson

from crossdock.model import as_json
from crossdock.model.account import Account
from crossdock.model.code_map import Becomes, CodeMaps, PromotionRule, TaxCode
from crossdock.model.lifecycle import OrderState
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockItem
from crossdock.ports.order_book import OrderFile, Room
from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("orders")
REFERENCE = statements("reference")
DECIDABLE = frozenset({OrderState.CAPTURED, OrderState.WAITING})


async def load_files(
    connection: Connection,
    scope: Scope,
    order_ids: Sequence[int],
    *,
    linked_by_hint: bool,
    price_lists: Sequence[str],
    house: Sequence[str] = (),
    credit: bool = False,
) -> dict[int, OrderFile]:
    """The orders by id. Facts are read only for orders that are still to be decided, or decided anew.

    house: codes of the accounts the company map names. linked_by_hint: an ERP account that carries the code the
    storefront holds for the company is a candidate for it; otherwise only a person links.
    """
    rows = await connection.fetch(SQL["load"], list(order_ids))
    undecided = [row["id"] for row in rows if row["state"] in DECIDABLE or row["changing"]]
    facts = None
    if undecided:
        facts = await _facts(connection, scope, undecided, price_lists=price_lists)
        facts.house = await _house(connection, scope, house)
        if not linked_by_hint:
            facts.candidates.clear()
        if credit:
            facts.rooms = await _rooms(connection, scope, facts)
    return {row["id"]: _file(row, facts) for row in rows}


async def read_maps(connection: Connection, scope: Scope) -> CodeMaps:
    """The pairing's short lists as they stand now."""
    lists: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in await connection.fetch(REFERENCE["maps"], scope.tenant, scope.pairing):
        lists[row["kind"]][row["key"]] = orjson.loads(row["value"])
    return CodeMaps(
        tax={key: TaxCode(code=one["code"], percent=Decimal(one["percent"])) for key, one in lists["tax"].items()},
        unit={key: Fraction(one["units"]) for key, one in lists["unit"].items()},
        shipping={key: one["code"] for key, one in lists["shipping"].items()},
        payment_term={key: one["code"] for key, one in lists["payment_term"].items()},
        courier={key: one["code"] for key, one in lists["courier"].items()},
        price_list={key: one["code"] for key, one in lists["price_list"].items()},
        attribute={key: one["code"] for key, one in lists["attribute"].items()},
        company={key: one["code"] for key, one in lists["company"].items()},
        promotion={
            key: PromotionRule(becomes=Becomes(one["becomes"]), reason=one.get("reason", ""))
            for key, one in lists["promotion"].items()
        },
    )


class _Facts:
    """Reference data for a batch of orders, each part keyed the way an order asks for it."""

    def __init__(self, maps: CodeMaps) -> None:
        self.maps = maps
        self.items: dict[str, StockItem] = {}
        self.codes: dict[str, str] = {}
        self.units: dict[str, Fraction] = {}
        self.linked: dict[int, Account] = {}
        self.lost: set[int] = set()
        self.taken_by: dict[int, list[Account]] = defaultdict(list)
        self.rooms: Mapping[int, Room] = {}
        self.candidates: dict[int, list[Account]] = defaultdict(list)
        self.house: Mapping[str, Account] = {}
        self.prices: dict[int, dict[int, list[Price]]] = defaultdict(lambda: defaultdict(list))
        self.duplicates: dict[int, str] = {}


async def _facts(connection: Connection, scope: Scope, ids: Sequence[int], *, price_lists: Sequence[str]) -> _Facts:
    facts = _Facts(await read_maps(connection, scope))
    rules = scope.units.as_text()
    for row in await connection.fetch(SQL["items"], ids, scope.tenant, scope.pairing, scope.erp, rules):
        facts.codes[row["key"]] = row["code"] or ""
        if row["document"] is not None:
            facts.items[row["key"]] = as_json.loads(StockItem, row["document"])
    for row in await connection.fetch(SQL["declared_units"], ids, scope.tenant, scope.storefront):
        facts.units[f"{row['sku']}/{row['unit']}"] = Fraction(row["units_over"]) / Fraction(row["units_under"])
    for row in await connection.fetch(SQL["accounts"], ids, scope.erp):
        account = as_json.loads(Account, row["document"])
        order_id = row["order_id"]
        if row["own"]:
            facts.linked[order_id] = account
            facts.lost |= {order_id} if row["code_lost"] else set()
        elif not row["code_lost"]:
            (facts.taken_by if row["linked"] else facts.candidates)[order_id].append(account)
    if price_lists:
        for row in await connection.fetch(SQL["prices"], ids, scope.erp, list(price_lists), scope.tenant, rules):
            facts.prices[row["order_id"]][row["line"]].append(_price(row))
    for row in await connection.fetch(SQL["duplicates"], ids, scope.sellers()[0]):
        facts.duplicates[row["order_id"]] = row["other"]
    return facts


async def _rooms(connection: Connection, scope: Scope, facts: _Facts) -> Mapping[int, Room]:
    """Of every order whose account is known, or is about to be by its code."""
    accounts = {order_id: one.account_id for order_id, one in facts.linked.items()}
    for order_id, candidates in facts.candidates.items():
        if len(candidates) == 1:
            accounts.setdefault(order_id, candidates[0].account_id)
    pairings = scope.sellers()[0]
    rows = await connection.fetch(SQL["credit"], list(accounts), list(accounts.values()), scope.erp, pairings)
    return {
        row["order_id"]: Room(account_id=row["account_id"], in_flight=row["in_flight"], sends=row["sends"])
        for row in rows
    }


def _same_code(linked: Account | None, others: Sequence[Account]) -> tuple[Account, ...]:
    """Those that carry the very code; some ERPs tell "ABC" from "abc"."""
    return tuple(one for one in others if linked is not None and one.code == linked.code)


async def _house(connection: Connection, scope: Scope, codes: Sequence[str]) -> Mapping[str, Account]:
    """The accounts of the house that we know of, by their code in lower case."""
    if not codes:
        return {}
    keys = [code.lower() for code in codes]
    rows = await connection.fetch(SQL["house_accounts"], scope.tenant, scope.erp, keys)
    return {row["code_key"]: as_json.loads(Account, row["document"]) for row in rows}


def _file(row: Any, facts: _Facts | None) -> OrderFile:
    order = as_json.loads(SalesOrder, row["document"]) if row["document"] else None
    known: Mapping[str, Any] = {}
    if facts is not None and order is not None:
        keys = {key for line in order.lines for key in (line.sku, f"{line.sku}/{line.unit}")}
        known = {
            "items": {key: facts.items[key] for key in keys if key in facts.items},
            "codes": {key: facts.codes[key] for key in keys if key in facts.codes},
            "declared": {key: facts.units[key] for key in keys if key in facts.units},
            "maps": facts.maps,
            "account": facts.linked.get(row["id"]),
            "code_lost": row["id"] in facts.lost,
            "taken_by": _same_code(facts.linked.get(row["id"]), facts.taken_by.get(row["id"], ())),
            "room": facts.rooms.get(row["id"]),
            "candidates": tuple(facts.candidates.get(row["id"], ())),
            "house": facts.house,
            "prices": {at: tuple(prices) for at, prices in facts.prices.get(row["id"], {}).items()},
            "duplicate_of": facts.duplicates.get(row["id"]),
        }
    return OrderFile(
        id=row["id"],
        ref=row["ref"],
        storefront_id=row["storefront_id"],
        state=OrderState(row["state"]),
        version=row["version"],
        order=order,
        resolved=as_json.loads(ResolvedOrder, row["resolved"]) if row["resolved"] else None,
        erp_ref=row["erp_ref"],
        attempts=row["attempts"],
        sent_at=row["sent_at"],
        turned_away=row["defects"],
        waivers=frozenset((kind, subject) for kind, subject in orjson.loads(row["waivers"])),
        sold=as_json.loads(SalesOrder, row["sold"]) if row["sold"] else order,
        changing=row["changing"],
        **known,
    )


def _price(row: Any) -> Price:
    return Price(
        price_list=row["price_list"], stock_code=row["code_key"], currency=row["currency"], price=row["price"],
        per=row["per"], unit=row["unit"], is_net=row["is_net"], tax_percent=row["tax_percent"],
        quantity_from=row["quantity_from"], valid_from=row["valid_from"], valid_to=row["valid_to"],
    )  # fmt: skip
