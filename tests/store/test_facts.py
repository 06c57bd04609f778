"""The facts an order is decided on, read together with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from crossdock.cases.kind import Finding
from crossdock.decide.policy import OrderPolicy
from crossdock.decide.prices import agreed_price
from crossdock.decide.units import stock_units_of
from crossdock.model.account import AccountLink
from crossdock.model.code_map import MapKind
from crossdock.model.lifecycle import Move
from crossdock.model.price import Price
from crossdock.model.sales_order import OrderLine
from crossdock.store.scope import UnitRules
from tests.store.books import NOON, Books, account, item, line, sale, step, target

POLICY = OrderPolicy(currencies=frozenset({"GBP"}), unit_source="storefront")


async def held(
    books: Books, lines: Sequence[OrderLine], source: Literal["map", "storefront"] = "storefront"
) -> list[Any]:
    """Stock units in one of each line's unit, or the kind of case."""
    file, policy = await books.file("1001"), replace(POLICY, unit_source=source)
    found = [stock_units_of(one, file.items.get(one.sku), file.maps, file.declared, policy) for one in lines]
    return [one.kind.code if isinstance(one, Finding) else one for one in found]


async def agreed(books: Books, ref: str) -> dict[int, Any]:
    """Place of a line → the price the ERP lists for it."""
    file = await books.file(ref)
    assert file.order is not None
    found = {}
    for at, one in enumerate(file.order.lines):
        units = stock_units_of(one, None, file.maps, file.declared, POLICY)
        assert isinstance(units, Fraction)
        found[at] = agreed_price(file.prices.get(at, ()), one, units, NOON.date())
    return found


async def test_a_sku_is_the_item_it_is_mapped_to_or_the_one_of_its_own_name(books: Books) -> None:
    await books.reference.store_items([item("DRILL-18V"), item("LANTERN-2")])
    await books.reference.map_code(MapKind.SKU, "GHOST-01", {"code": "lantern-2"}, actor="mary")
    await books.capture(sale("1001", line("drill-18v"), line("GHOST-01"), line("NOWHERE")))
    file = await books.file("1001")
    assert {sku: one.code for sku, one in file.items.items()} == {"drill-18v": "DRILL-18V", "GHOST-01": "LANTERN-2"}


async def test_a_person_s_unit_outranks_the_storefront_s_which_outranks_one_for_all(books: Books) -> None:
    await books.reference.store_targets(
        [target("A", "case", 12), target("B", "case", 12), target("C", "each", Fraction(1, 3))], seen_at=NOON
    )
    await books.reference.map_code(MapKind.UNIT, "A/case", {"units": "6"}, actor="mary")
    await books.reference.map_code(MapKind.UNIT, "case", {"units": "24"}, actor="mary")
    lines = [line(sku, "1", unit) for sku, unit in (("A", "case"), ("B", "case"), ("C", "each"), ("D", "case"))]
    await books.capture(sale("1001", *lines))
    assert await held(books, lines) == [6, 12, Fraction(1, 3), 24]


async def test_where_only_the_map_counts_the_storefront_is_not_asked(books: Books) -> None:
    mapped = Books(books.pool, declared=False)
    await mapped.reference.store_targets([target("A", "case", 12)], seen_at=NOON)
    await mapped.capture(sale("1001", line("A", "1", "case")))
    assert await held(mapped, [line("A", "1", "case")], "map") == ["unit-unmapped"]


async def test_where_each_unit_has_a_stock_code_of_its_own_that_is_the_item(books: Books) -> None:
    """By the map, else by the unit's pattern; a unit without either is nothing the ERP holds."""
    coded = Books(books.pool, units=UnitRules(coded=True, codes={"each": "{sku}", "case": "{sku}-CASE"}))
    await coded.reference.store_items([item("A"), item("A-CASE"), item("A-480")])
    await coded.reference.map_code(MapKind.SKU, "A/pallet", {"code": "a-480"}, actor="mary")
    await coded.reference.map_code(MapKind.SKU, "A", {"code": "A-480"}, actor="mary")
    await coded.capture(sale("1001", *(line("A", "1", unit) for unit in ("each", "case", "pallet", "crate"))))
    file = await coded.file("1001")
    assert {key: one.code for key, one in file.items.items()} == {
        "A/each": "A", "A/case": "A-CASE", "A/pallet": "A-480",
    }  # fmt: skip
    assert (file.codes["A/pallet"], file.codes["A/crate"]) == ("a-480", "")


