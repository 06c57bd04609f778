"""The judge itself: a good day passes every law, and each thing that can go wrong breaks the law it should."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from crossdock.sandbox.laws import check_laws

Scene = dict[str, Any]


def good_day() -> Scene:
    """One order sold, posted and despatched; one that waits in a case."""
    posted = {
        "id": "801", "identifier": "B2B-801", "placed_by": "shopper", "total": "120.0000", "customer": "101",
        "trackings": [{"id": "1", "method": "DPD", "number": "C100"}],
        "lines": [{"sku": "HP-1000", "unit": "case", "quantity": "1"}],
    }  # fmt: skip
    waiting = {**posted, "id": "802", "identifier": "B2B-802", "total": "36.0000", "trackings": []}
    order = {
        "associated_ref": "B2B-801", "company_code": "HPT1001", "courier": "DPD", "gross_total": "120.00",
        "lines": [{"sku": "HP-1000", "tax_code": "1"}],
        "invoices": [{"ship_date": "2026-03-02", "boxes": [{"consignment": "C100", "shipped": True}]}],
    }  # fmt: skip
    row = {
        "state": "despatched",
        "open_cases": 0,
        "despatch_cases": 0,
        "accepted": False,
        "audit_entries": 5,
        "erp_ref": "SO1",
    }
    return {
        "storefront": {
            "orders": [posted, waiting], "oversold": [], "calls": {},
            "inventory": [{"sku": "HP-1000", "unit": "case", "units_per": 12, "quantity": "2", "writes": 1}],
        },
        "erp": {
            "orders": [order], "companies": [{"code": "HPT1001"}], "oversold": [], "calls": {}, "imports_by_ref": {},
            "stock": [{"sku": "hp-1000", "available": "36"}],
        },
        "book": {
            "orders": [
                {**row, "storefront_id": "801", "ref": "B2B-801"},
                {**row, "storefront_id": "802", "ref": "B2B-802", "state": "waiting", "open_cases": 1, "erp_ref": ""},
            ],
            "despatches": [], "published": [],
            "audit": {"problem": "", "entries": 10, "seals": 1, "unsealed": 0},
        },
    }  # fmt: skip


def judge(scene: Scene) -> dict[str, bool]:
    verdicts = check_laws(scene["storefront"], scene["erp"], scene["book"])
    assert all(verdict["evidence"] for verdict in verdicts.values())
    return {law: verdict["pass"] for law, verdict in verdicts.items()}


def test_a_good_day_keeps_all_eleven_laws() -> None:
    verdicts = judge(good_day())
    assert list(verdicts) == [f"L{number}" for number in range(1, 12)]
    assert all(verdicts.values())


def posted_twice(scene: Scene) -> None:
    scene["erp"]["orders"].append(copy.deepcopy(scene["erp"]["orders"][0]))


def lost(scene: Scene) -> None:
    scene["book"]["orders"][1] |= {"open_cases": 0, "state": "captured"}


def never_sold(scene: Scene) -> None:
    scene["erp"]["orders"].append({**scene["erp"]["orders"][0], "associated_ref": "B2B-999"})


def unknown_account(scene: Scene) -> None:
    scene["erp"]["orders"][0]["company_code"] = "NEW-1"


def no_tax_code(scene: Scene) -> None:
    scene["erp"]["orders"][0]["lines"][0]["tax_code"] = ""


def a_penny_out(scene: Scene) -> None:
    scene["erp"]["orders"][0]["gross_total"] = "119.99"


def shows_too_much(scene: Scene) -> None:
    scene["storefront"]["inventory"][0]["quantity"] = "3"


def shows_what_is_ordered(scene: Scene) -> None:
    scene["erp"]["stock"][0]["available"] = "35"


def oversold(scene: Scene) -> None:
    scene["erp"]["oversold"] = [{"sku": "HP-1000", "short": "1"}]


def oversold_beyond_what_nobody_could_know(scene: Scene) -> None:
    scene["erp"]["oversold"] = [{"sku": "HP-1000", "short": "4"}]
    scene["storefront"]["put_back"] = {"HP-1000": 3, "HP-1001": 9}


def told_twice(scene: Scene) -> None:
    scene["storefront"]["orders"][0]["trackings"] *= 2


def never_told(scene: Scene) -> None:
    scene["storefront"]["orders"][0]["trackings"] = []


def told_of_nothing(scene: Scene) -> None:
    scene["storefront"]["orders"][0]["trackings"].append({"id": "2", "method": "DPD", "number": "C999"})


def credited(scene: Scene, *refs: str, gross: str = "60.00", **more: str) -> None:
    scene["erp"]["channel"] = {"returns": [{"associated_ref": ref, "credit_gross": gross} for ref in refs]}
    refund = {
        "key": "R-1", "ref": "B2B-801", "storefront_id": "801", "state": "credited", "erp_ref": "", "gross": "60.00",
        "units": "1",
    }  # fmt: skip
    scene["book"]["refunds"] = [refund | more]


def credited_twice(scene: Scene) -> None:
    credited(scene, "R-1", "R-1")


def credited_at_another_sum(scene: Scene) -> None:
    credited(scene, "R-1", gross="60.01")


def credited_only_here(scene: Scene) -> None:
    credited(scene)


def credited_beyond_the_order(scene: Scene) -> None:
    credited(scene, "R-1", gross="120.01")
    scene["book"]["refunds"][0]["gross"] = "120.01"


def credited_out_of_nothing(scene: Scene) -> None:
    credited(scene, "R-1", "R-2")


def came_back_unread(scene: Scene) -> None:
    credited(scene, "R-1")
    scene["storefront"]["orders"][0]["returned"] = 2


def changed_on_the_floor(scene: Scene) -> None:
    scene["erp"]["changes"] = [{"ref": "B2B-801", "what": "cancel", "floor_began": True}]


def cancelled_and_sent(scene: Scene) -> None:
    order = scene["erp"]["orders"][0]
    order["cancelled"] = {"at": "2026-03-02T08:00:00+00:00", "reason": "", "user": "WEB"}
    order["invoices"][0]["ship_date"] = "2026-03-02T09:00:00+00:00"


def cancelled_only_here(scene: Scene) -> None:
    scene["book"]["orders"][0]["state"] = "cancelled"


def two_accounts(scene: Scene) -> None:
    scene["erp"]["companies"].append({"code": "HPT1002"})
    second = {**scene["erp"]["orders"][0], "associated_ref": "B2B-802", "company_code": "HPT1002", "gross_total": "36"}
    scene["erp"]["orders"].append({**second, "invoices": []})


def wrote_an_account(scene: Scene) -> None:
    scene["erp"]["companies"].append({"code": "W1", "origin": "import"})


def opened_two_accounts(scene: Scene) -> None:
    said = {"company_ref": "129", "state": "opened", "actor": "mary"}
    scene["book"]["openings"] = [{**said, "account_code": code} for code in ("W1", "W2")]


def never_captured(scene: Scene) -> None:
    del scene["book"]["orders"][1]


def waits_for_nobody(scene: Scene) -> None:
    scene["book"]["orders"][1]["open_cases"] = 0


def still_under_way(scene: Scene) -> None:
    scene["book"]["orders"][0] |= {"state": "posting"}


def broken_chain(scene: Scene) -> None:
    scene["book"]["audit"]["problem"] = "seal 1: an entry was changed after it was sealed"


def unaudited(scene: Scene) -> None:
    scene["book"]["orders"][0]["audit_entries"] = 0


@pytest.mark.parametrize(
    ("spoil", "laws"),
    [
        (posted_twice, {"L1", "L10"}),
        (lost, {"L1", "L10"}),
        (never_sold, {"L1"}),
        (unknown_account, {"L2"}),
        (no_tax_code, {"L2"}),
        (a_penny_out, {"L3"}),
        (shows_too_much, {"L4"}),
        (shows_what_is_ordered, {"L4"}),
        (oversold, {"L4"}),
        (oversold_beyond_what_nobody_could_know, {"L4"}),
        (told_twice, {"L5"}),
        (never_told, {"L5"}),
        (told_of_nothing, {"L5"}),
        (credited_twice, {"L5"}),
        (credited_at_another_sum, {"L5"}),
        (credited_only_here, {"L5"}),
        (credited_beyond_the_order, {"L5"}),
        (credited_out_of_nothing, {"L5"}),
        (came_back_unread, {"L5"}),
        (changed_on_the_floor, {"L6"}),
        (cancelled_and_sent, {"L6"}),
        (cancelled_only_here, {"L6"}),
        (two_accounts, {"L7"}),
        (wrote_an_account, {"L7"}),
        (opened_two_accounts, {"L7"}),
        (never_captured, {"L1", "L9"}),
        (waits_for_nobody, {"L1", "L9"}),
        (still_under_way, {"L10"}),
        (broken_chain, {"L11"}),
        (unaudited, {"L11"}),
    ],
)
def test_what_goes_wrong_breaks_the_law_it_should(spoil: Callable[[Scene], None], laws: set[str]) -> None:
    scene = good_day()
    spoil(scene)
    assert {law for law, kept in judge(scene).items() if not kept} == laws


def test_a_named_person_may_take_a_difference() -> None:
    scene = good_day()
    a_penny_out(scene)
    scene["book"]["orders"][0]["accepted"] = True
    assert judge(scene)["L3"]


@pytest.mark.parametrize("of", ["open_cases", "despatch_cases"])
def test_a_despatch_in_a_case_is_not_missed(of: str) -> None:
    scene = good_day()
    never_told(scene)
    scene["book"]["orders"][0][of] = 1
    assert all(judge(scene).values())


def test_a_despatch_in_a_case_excuses_no_total() -> None:
    scene = good_day()
    a_penny_out(scene)
    scene["book"]["orders"][0]["despatch_cases"] = 1
    assert judge(scene)["L3"] is False


def test_one_credit_note_a_refund_is_as_it_should_be_and_one_made_by_hand_is_taken_at_its_word() -> None:
    scene = good_day()
    credited(scene, "R-1")
    assert judge(scene)["L5"]
    credited(scene, erp_ref="CN600001")
    assert judge(scene)["L5"]


def test_what_came_back_and_cannot_be_read_is_known() -> None:
    scene = good_day()
    credited(scene, "R-1")
    scene["storefront"]["orders"][0]["returned"] = 2
    scene["book"]["refunds"].append({**scene["book"]["refunds"][0], "key": "unreadable/801", "state": "unreadable"})
    assert judge(scene)["L5"]


def test_what_nobody_could_know_when_a_level_was_written_is_for_the_buffer() -> None:
    scene = good_day()
    oversold(scene)
    scene["storefront"]["put_back"] = {"hp-1000": 1}
    assert all(judge(scene).values())
