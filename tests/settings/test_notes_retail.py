"""What a pairing with shops cannot do is said when it starts, whichever profile the shops are of."""

from pathlib import Path

import pytest

from crossdock.settings.load import load
from crossdock.settings.notes import notes
from crossdock.wiring.systems import known_systems

BRIDGE = "{kind: wair, profile: retail-stock, base_url: http://127.0.0.1:8807}"
NATIVE = '{kind: wair, base_url: http://127.0.0.1:8806, tenant: hp, username: u, password: "${PASSWORD}"}'
ABLE = "{import_stock_status: true, list_open_orders: true, export_orders: true, book_despatch: ImportDespatches}"
TOLD = "{owner: retail, site: York, street: Coney Street 1, town: York}"


def said(folder: Path, *, shops: str, erp: str = ABLE, place: str = TOLD, more: str = "") -> list[str]:
    path = folder / "crossdock.yaml"
    path.write_text(
        f"""\
systems:
  tills: {shops}
  khaos: {{kind: khaos_control, base_url: "https://khaos.example", exe: KhaosHPT.exe, optional: {erp}}}
pairings:
  shops-khaos:
    retail_stock: tills
    erp: khaos
    locations:
      YORK: {place}
      MAIN: {{owner: erp, site: Main Warehouse}}
    {more}
""",
        "utf-8",
    )
    kinds = known_systems()
    return notes(load(path, systems=kinds, environ={"PASSWORD": "p"}), kinds)


SELLS = "feed: {consumer_classes: [Consumer]}"


def test_where_everything_is_possible_nothing_is_said(tmp_path: Path) -> None:
    assert said(tmp_path, shops=BRIDGE, more=SELLS) == []


@pytest.mark.parametrize(
    ("operation", "flow", "capability"),
    [
        ("import_stock_status: true", "retail-stock-intake", "StockCountSink"),
        ("list_open_orders: true", "retail-despatch", "OpenOrderSource"),
        ("list_open_orders: true", "retail-feed", "OpenOrderSource"),
        ("export_orders: true", "retail-feed", "ErpOrderSource"),
        ("book_despatch: ImportDespatches", "retail-despatch", "DespatchBooker"),
    ],
)
def test_an_erp_without_an_operation_says_so(tmp_path: Path, operation: str, flow: str, capability: str) -> None:
    erp = ABLE.replace(operation, operation.replace("true", "false").replace("ImportDespatches", '""'))
    found = said(tmp_path, shops=BRIDGE, erp=erp, more=SELLS)
    assert any(one.startswith(f"shops-khaos: {flow} runs without {capability} of khaos: ") for one in found), found


def test_the_profile_that_tells_nothing_says_which_flows_are_not_done(tmp_path: Path) -> None:
    found = said(tmp_path, shops=NATIVE, more=SELLS)
    assert [one for one in found if "is not done" in one] == [
        "shops-khaos: retail-stock-intake is not done: tills is without RetailStockSource with its settings.",
        "shops-khaos: retail-despatch is not done: tills is without RetailDespatchSource with its settings.",
    ]
    without = {one.split(" of tills")[0].split()[-1] for one in found if "runs without" in one}
    assert without == {"LocationSource", "RetailItemSource"}


def test_what_the_settings_leave_unsaid_is_said(tmp_path: Path) -> None:
    found = said(tmp_path, shops=BRIDGE, place="{owner: retail, site: York}")
    assert found == [
        "shops-khaos: no sales are told: feed.consumer_classes names no company class whose orders are to consumers.",
        "shops-khaos: YORK is not told as a place: a store is told with its street and town only.",
    ]


def test_a_pairing_that_does_not_feed_is_not_told_of_it(tmp_path: Path) -> None:
    found = said(tmp_path, shops=BRIDGE, place="{owner: retail, site: York}", more="flows: [retail-stock-intake]")
    assert found == []
