"""Khaos Control's accounts in the sandbox: what was issued is invoiced to the penny, and the files say so."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import KhaosControlSimulator

SKU = "HP-1001"


@pytest.fixture
def erp(tmp_path: Path) -> KhaosControlSimulator:
    return KhaosControlSimulator(build_estate(items=20, companies=30), settings={"ledger_folder": str(tmp_path)})


def ledger(erp: KhaosControlSimulator) -> list[dict[str, Any]]:
    return list(erp.state()["ledger"])


def rows(told: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(Path(told["file"]).read_text("utf-8").splitlines()))


async def sold(erp: KhaosControlSimulator, quantity: int = 3) -> dict[str, Any]:
    return dict(await erp.act("sell", {"sku": SKU, "quantity": quantity, "associated_ref": "B2B-1"}))


async def test_the_parts_of_an_order_are_invoiced_to_its_total(erp: KhaosControlSimulator) -> None:
    order = await sold(erp)
    assert ledger(erp) == []
    for _ in range(3):
        await erp.act("despatch", {"ref": "B2B-1", "lines": [{"sku": SKU, "quantity": 1}]})
    bills = ledger(erp)
    assert [(one["kind"], one["order_refs"], one["order_codes"]) for one in bills] == [
        ("invoice", ["B2B-1"], [order["code"]])
    ] * 3
    assert sum(Decimal(one["gross"]) for one in bills) == Decimal(order["gross_total"])
    assert all(Decimal(one["net"]) + Decimal(one["tax"]) == Decimal(one["gross"]) for one in bills)
    assert len({one["number"] for one in bills}) == 3


async def test_what_goes_wrong_in_accounts_goes_wrong_there_alone(erp: KhaosControlSimulator) -> None:
    await sold(erp)
    await erp.act("despatch", {"ref": "B2B-1"})
    (bill,), order = ledger(erp), erp.state()["orders"]
    number = bill["number"]
    assert Decimal((await erp.act("drift_vat", {"document": number}))["tax"]) - Decimal(bill["tax"]) == Decimal("0.01")
    await erp.act("drift_vat", {"document": number, "pence": -1})
    double = await erp.act("double_invoice", {"document": number})
    assert {**double, "number": number} == bill
    moved = await erp.act("rebook_document", {"document": number, "company_code": "HPT1002", "company": "Other Ltd"})
    assert (moved["company_code"], moved["company"], moved["gross"]) == ("HPT1002", "Other Ltd", bill["gross"])
    half = await erp.act("credit_invoice", {"document": number, "share": "0.5"})
    assert (half["kind"], half["credits"], Decimal(half["net"]) * 2) == ("credit_note", number, Decimal(bill["net"]))
    await erp.act("drop_document", {"document": number})
    assert [one["number"] for one in ledger(erp)] == [double["number"], half["number"]]
    assert erp.state()["orders"] == order


@pytest.mark.parametrize(
    ("act", "params", "says"),
    [
        ("drift_vat", {"document": "X"}, "is not in the ledger"),
        ("credit_invoice", {"document": "INV200001", "share": 2}, "at most 1"),
        ("rebook_document", {"document": "INV200001", "company_code": "X"}, "no company has the code"),
    ],
)
async def test_what_cannot_be_done_is_explained(
    erp: KhaosControlSimulator, act: str, params: dict[str, Any], says: str
) -> None:
    await sold(erp)
    await erp.act("despatch", {"ref": "B2B-1"})
    with pytest.raises(ActError, match=says):
        await erp.act(act, params)


async def test_a_file_is_whole_unless_the_export_breaks_off(erp: KhaosControlSimulator) -> None:
    await sold(erp)
    await erp.act("despatch", {"ref": "B2B-1"})
    told = await erp.act("export_ledger", {})
    heading, bill, last = rows(told)
    assert (told["documents"], last, bill[heading.index("order_refs")]) == (1, ["END", "1"], "B2B-1")
    broken = await erp.act("export_ledger", {"whole": False})
    assert [row[0] for row in rows(broken)] == ["number", bill[0]]


async def test_nothing_is_written_where_no_folder_was_set() -> None:
    with pytest.raises(ActError, match="no ledger_folder"):
        await KhaosControlSimulator(build_estate(items=20, companies=30)).act("export_ledger", {})
