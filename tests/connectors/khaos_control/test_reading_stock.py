"""Items and levels: families, packs, sites, and reads that must come to their proven end."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crossdock.connectors.khaos_control.mapping_levels import pack_quantity
from crossdock.model.faults import ConfigFault, ReadIncomplete
from crossdock.model.stock import StockFigure
from crossdock.ports.systems import UnreadableFigure
from tests.connectors.khaos_control.support import NOON, Params, Script, document, everything, returned, rows, serving

SITES = returned(
    "<List><item><SiteID>1</SiteID><SiteName>Main Warehouse</SiteName></item>"
    "<item><SiteID>4</SiteID><SiteName>Trade Counter</SiteName></item></List>"
)
FAMILY = (
    "<STOCK_ITEM><STOCK_ID>5</STOCK_ID><STOCK_CODE>OSLO</STOCK_CODE><STOCK_DESC>Oslo</STOCK_DESC><STOCK_CONTROLLED>0"
    "</STOCK_CONTROLLED><SCS><STYLE><SCS_ITEM><STOCK_ID>6</STOCK_ID><STOCK_CODE>OSLO-S</STOCK_CODE></SCS_ITEM></STYLE>"
    "<STYLE/></SCS></STOCK_ITEM>"
)
PACK = (
    "<STOCK_ITEM><STOCK_CODE>KIT</STOCK_CODE><STOCK_CONTROLLED>0</STOCK_CONTROLLED><LINKED_ITEMS><LINK_ITEM>"
    "<STOCK_CODE>A</STOCK_CODE><LINK_TYPE>3</LINK_TYPE><LINK_VALUE>2</LINK_VALUE></LINK_ITEM></LINKED_ITEMS></STOCK_ITEM>"
)
LISTED = {"A": "", "B": "", "OSLO": "", "OSLO-S": "OSLO", "KIT": "", "FIT": ""}


def listing(listed: dict[str, str]) -> str:
    return rows(StockCode=list(listed), ParentCode=list(listed.values()))


def stock_items(params: Params, lost: Sequence[str] = ()) -> str:
    special = {"OSLO": FAMILY, "KIT": PACK}
    found = [
        special.get(code, f"<STOCK_ITEM><STOCK_CODE>{code}</STOCK_CODE></STOCK_ITEM>")
        for code in params["StockCode"].split(",")
        if code in LISTED and LISTED[code] == "" and code not in lost
    ]
    return document(f"<STOCK_ITEMS>{''.join(found)}</STOCK_ITEMS>")


# KIT is a pack of two A: no level of its own, and no build potential either
LEVELS = {
    "A": (7, 0, ""),
    "B": (-2, 2, ""),
    "OSLO-S": (3, 0, ""),
    "KIT": (0, 5, "0"),
    "FIT": ("", 5, ""),
    "OSLO": ("", 5, ""),
}


def level(code: str, extra: str = "") -> str:
    free, state, build = LEVELS[code.upper()]
    potential = f"<BUILD_POTENTIAL_CHILDREN>{build}</BUILD_POTENTIAL_CHILDREN>" if build else ""
    return f'<STOCK_ITEM CODE="{code}"><LEVEL>{free}</LEVEL><STATUS>{state}</STATUS>{potential}{extra}</STOCK_ITEM>'


def stock_status(params: Params, lost: Sequence[str] = ()) -> str:
    found = "".join(level(code) for code in params["StockCodes"].split(",") if code not in lost)
    return document(f'<STOCK_STATUS SITE="Main Warehouse">{found}</STOCK_STATUS>')


SCRIPT: Script = {
    "GetSiteList": SITES,
    "GetStockList": listing(LISTED),
    "ExportStock": stock_items,
    "ExportStockStatus": stock_status,
}


async def test_every_level_once_families_left_out_packs_as_far_as_their_parts_go() -> None:
    async with serving(SCRIPT, site="main warehouse", batches={"stock_status": 2}) as (khaos, service):
        figures = {one.stock_code: one for one in await everything(khaos.read_stock(None))}
        assert {call["SiteID"] for call in service.asked("ExportStockStatus")} == {"1"}
    assert {code: one.quantity for code, one in figures.items()} == {
        "A": Decimal(7), "B": Decimal(-2), "OSLO-S": Decimal(3), "KIT": Decimal(3), "FIT": Decimal(0),
    }  # fmt: skip
    assert [code for code, one in figures.items() if one.unlimited] == ["FIT"]
    assert {(one.site, one.as_of) for one in figures.values()} == {("Main Warehouse", NOON)}


async def test_levels_of_a_few_items_by_their_codes() -> None:
    """What the ERP tells no level of is missing, which is not zero: a template, a code it has not, one with a comma."""
    async with serving({**SCRIPT, "ExportStockStatus": lambda p: stock_status(p, lost=["GONE"])}) as (khaos, service):
        found = await khaos.find_stock(["a", "A", "FIT", "OSLO", "GONE", "X,Y"])
        assert {one.stock_code: one.unlimited for one in found if isinstance(one, StockFigure)} == {
            "a": False, "FIT": True,
        }  # fmt: skip
        assert all("X,Y" not in call["StockCodes"] for call in service.asked("ExportStockStatus"))


async def test_a_level_of_a_few_items_that_cannot_be_read_says_so() -> None:
    bad = document(
        '<STOCK_STATUS><STOCK_ITEM CODE="A"><LEVEL>many</LEVEL><STATUS>0</STATUS></STOCK_ITEM></STOCK_STATUS>'
    )
    async with serving({**SCRIPT, "ExportStockStatus": bad}) as (khaos, _):
        [unreadable] = await khaos.find_stock(["A"])
    assert isinstance(unreadable, UnreadableFigure)


async def test_a_pack_moves_when_its_component_does() -> None:
    lists = [listing(LISTED), listing({"A": ""}), listing({})]
    async with serving({**SCRIPT, "GetStockList": lambda _: lists.pop(0)}) as (khaos, _):
        await everything(khaos.read_stock(None))
        assert {one.stock_code for one in await everything(khaos.read_stock(NOON))} == {"A", "KIT"}


async def test_components_outside_the_batch_are_asked_for() -> None:
    async with serving({**SCRIPT, "GetStockList": listing({"KIT": ""})}) as (khaos, service):
        [figure] = await everything(khaos.read_stock(NOON))
        assert (figure.stock_code, figure.quantity, figure.unlimited) == ("KIT", 3, False)
        assert [call["StockCodes"] for call in service.asked("ExportStockStatus")] == ["KIT", "A"]


@pytest.mark.parametrize(
    ("level_of_a", "whole"), [(Decimal("7.9"), Decimal(3)), (Decimal(-4), Decimal(0)), (None, None)]
)
def test_a_pack_goes_as_far_as_its_scarcest_component(level_of_a: Decimal | None, whole: Decimal | None) -> None:
    components = (("A", Decimal(2)), ("FIT", Decimal(1)))
    assert pack_quantity(components, {("a", ""): level_of_a, ("fit", ""): None}, "") == whole
    assert pack_quantity(components, {("fit", ""): None}, "") == 0  # nobody has an A


async def test_a_family_is_no_service_even_when_only_it_changed() -> None:
    async with serving({**SCRIPT, "GetStockList": listing({"OSLO": ""})}) as (khaos, _):
        assert await everything(khaos.read_stock(NOON)) == []


async def test_what_could_be_built_counts_by_setting() -> None:
    row = level("A", "<BUILD_POTENTIAL_CHILDREN>5</BUILD_POTENTIAL_CHILDREN>")
    script = {
        **SCRIPT,
        "GetStockList": listing({"A": ""}),
        "ExportStockStatus": document(f"<STOCK_STATUS>{row}</STOCK_STATUS>"),
    }
    for rule, quantity in (("available", 7), ("available_plus_build", 12)):
        async with serving(script, stock_figure=rule) as (khaos, _):
            [figure] = await everything(khaos.read_stock(None))
            assert figure.quantity == quantity


async def test_changes_are_asked_for_by_revision_and_by_movement_with_overlap() -> None:
    async with serving(SCRIPT) as (khaos, service):
        await everything(khaos.read_stock(datetime(2025, 7, 1, 10, 0, tzinfo=UTC)))
        asked = [(call["DateType"], call["DateValue"]) for call in service.asked("GetStockList")]
    assert asked == [("0", "2025-07-01T09:00:00"), ("2", "2025-07-01T09:00:00")]


async def test_a_site_nobody_has_is_a_wrong_setting() -> None:
    async with serving(SCRIPT, site="Moon") as (khaos, _):
        with pytest.raises(ConfigFault, match="Main Warehouse, Trade Counter") as caught:
            await everything(khaos.read_stock(None))
    assert caught.value.setting == "site"


async def test_figures_of_another_site_are_not_ours() -> None:
    async with serving(SCRIPT, site="Trade Counter") as (khaos, _):
        with pytest.raises(ReadIncomplete, match="other sites"):
            await everything(khaos.read_stock(None))


async def test_codes_are_compared_without_regard_to_case() -> None:
    lower = document(f"<STOCK_STATUS>{level('a')}{level('a')}</STOCK_STATUS>")
    async with serving({**SCRIPT, "GetStockList": listing({"A": ""}), "ExportStockStatus": lower}) as (khaos, _):
        [figure] = await everything(khaos.read_stock(None))
    assert (figure.stock_code, figure.quantity) == ("a", 7)


async def test_two_figures_for_one_item_are_none() -> None:
    both = document(f"<STOCK_STATUS>{level('A')}{level('A').replace('>7<', '>8<')}</STOCK_STATUS>")
    async with serving({**SCRIPT, "GetStockList": listing({"A": ""}), "ExportStockStatus": both}) as (khaos, _):
        with pytest.raises(ReadIncomplete, match="two figures"):
            await everything(khaos.read_stock(None))


async def test_a_code_left_out_once_is_asked_for_again() -> None:
    lost = [["B"], [], []]
    script = {**SCRIPT, "ExportStockStatus": lambda params: stock_status(params, lost.pop(0))}
    async with serving(script) as (khaos, service):
        assert "B" in {one.stock_code for one in await everything(khaos.read_stock(None))}
        assert service.asked("ExportStockStatus")[1]["StockCodes"] == "B"


async def test_a_code_left_out_twice_makes_the_read_incomplete() -> None:
    script = {**SCRIPT, "ExportStockStatus": lambda params: stock_status(params, ["B"])}
    async with serving(script) as (khaos, _):
        with pytest.raises(ReadIncomplete, match=r"asked for twice and not answered: \['B'\]"):
            await everything(khaos.read_stock(None))


async def test_a_code_that_went_while_we_were_reading_is_no_gap() -> None:
    lists = [listing(LISTED), listing({code: home for code, home in LISTED.items() if code != "B"})]
    script = {
        **SCRIPT,
        "GetStockList": lambda _: lists.pop(0),
        "ExportStockStatus": lambda params: stock_status(params, ["B"]),
    }
    async with serving(script) as (khaos, _):
        assert "B" not in {one.stock_code for one in await everything(khaos.read_stock(None))}


async def test_a_level_that_cannot_be_read_is_told_after_all_the_others_and_stops_none() -> None:
    script = {**SCRIPT, "ExportStockStatus": lambda params: stock_status(params).replace("&gt;-2&lt;", "&gt;lots&lt;")}
    async with serving(script) as (khaos, _):
        *figures, unreadable = await everything(khaos.read_stock(None))
    assert {one.stock_code for one in figures} == {"A", "OSLO-S", "KIT", "FIT"}
    assert isinstance(unreadable, UnreadableFigure)
    assert unreadable.stock_code == "B"
    assert "'lots' is no number" in unreadable.fault.problem


@pytest.mark.parametrize("reply", [listing(LISTED).replace("<Count>6", "<Count>7"), returned("<List/>"), returned("")])
async def test_a_list_that_does_not_add_up_is_incomplete(reply: str) -> None:
    async with serving({**SCRIPT, "GetStockList": reply}) as (khaos, _):
        with pytest.raises(ReadIncomplete):
            await everything(khaos.read_stock(None))
        with pytest.raises(ReadIncomplete):
            await everything(khaos.read_items(None))


async def test_items_come_by_family_with_their_sub_items() -> None:
    async with serving(SCRIPT, batches={"export_stock": 2}) as (khaos, service):
        found = await everything(khaos.read_items(None))
        asked = [call["StockCode"] for call in service.asked("ExportStock")]
        assert {call["LastUpdated"] for call in service.asked("ExportStock")} == {"1899-12-31T00:00:00"}
    assert asked == ["A,B", "OSLO,KIT", "FIT"]
    assert [one.ref for one in found] == ["A", "B", "OSLO", "OSLO-S", "KIT", "FIT"]
    assert [one.value.parent_code for one in found if one.ref == "OSLO-S"] == ["OSLO"]
    assert [one.ref for one in found if one.value.template] == ["OSLO"]


async def test_a_sub_item_its_family_leaves_out_is_said_and_stops_nobody() -> None:
    listed = {**LISTED, "OSLO-L": "OSLO"}
    async with serving({**SCRIPT, "GetStockList": listing(listed)}) as (khaos, service):
        found = {one.ref: one for one in await everything(khaos.read_items(None))}
        assert service.asked("ExportStock")[-1]["StockCode"] == "OSLO-L"
    assert found["OSLO-L"].fault is not None
    assert found["OSLO-S"].value is not None


async def test_an_item_left_out_twice_makes_the_read_incomplete() -> None:
    script = {**SCRIPT, "ExportStock": lambda params: stock_items(params, ["B"])}
    async with serving(script) as (khaos, _):
        with pytest.raises(ReadIncomplete, match="asked for twice"):
            await everything(khaos.read_items(None))


async def test_a_code_with_a_comma_cannot_be_asked_for_and_is_said() -> None:
    async with serving({**SCRIPT, "GetStockList": listing({"A": "", "X,Y": ""})}) as (khaos, service):
        found = {one.ref: one for one in await everything(khaos.read_items(None))}
        assert [one.stock_code for one in await everything(khaos.read_stock(None))] == ["A"]
        assert [one.code for one in await khaos.find_items(["A", "X,Y"])] == ["A"]
    assert found["X,Y"].fault is not None
    assert "comma" in found["X,Y"].fault.problem
    assert not [call for call in service.asked("ExportStock") if "X" in call["StockCode"]]


async def test_items_are_found_by_code_sub_items_inside_their_family() -> None:
    async with serving(SCRIPT) as (khaos, service):
        found = await khaos.find_items(["a", "oslo-s", "NOPE", "A"])
        assert {one.code for one in found} == {"A", "OSLO-S"}
        await khaos.find_items(["NOPE"])
        assert len(service.asked("GetStockList")) == 1  # a list five minutes old will do


async def test_an_item_that_exists_and_is_not_answered_is_not_absent() -> None:
    script = {**SCRIPT, "ExportStock": lambda params: stock_items(params, ["B"])}
    async with serving(script) as (khaos, _):
        with pytest.raises(ReadIncomplete):
            await khaos.find_items(["B"])
