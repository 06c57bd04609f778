"""translate: every complete document of the fixtures crosses over, every partial one says what it lacks."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.cli.world import Cli

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT.parent / "shared" / "fixtures" / "orocommerce" / "orders" / "response"
GOLDEN = ROOT / "tests" / "connectors" / "khaos_control" / "golden"
DOCUMENTS = sorted(FIXTURES.glob("*.json"))
NEEDED = {"identifier", "currency", "totalValue", "createdAt", "updatedAt"}

pytestmark = pytest.mark.filterwarnings("error")


def orders_in(document: Any) -> list[dict[str, Any]]:
    data = document.get("data")
    return [one for one in (data if isinstance(data, list) else [data]) if isinstance(one, dict)]


def is_complete(document: Any) -> bool:
    """Every order holds what it is known by, and its line items are included."""
    included = {(one["type"], one["id"]) for one in document.get("included", ())}
    orders = orders_in(document)
    return bool(orders) and all(
        one.get("type") == "orders"
        and set(one.get("attributes", ())) >= NEEDED
        and (lines := one.get("relationships", {}).get("lineItems", {}).get("data"))
        and all((line["type"], line["id"]) in included for line in lines)
        for one in orders
    )


@pytest.mark.skipif(not DOCUMENTS, reason=f"no fixtures at {FIXTURES}")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_nobody_here_wrote(path: Path, cli: Cli) -> None:
    said = cli("translate", "orocommerce", "sales-order", str(path), "--to", "khaos-control", "--json")
    if is_complete(json.loads(path.read_bytes())):
        assert said.code == 0, said.err
        root = etree.fromstring(said.json["document"].encode())
        order = said.json["canonical"]
        assert root.findtext("SALES_ORDER/ORDER_HEADER/ASSOCIATED_REF") == order["ref"]
        assert len(root.findall("SALES_ORDER/ORDER_ITEMS/ORDER_ITEM")) >= len(order["lines"])
        assert any("the total does not add up: the storefront says" in note for note in said.json["notes"])
    else:
        assert said.code == 2
        assert said.json["error"]["kind"] == "document"
        assert said.json["error"]["place"]


@pytest.mark.skipif(not DOCUMENTS, reason=f"no fixtures at {FIXTURES}")
def test_the_fixtures_hold_both_kinds() -> None:
    assert {is_complete(json.loads(path.read_bytes())) for path in DOCUMENTS} == {True, False}


def order_document(*numbers: str, **more: Any) -> str:
    """A list of small orders, as the shop would write them."""
    data = [
        {
            "type": "orders",
            "id": number,
            "attributes": {
                "identifier": f"WEB-{number}", "currency": "GBP", "totalValue": "24.0000",
                "createdAt": "2026-03-02T09:00:00Z", "updatedAt": "2026-03-02T09:00:00Z", **more,
            },
            "relationships": {
                "customer": {"data": {"type": "customers", "id": "7"}},
                "lineItems": {"data": [{"type": "orderlineitems", "id": f"9{number}"}]},
            },
        }
        for number in numbers
    ]  # fmt: skip
    included = [
        {
            "type": "orderlineitems",
            "id": f"9{number}",
            "attributes": {"productSku": "HP-1000", "quantity": 2, "productUnitCode": "each", "value": "12.0000",
                           "currency": "GBP"},
        }
        for number in numbers
    ]  # fmt: skip
    return json.dumps({"data": data, "included": included})


def test_without_to_it_prints_canonical_json(cli: Cli) -> None:
    said = cli("translate", "OroCommerce", "sales_order", "-", stdin=order_document("1"))
    assert said.code == 0
    assert said.json["ref"] == "WEB-1"
    assert said.json["lines"][0]["quantity"] == "2"
    assert said.err == ""


def test_several_orders_are_a_list_and_a_document_each(cli: Cli) -> None:
    document = order_document("1", "2")
    assert [one["ref"] for one in cli("translate", "orocommerce", "sales-order", stdin=document).json] == [
        "WEB-1", "WEB-2",
    ]  # fmt: skip
    said = cli("translate", "orocommerce", "sales-order", "--to", "khaos_control", stdin=document)
    assert said.out.count("<SALES_ORDERS>") == 2
    assert "note: WEB-2: company 7 holds no ERP account code; the account is left out" in said.err
    both = cli("translate", "orocommerce", "sales-order", "--to", "khaos-control", "--json", stdin=document).json
    assert len(both["canonical"]) == len(both["document"]) == 2


def test_a_resolved_order_comes_back_as_it_went(cli: Cli) -> None:
    wire = (GOLDEN / "sales-order.paid.wire.xml").read_bytes()
    said = cli("translate", "khaos-control", "sales-order", "--to", "khaos-control", stdin=wire)
    assert said.code == 0
    canonical = etree.tostring(etree.fromstring(said.out.encode()), method="c14n")
    assert canonical == etree.tostring(etree.fromstring(wire.replace(b">\n<", b"><")), method="c14n")


@pytest.mark.parametrize(
    ("wire", "type_"),
    [
        ("order-status.split.wire.xml", "ordershippingtrackings"),
        ("order-status.channel.wire.json", "ordershippingtrackings"),
        ("stock-level.mixed.wire.xml", "inventorylevels"),
        ("stock-level.channel.wire.json", "inventorylevels"),
    ],
)
def test_what_the_erp_says_is_told_to_the_storefront(cli: Cli, wire: str, type_: str) -> None:
    kind = wire.partition(".")[0]
    said = cli("translate", "khaos-control", kind, str(GOLDEN / wire), "--to", "orocommerce")
    assert said.code == 0
    for line in said.out.splitlines():
        assert {one["type"] for one in orders_in(json.loads(line))} == {type_}
    assert "storefront's own key" in said.err


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("oro", "sales-order"), 'Did you mean "orocommerce"?'),
        (("orocommerce", "sales-orders"), 'Did you mean "sales-order"?'),
        (("orocommerce", "sales-order", "/no/such/file.json"), "/no/such/file.json cannot be read: no such file"),
        (("khaos-control", "account", str(GOLDEN / "account.companies.wire.xml"), "--to", "orocommerce"),
         "OroCommerce cannot be told what this account document says"),
        (("khaos-control", "despatch", str(GOLDEN / "despatch.split.wire.xml"), "--to", "orocommerce"),
         "Read it as order-status"),
        ((), "translate --list"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_way_on(cli: Cli, words: tuple[str, ...], text: str) -> None:
    said = cli("translate", *words, stdin=b"")
    assert (said.code, said.out) == (2, "")
    assert text in said.err


def test_a_document_that_is_none_names_the_place(cli: Cli) -> None:
    said = cli("translate", "orocommerce", "sales-order", stdin="{")
    assert said.code == 2
    assert said.err.startswith("crossdock: document: no whole JSON document")


def test_list_shows_what_there_is(cli: Cli) -> None:
    said = cli("translate", "--list", "--json").json
    assert {"system": "orocommerce", "kind": "sales-order", "reads": True, "writes": False} in said
    assert {"system": "khaos-control", "kind": "sales-order", "reads": True, "writes": True} in said


def test_with_a_pairing_its_maps_decide(home: Path, cli: Cli) -> None:
    words = ("translate", "orocommerce", "sales-order", "--to", "khaos-control", "--json")
    said = cli(*words, "--config", str(home / "crossdock.yaml"), "--pairing", "oro-khaos", stdin=order_document("1"))
    assert said.code == 1
    assert said.json["document"] is None
    waits = [note for note in said.json["notes"] if "would wait for" in note]
    assert any("account-unmatched" in note for note in waits)
    assert any("address-unusable" in note for note in waits)


MORE = "default_tax_code: STD\n      companies: [{name: uk, account: WEB-UK}]"


@pytest.mark.parametrize(("external", "account"), [("HPT1001", "HPT1001"), (None, "WEB-UK")])
def test_with_a_pairing_an_order_that_would_be_posted_is_written(
    home: Path, cli: Cli, external: str | None, account: str
) -> None:
    """On the buyer's own account, else on the one that the company map keeps for such buyers."""
    document = json.loads(order_document("1", totalValue="28.8000", externalId=None))
    order, line = document["data"][0], document["included"][0]
    order["relationships"]["shippingAddress"] = {"data": {"type": "orderaddresses", "id": "5"}}
    line["attributes"] |= {"productTaxCode": "STD"}
    document["included"] += [
        {"type": "customers", "id": "7", "attributes": {"name": "Shaw & Sons", "externalId": external}},
        {"type": "orderaddresses", "id": "5", "attributes": {
            "organization": "Shaw & Sons", "street": "1 Mill Lane", "city": "York", "postalCode": "YO1 9AA"},
         "relationships": {"country": {"data": {"type": "countries", "id": "GB"}}}},
    ]  # fmt: skip
    file = home / "crossdock.yaml"
    text = file.read_text("utf-8").replace("currencies: [GBP]", f"currencies: [GBP]\n      {MORE}", 1)
    file.write_text(text.replace("      # default_tax_code", "      # default_tax", 1))
    words = ("translate", "orocommerce", "sales-order", "--to", "khaos-control", "--json")
    said = cli(*words, "--config", str(file), "--pairing", "oro-khaos", stdin=json.dumps(document))
    assert said.code == 0, said.json["notes"]
    root = etree.fromstring(said.json["document"].encode())
    assert root.findtext("SALES_ORDER/CUSTOMER_DETAIL/COMPANY_CODE") == account
    assert root.findtext("SALES_ORDER/ORDER_ITEMS/ORDER_ITEM/TAX_RATE") == "1"
