"""The page of the bridge contract says what the connectors read: fields, words, examples, codes and test vectors."""

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
import yaml

from crossdock.connectors.bridge import loads, read_problem, take, verify
from crossdock.connectors.bridge.config import BridgeSettings
from crossdock.connectors.bridge.faults import CODES, Verdict
from crossdock.connectors.bridge.paging import page_of
from crossdock.connectors.bridge.wire import Wire
from crossdock.connectors.prima import events as prima_events
from crossdock.connectors.prima import mapping_catalogue, mapping_ledger, mapping_stock, wire, wire_orders
from crossdock.connectors.wair import events as wair_events
from crossdock.connectors.wair import mapping_goods
from crossdock.connectors.wair import mapping_stock as retail_stock
from crossdock.connectors.wair import wire as retail
from crossdock.connectors.wair.bridge_batch import told_rows
from crossdock.model.faults import DataFault
from crossdock.sandbox.bridge.problems import SHARED
from crossdock.sandbox.prima.bridge_view import OPERATIONS as ERP_OPERATIONS
from crossdock.sandbox.retail_stock.knobs import OPERATIONS as RETAIL_OPERATIONS
from crossdock.sandbox.retail_stock.problems import EXTRA
from crossdock.wiring.systems import known_systems
from tests.docs.pages import REFERENCE, fenced, text_of

PAGE: Path = REFERENCE / "bridge.md"
TEXT = text_of(PAGE)
LINES_MAX = 420
UNCODED = {"request-invalid", "not-found"}  # told by their status alone

MODELS: Mapping[tuple[str, str], tuple[type[Wire], ...]] = {
    ("ERP", "Capabilities"): (wire.PrimaCapabilities,),
    ("ERP", "Items"): (wire.Item,),
    ("ERP", "Stock"): (wire.StockRow,),
    ("ERP", "Customers"): (wire.Customer,),
    ("ERP", "Price lists"): (wire.PriceList, wire.PriceRow),
    ("ERP", "Orders"): (wire_orders.OrderRequest, wire_orders.Order),
    ("ERP", "Shipments"): (wire_orders.Shipment,),
    ("ERP", "Invoices"): (wire_orders.Invoice,),
    ("Retail stock", "Batches"): (retail.RowResult,),
    ("Retail stock", "Capabilities"): (retail.RetailCapabilities,),
    ("Retail stock", "Items"): (retail.ItemRow,),
    ("Retail stock", "Locations"): (retail.LocationRow,),
    ("Retail stock", "Stock levels"): (retail.LevelRow,),
    ("Retail stock", "Movements"): (retail.MovementRow,),
    ("Retail stock", "Commitments"): (retail.CommitmentRow,),
    ("Retail stock", "Sales"): (retail.SaleRow,),
    ("Retail stock", "Dispatches"): (retail.DespatchRow,),
    ("Retail stock", "Recommendations"): (retail.ProposalRow, retail.GoalRow),
    ("Retail stock", "Transfers"): (retail.TransferRow,),
}
"""Part and heading → the records whose tables and examples stand there, in order."""

MEANT: Mapping[type[Wire], Any] = {
    wire.Item: mapping_catalogue.to_stock_item,
    wire.StockRow: lambda row: mapping_stock.to_figure(row, read_at=row.as_of),
    wire.Customer: mapping_catalogue.to_account,
    wire.PriceRow: lambda row: mapping_catalogue.check_price(row, "price"),
    wire_orders.Invoice: mapping_ledger.to_ledger,
    retail.ItemRow: lambda row: mapping_goods.to_item(row, "item"),
    retail.LevelRow: lambda row: retail_stock.to_level(row, "level", sequenced=True),
    retail.DespatchRow: lambda row: mapping_goods.to_despatch(row, "despatch"),
    retail.GoalRow: lambda row: mapping_goods.to_goal(row, "target"),
}
"""What an example must survive besides being read."""

STATED: Mapping[str, frozenset[Verdict]] = {
    "refused": frozenset({Verdict.REFUSED}),
    "absent": frozenset({Verdict.ABSENT}),
    "looked up": frozenset({Verdict.DUPLICATE, Verdict.UNKNOWN}),
    "started over": frozenset({Verdict.RESTART}),
    "stopped": frozenset({Verdict.CONFIG}),
    "waited for": frozenset({Verdict.WAIT}),
    "new token": frozenset({Verdict.CREDENTIALS}),
    "denied": frozenset({Verdict.DENIED}),
    "again later": frozenset({Verdict.AGAIN}),
    "reading, again": frozenset({Verdict.AGAIN}),
    "off": frozenset({Verdict.UNSUPPORTED}),
}
"""How the column *then* begins → the verdicts it may stand for."""


