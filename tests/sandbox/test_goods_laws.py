"""The judge of pairings that sell nothing: a good day passes; each thing that can go wrong breaks the law it should."""

import copy
from typing import Any

from crossdock.sandbox.goods_laws import check_catalogue, check_shelves

PIM: dict[str, Any] = {"products": [{"identifier": "Lamp-1"}, {"identifier": "LAMP-2"}, {"identifier": None}]}
LEDGER: dict[str, Any] = {
    "items": [{"sku": "LAMP-1"}],
    "stock": [
        {"sku": "LAMP-1", "site": "York", "on_hand": 4}, {"sku": "LAMP-1", "site": "Leeds", "on_hand": 0},
        {"sku": "LAMP-1", "site": "Main", "on_hand": 90},
    ],
}  # fmt: skip
CATALOGUE: dict[str, Any] = {
    "catalogue": [{"sku": "LAMP-1", "state": "released"}, {"sku": "LAMP-2", "state": "waiting"}]
}
SITES = {"STORE-YORK": "York", "STORE-LEEDS": "Leeds"}
SHOPS: dict[str, Any] = {
    "levels": [
        {"location_code": "STORE-YORK", "sku": "LAMP-1", "physical": "4"},
        {"location_code": "STORE-LEEDS", "sku": "LAMP-1", "physical": "-2"},
        {"location_code": "DEPOT", "sku": "LAMP-1", "physical": "7"},
    ],
    "told_levels": [{"location_code": "MAIN", "sku": "LAMP-1"}],
}
SHELVES: dict[str, Any] = {
    "shelves": [
        {"location": "STORE-YORK", "sku": "LAMP-1", "problem": ""},
        {"location": "STORE-LEEDS", "sku": "LAMP-1", "problem": ""},
    ]
}


def broken(verdicts: dict[str, dict[str, Any]]) -> dict[str, str]:
    assert all(one["evidence"] for one in verdicts.values())
    return {law: one["evidence"] for law, one in verdicts.items() if not one["pass"]}


def test_a_good_day_of_the_catalogue_breaks_nothing() -> None:
    assert broken(check_catalogue(PIM, LEDGER, CATALOGUE)) == {}


def test_a_product_released_before_the_erp_holds_it_breaks_l2() -> None:
    book = {"catalogue": [CATALOGUE["catalogue"][0], {"sku": "LAMP-2", "state": "released"}]}
    found = broken(check_catalogue(PIM, LEDGER, book))
    assert (list(found), "lamp-2" in found["L2"]) == (["L2"], True)


def test_a_product_nobody_looked_at_breaks_l9() -> None:
    found = broken(check_catalogue(PIM, LEDGER, {"catalogue": CATALOGUE["catalogue"][:1]}))
    assert (list(found), "LAMP-2" in found["L9"]) == (["L9"], True)


def test_a_good_day_of_the_shelves_breaks_nothing() -> None:
    assert broken(check_shelves(SHOPS, LEDGER, SHELVES, SITES)) == {}


def test_a_shelf_booked_otherwise_than_counted_breaks_l9_unless_it_is_before_a_person() -> None:
    ledger = copy.deepcopy(LEDGER)
    ledger["stock"][0]["on_hand"] = 5
    assert broken(check_shelves(SHOPS, ledger, SHELVES, SITES)) == {"L9": "LAMP-1 in STORE-YORK: counted 4, booked 5"}
    book = {"shelves": [{**SHELVES["shelves"][0], "problem": "refused"}, SHELVES["shelves"][1]]}
    assert broken(check_shelves(SHOPS, ledger, book, SITES)) == {}


def test_a_shelf_never_heard_of_breaks_l9() -> None:
    found = broken(check_shelves(SHOPS, LEDGER, {"shelves": SHELVES["shelves"][1:]}, SITES))
    assert found == {"L9": "LAMP-1 in STORE-YORK was counted and never heard of"}


def test_a_figure_told_to_a_place_that_counts_itself_breaks_l8() -> None:
    shops = {**SHOPS, "told_levels": [{"location_code": "STORE-YORK", "sku": "LAMP-1"}]}
    found = broken(check_shelves(shops, LEDGER, SHELVES, SITES))
    assert (list(found), "which it counts itself" in found["L8"]) == (["L8"], True)
