"""Companies and price lists."""

import pytest

from crossdock.model.faults import ConfigFault, ReadIncomplete
from tests.connectors.khaos_control.support import NOON, Params, Script, document, everything, returned, rows, serving


def companies(params: Params) -> str:
    found = "".join(
        f"<COMPANY><COMPANY_ID>9{code}</COMPANY_ID><COMPANY_CODE>{code}</COMPANY_CODE>"
        f"<SORDER_LOCKED>{'what' if code == 'BAD' else 0}</SORDER_LOCKED></COMPANY>"
        for code in params["CompanyCode"].split(",")
        if code in {"C1", "C2", "BAD"}
    )
    return document(f"<COMPANYS>{found}</COMPANYS>")


def listing(*codes: str) -> str:
    stamps = ["2025-06-30T11:06:25.057Z"] * len(codes)
    return rows(CompanyCode=list(codes), OtherRef=[""] * len(codes), LastUpdated=stamps)


SCRIPT: Script = {"GetCompanyList": listing("C1", "BAD", "C2"), "ExportCompany": companies}


async def test_accounts_come_with_their_date_and_the_bad_one_says_why() -> None:
    async with serving(SCRIPT, batches={"company": 2}) as (khaos, service):
        found = await everything(khaos.read_accounts(NOON))
        assert service.asked("GetCompanyList") == [{"LastUpdated": "2025-07-01T11:00:00"}]
    assert [one.ref for one in found] == ["C1", "BAD", "C2"]
    assert found[0].value.account_id == "9C1"
    assert str(found[0].updated_at) == "2025-06-30 11:06:25.057000+00:00"
    assert found[1].fault is not None
    assert "SORDER_LOCKED" in found[1].fault.place


async def test_accounts_are_found_by_code() -> None:
    async with serving(SCRIPT) as (khaos, service):
        assert [one.code for one in await khaos.find_accounts(["C2", "NOPE", "X,Y", "c2"])] == ["C2"]
        assert service.asked("ExportCompany")[0] == {"CompanyCode": "C2,NOPE", "MappingType": "1"}


async def test_a_listed_company_that_is_not_answered_makes_the_read_incomplete() -> None:
    async with serving({**SCRIPT, "GetCompanyList": listing("C1", "C9")}) as (khaos, _):
        with pytest.raises(ReadIncomplete, match="C9"):
            await everything(khaos.read_accounts(None))


async def test_a_company_merged_while_we_were_reading_is_no_gap() -> None:
    lists = [listing("C1", "C9"), listing("C1")]
    async with serving({**SCRIPT, "GetCompanyList": lambda _: lists.pop(0)}) as (khaos, _):
        assert [one.ref for one in await everything(khaos.read_accounts(None))] == ["C1"]


@pytest.mark.parametrize("stamp", ["yesterday", "2025-13-01T00:00:00"])
async def test_a_list_with_an_odd_date_is_incomplete(stamp: str) -> None:
    reply = listing("C1").replace("2025-06-30T11:06:25.057Z", stamp)
    async with serving({**SCRIPT, "GetCompanyList": reply}) as (khaos, _):
        with pytest.raises(ReadIncomplete):
            await everything(khaos.read_accounts(None))


def price_list(params: Params) -> str:
    name = params.get("PriceLists") or params["PriceListName"]
    if name not in {"Trade", "Trade, 2024"}:
        return document("<PriceLists/>")
    return document(
        '<PriceLists><StockItem-CustomerClassifications CompClass="Trade" CurrencyCode="GBP" PricelistNet="-1">'
        "<StockItem><StockCode>A</StockCode><CalculatedPrice>2.2</CalculatedPrice><QtyStart>1</QtyStart></StockItem><StockItem>"
        f"<StockCode>B</StockCode><CalculatedPrice>{'x' if ',' in name else 3}</CalculatedPrice></StockItem>"
        "</StockItem-CustomerClassifications></PriceLists>"
    )


PRICES: Script = {
    "ExportPriceListEx": price_list,
    "ExportPriceList": price_list,
    "GetPriceLists": returned("<item>Trade</item><item>Empty</item>"),
}


async def test_prices_are_asked_for_one_list_at_a_time() -> None:
    async with serving(PRICES) as (khaos, service):
        found = await everything(khaos.read_prices(["Trade", "Empty"]))
        assert service.asked("ExportPriceListEx")[0] == {"PriceLists": "Trade", "PriceListType": "3"}
    assert [(one.price_list, one.stock_code, str(one.price)) for one in found] == [
        ("Trade", "A", "2.2"),
        ("Trade", "B", "3"),
    ]


async def test_a_list_nobody_has_is_a_wrong_setting() -> None:
    async with serving(PRICES) as (khaos, _):
        with pytest.raises(ConfigFault, match="there is Trade, Empty") as caught:
            await everything(khaos.read_prices(["Trade", "Tarde"]))
    assert caught.value.setting == "price_lists"


async def test_a_price_that_cannot_be_read_comes_as_what_is_wrong_with_it() -> None:
    async with serving(PRICES) as (khaos, service):
        good, bad = await everything(khaos.read_prices(["Trade, 2024"]))
        assert (good.stock_code, bad.stock_code, bad.price_list) == ("A", "B", "Trade, 2024")
        assert "'x' is no number" in bad.fault.problem
        assert service.asked("ExportPriceList") == [{"PriceListName": "Trade, 2024"}]