def section(part: str, heading: str) -> str:
    inside = TEXT.partition(f"\n## {part}\n")[2].partition("\n## ")[0]
    found = inside.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    assert found, f"{part}: {heading}"
    return found


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables(text: str) -> list[list[list[str]]]:
    """Rows of every table of fields, without its head."""
    found: list[list[list[str]]] = []
    for line in text.splitlines():
        if line.startswith("| field"):
            found.append([])
        elif line.startswith("| ") and not line.startswith("| ---"):
            found[-1].append(cells(line))
    return found


def ticked(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def examples(text: str) -> list[Any]:
    """Every JSON example, fenced or in a row of its own, in order."""
    found = re.findall(r"^```json\n(.*?)^```$|^\| example \| \| \| `([^`\n]*)` \|$", text, re.S | re.M)
    return [loads((block or row).encode()) for block, row in found]


def bold(text: str) -> list[str]:
    return re.findall(r"\*\*([a-z_-]+(?:\.[a-z_]+)?)\*\*", text)


def fields_of(model: type[Wire], prefix: str = "") -> Iterator[tuple[str, bool, frozenset[str]]]:
    """(path, whether it is required, the words it may be) of every field, those of objects inside included."""
    for name, field in model.model_fields.items():
        inner, many, words = kind_of(field.annotation)
        path = f"{prefix}{field.alias or name}{'[]' if inner and many else ''}"
        yield path, field.is_required(), words
        if inner is not None:
            yield from fields_of(inner, f"{path}/")


def kind_of(annotation: Any) -> tuple[type[Wire] | None, bool, frozenset[str]]:
    """(the record inside, whether it is a list of them, the words)."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return None, False, frozenset(str(one) for one in args)
    if origin in (Union, types.UnionType):
        found = [kind_of(one) for one in args]
        return next((one for one in found if one[0] or one[2]), (None, False, frozenset()))
    if origin is Annotated:
        return kind_of(args[0])
    if origin is list:
        return kind_of(args[0])[0], True, frozenset()
    inside = annotation if isinstance(annotation, type) and issubclass(annotation, Wire) else None
    return inside, False, frozenset()


CASES = [
    pytest.param(part, heading, at, id=f"{part}: {heading} {at}")
    for (part, heading), models in MODELS.items()
    for at in range(len(models))
]


def told(part: str, heading: str, at: int) -> Sequence[list[str]]:
    return [row for row in tables(section(part, heading))[at] if row[0] != "example"]


@pytest.mark.parametrize(("part", "heading", "at"), CASES)
def test_a_table_names_every_field_and_which_are_required(part: str, heading: str, at: int) -> None:
    said = {name: row[2] == "yes" for row in told(part, heading, at) for name in ticked(row[0])}
    assert said == {path: required for path, required, _ in fields_of(MODELS[part, heading][at])}


@pytest.mark.parametrize(("part", "heading", "at"), CASES)
def test_a_table_names_every_word(part: str, heading: str, at: int) -> None:
    rows = {name: row for row in told(part, heading, at) for name in ticked(row[0])}
    for path, _, words in fields_of(MODELS[part, heading][at]):
        if words:
            assert set(ticked(rows[path][1])) == words, path


@pytest.mark.parametrize(("part", "heading", "at"), CASES)
def test_an_example_is_what_the_connector_reads(part: str, heading: str, at: int) -> None:
    models, found = MODELS[part, heading], examples(section(part, heading))
    assert len(found) == len(models)
    rows = told_rows(found[at]) if heading == "Batches" else [found[at]]
    assert rows
    for row in rows:
        record = take(models[at], row)
        MEANT.get(models[at], lambda _: None)(record)
        assert set(row) <= {path.partition("/")[0].removesuffix("[]") for path, _, _ in fields_of(models[at])} | {"sku"}


def test_every_heading_has_its_records() -> None:
    parts = re.split(r"^## (.*)$", TEXT, flags=re.M)
    by_part = dict(zip(parts[1::2], parts[2::2], strict=True))
    headings = {(part, one) for part, text in by_part.items() for one in re.findall(r"^### (.*)$", text, re.M)}
    assert headings == set(MODELS)


def test_the_words_of_a_result_are_those_the_connector_knows() -> None:
    (row,) = (row for row in told("Retail stock", "Batches", 0) if "`result`" in row[0])
    assert set(ticked(row[3])) == set(retail.RESULTS)


def test_the_examples_before_the_parts_are_a_page_and_a_problem() -> None:
    page, problem = examples(TEXT.partition("\n## ERP\n")[0])
    assert page_of(page).next_cursor == page["page"]["next_cursor"]
    read = read_problem(fenced(PAGE, "json")[1].encode(), problem["status"])
    assert (read.code, read.verdict, len(read.errors)) == ("sku-blocked", Verdict.REFUSED, 1)
    assert read.vendor.message == problem["vendor"]["message"]


def problems() -> dict[str, list[str]]:
    """Code → status, retry, then, who acts."""
    rows = TEXT.partition("\n| code | status |")[2].partition("\n\n")[0].splitlines()[2:]
    return {code: cells(row)[1:] for row in rows for code in bold(cells(row)[0])}


def test_every_problem_code_is_one_the_connectors_know_and_the_other_way_round() -> None:
    assert set(problems()) == set(CODES) | UNCODED


@pytest.mark.parametrize("code", CODES)
def test_what_is_said_to_follow_a_code_does(code: str) -> None:
    then = problems()[code][2]
    (verdicts,) = (found for words, found in STATED.items() if then.startswith(words))
    assert CODES[code] in verdicts


def test_codes_have_the_status_the_simulators_give_them() -> None:
    said = {code: int(row[0]) for code, row in problems().items()}
    served = {code: kind.status for code, kind in {**SHARED, **EXTRA}.items() if kind.status >= 400}
    assert served == {code: status for code, status in said.items() if code in served}
    notices = {code for code, kind in EXTRA.items() if kind.status < 400}
    assert notices <= set(bold(section("Retail stock", "Batches")))


def test_events_and_their_keys_are_those_the_connectors_look_for() -> None:
    rows = [cells(line) for line in TEXT.partition("\n| type | data |\n")[2].partition("\n\n")[0].splitlines()[1:]]
    said: dict[str, set[str]] = {}
    for types_, data in rows:
        groups, members = types_.split(";"), data.split(";")
        for group, member in zip(groups, members, strict=True):
            said |= {name: set(ticked(member)) for name in bold(group)}
    looked_for = {name: {member for _, member in kinds} for name, kinds in prima_events.SUBJECTS.items()}
    for name, kinds in wair_events.SUBJECTS.items():
        looked_for[name] = {member for _, members in kinds for member in members}
    for name in ("dispatch.confirmed", "dispatch.amended", "dispatch.cancelled"):
        looked_for[name].add("order_ref")  # taken from any event that names it
    assert said == looked_for


@pytest.mark.parametrize(("part", "served"), [("ERP", ERP_OPERATIONS), ("Retail stock", RETAIL_OPERATIONS)])
def test_every_operation_stands_beside_its_path(part: str, served: Sequence[str]) -> None:
    assert {name for name in bold(TEXT.partition(f"\n## {part}\n")[2].partition("\n## ")[0]) if "." in name} == set(
        served
    )


def vectors() -> list[tuple[str, ...]]:
    return re.findall(r"^\| `(evt_\w+)` \| `(\{.*\})` \| `(v1,\S+)` \|$", TEXT, re.M)


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector[0])
def test_a_test_vector_is_genuine_and_a_changed_one_is_not(vector: tuple[str, str, str]) -> None:
    key, body, signature = vector
    (secret,), (stamp,) = re.findall(r"`(whsec_[^`]+)`", TEXT), re.findall(r"timestamp `(\d+)`", TEXT)
    given = {"kind": "any", "base_url": "http://127.0.0.1", "webhook_secrets": [secret]}
    settings, now = BridgeSettings.model_validate(given), datetime.fromtimestamp(int(stamp), UTC)
    headers = {"webhook-id": key, "webhook-timestamp": stamp, "webhook-signature": signature}
    assert verify(headers, body.encode(), settings, now).type in {*prima_events.SUBJECTS, *wair_events.SUBJECTS}
    with pytest.raises(DataFault):
        verify(headers, body.encode() + b"\n", settings, now)


def test_there_are_two_test_vectors() -> None:
    assert len(vectors()) == 2


def test_the_settings_to_try_a_server_with_are_whole() -> None:
    (block,) = fenced(PAGE, "yaml")
    for one in yaml.safe_load(block)["systems"].values():
        settings = known_systems()[one["kind"]].settings.model_validate(one)
        assert settings.model_dump()["profile"] in ("bridge-v1", "retail-stock")


def test_the_page_stays_short_enough_to_be_read() -> None:
    assert len(TEXT.splitlines()) <= LINES_MAX