async def test_a_company_is_known_by_its_link_and_else_by_the_code_the_storefront_holds(books: Books) -> None:
    await books.reference.store_accounts([account("HART01", "a1"), account("OTHER", "a2")], as_of=NOON)
    await books.capture(sale())
    guessed = await books.file("1001")
    assert (guessed.account, [one.code for one in guessed.candidates]) == (None, ["HART01"])
    link = AccountLink(company_ref="c-9", account_id="a2", account_code="OTHER")
    await books.reference.link_account(link, actor="mary")
    known = await books.file("1001")
    assert known.account is not None
    assert (known.account.code, known.candidates) == ("OTHER", ())
    await books.reference.store_accounts([replace(account("RECODED", "a2"))], as_of=NOON)
    recoded = (await books.file("1001")).account
    assert recoded is not None
    assert recoded.code == "RECODED"


async def test_the_price_is_that_of_the_quantity_in_stock_units_from_the_first_list_that_has_one(books: Books) -> None:
    price = Price(price_list="Trade", stock_code="A", currency="GBP", price=Decimal(10), is_net=True)
    gross = replace(price, price=Decimal(6), is_net=False, tax_percent=Decimal(20), quantity_from=Decimal(20))
    foreign = replace(price, currency="EUR", price=Decimal(1))
    other_list = replace(price, price_list="Retail", price=Decimal(2))
    await books.store_prices(price, gross, foreign, other_list)
    await books.reference.store_targets([target("A"), target("A", "case", 12)], seen_at=NOON)
    await books.capture(sale("1001", line("A", "19")), sale("1002", line("A", "2", "case")))
    assert await agreed(books, "1001") == {0: 10}
    assert await agreed(books, "1002") == {0: 5}


async def test_each_line_has_the_price_of_its_own_quantity_unit_and_day(books: Books) -> None:
    """A price for the case outranks twelve eaches; one that ended, one of nothing and one to come are none."""
    each = Price(price_list="Trade", stock_code="A", currency="GBP", price=Decimal(10), is_net=True, unit="each")
    many = replace(each, price=Decimal(8), quantity_from=Decimal(20))
    case = replace(each, price=Decimal(108), per=Decimal(12), unit="case", quantity_from=Decimal(12))
    ended = replace(each, price=Decimal(1), valid_from=date(2026, 2, 1), valid_to=date(2026, 3, 1))
    to_come = replace(each, price=Decimal(2), valid_from=date(2026, 3, 3))
    nothing = replace(each, stock_code="B", price=Decimal(0))
    await books.store_prices(each, many, case, ended, to_come, nothing)
    await books.reference.store_targets([target("A"), target("A", "case", 12), target("B")], seen_at=NOON)
    await books.capture(sale("1001", line("A", "19"), line("A", "20"), line("A", "1", "case"), line("B")))
    assert await agreed(books, "1001") == {0: 10, 1: 8, 2: 9, 3: None}


async def test_the_later_of_two_orders_with_one_number_is_the_duplicate(books: Books) -> None:
    await books.capture(sale("1001"), sale("1001", storefront_id="id-again"))
    rows = await books.pool.fetch("select id from sales_order order by id")
    first, second = await books.orders.load_many([row["id"] for row in rows])
    assert (first.duplicate_of, second.duplicate_of) == (None, "id-1001")
    await books.orders.move(step(first, Move.WITHDRAW))
    assert (await books.orders.load_many([second.id]))[0].duplicate_of is None


async def test_facts_are_read_only_for_orders_that_are_still_to_be_decided(books: Books) -> None:
    await books.reference.store_items([item("DRILL-18V")])
    await books.capture(sale())
    await books.move("1001", Move.SEND)
    assert (await books.file("1001")).items == {}
