"""Stock, levels, prices, companies and reference lists as they leave Khaos Control."""

import base64
import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from tests.sandbox.khaos_wire import Fault, Khaos, Order, khaos, line

CHILDREN = ["OSLO-S-BLK", "OSLO-S-WHT", "OSLO-L-BLK", "OSLO-L-WHT"]


def london_minutes_ago(minutes: int) -> str:
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    return moment.astimezone(ZoneInfo("Europe/London")).strftime("%Y-%m-%dT%H:%M:%S")


async def listed(kc: Khaos, date_type: int, since: str = "") -> list[str]:
    answer = await kc.call("GetStockList", DateType=date_type, DateValue=since, StockItemType=0)
    assert int(answer["Count"]) == len(answer["List"])
    return [one["StockCode"] for one in answer["List"]]


async def test_the_stock_list_names_the_parents_of_variants_and_nothing_the_erp_never_had() -> None:
    async with khaos() as kc:
        rows = (await kc.call("GetStockList", DateType=-1, DateValue="1899-12-31T00:00:00"))["List"]
        assert [one["StockCode"] for one in rows if one["ParentCode"] == "OSLO"] == CHILDREN
        codes = {one["StockCode"] for one in rows}
        assert {"OSLO", "KIT-DOOR", "BLD-SHELF", "HP-1000"} <= codes
        assert "GHOST-01" not in codes


async def test_a_level_change_is_a_movement_and_not_a_revision() -> None:
    async with khaos() as kc:
        since = london_minutes_ago(1)
        assert await listed(kc, -1, since) == []
        await kc.place(Order("W1", [line("HP-1001")]))
        await kc.act("set_price", sku="HP-1002", net_price="9.99")
        assert await listed(kc, 0, since) == ["HP-1002"]
        assert await listed(kc, 2, since) == ["HP-1001"]
        assert await listed(kc, -1, since) == ["HP-1001", "HP-1002"]
        with pytest.raises(Fault, match="DateType"):
            await listed(kc, 1)


async def test_export_stock_of_plain_items() -> None:
    async with khaos() as kc:
        await kc.act("create_item", sku="A&B <1>", name="Nut & bolt ]]> set", net_price="2.5", tax="RED", on_hand=3)
        text = await kc.call("ExportStock", StockCode="a&b <1>,HP-1005,nothing", MappingType=1)
        assert "<![CDATA[" in text
        root = etree.fromstring(text)
        assert [one.findtext("STOCK_CODE") for one in root] == ["A&B <1>", "HP-1005"]
        assert root[0].findtext("STOCK_DESC") == "Nut & bolt ]]> set"
        assert [one.findtext("VAT_RATE") for one in root] == ["5", "0"]
        assert (root[0].findtext("SELL_PRICE"), root[0].find("SELL_PRICE").get("IS_NET")) == ("2.5", "-1")
        assert root[0].findtext("DISCONTINUED") == "0"
        await kc.act("discontinue", sku="A&B <1>")
        root = await kc.document("ExportStock", StockCode="A&B <1>")
        assert (root[0].findtext("DISCONTINUED"), root[0].findtext("DELETED")) == ("-1", "-1")


@pytest.mark.parametrize(
    ("wanted", "mapping", "found"),
    [("REF-HP-1001", 2, ["HP-1001"]), ("oslo handle", 4, ["OSLO"]), ("none", 1, []), ("OSLO-S-BLK", 1, [])],
)
async def test_ways_to_ask_for_stock(wanted: str, mapping: int, found: list[str]) -> None:
    async with khaos() as kc:
        root = await kc.document("ExportStock", StockCode=wanted, MappingType=mapping)
        assert root.tag == "STOCK_ITEMS"
        assert [one.findtext("STOCK_CODE") for one in root] == found
        with pytest.raises(Fault, match="MappingType"):
            await kc.call("ExportStock", StockCode=wanted, MappingType=3)


async def test_an_empty_export_is_an_empty_root() -> None:
    async with khaos() as kc:
        assert await kc.call("ExportStock", StockCode="none", MappingType=1) == "<STOCK_ITEMS/>"
        assert await kc.call("ExportPriceList", Name="none") == "<PriceLists/>"
        assert await kc.call("GetSOPData", Courier=0) == "<SOPDATA/>"
        assert await kc.call("ExportCompany", CompanyCode="none", MappingType=1) == "<COMPANYS/>"


async def test_variants_stand_inside_an_uncontrolled_parent() -> None:
    async with khaos() as kc:
        parent = (await kc.document("ExportStock", StockCode="OSLO", MappingType=1))[0]
        assert parent.findtext("STOCK_CONTROLLED") == "0"
        assert [one.get("LEVEL") for one in parent.iterfind("SCS/HEADING")] == ["1", "2"]
        assert [one.findtext("DESCRIPTION") for one in parent.iterfind("SCS/STYLE")] == ["S", "L"]
        items = list(parent.iter("SCS_ITEM"))
        assert [one.findtext("STOCK_CODE") for one in items] == CHILDREN
        assert {one.findtext("STOCK_CONTROLLED") for one in items} == {"-1"}
        assert items[0].find("STOCK_DESC") is None
        assert items[0].findtext("DESCRIPTION") == "Oslo handle S BLK"
        assert items[0].find("SELL_PRICE").get("IS_NET") is None
        assert parent.find("SELL_PRICE").get("IS_NET") == "-1"


async def test_a_date_leaves_unchanged_children_out_and_the_tree_whole() -> None:
    async with khaos() as kc:
        await kc.act("set_price", sku="OSLO-L-BLK", net_price="19.00")
        parent = (await kc.document("ExportStock", StockCode="OSLO", LastUpdated=london_minutes_ago(1)))[0]
        leaves = [style for style in parent.iter("STYLE") if style.find("STYLE") is None]
        assert len(leaves) == 4
        assert [one.findtext("STOCK_CODE") for one in parent.iter("SCS_ITEM")] == ["OSLO-L-BLK"]


async def test_four_levels_and_a_child_code_unlike_its_parent() -> None:
    async with khaos() as kc:
        await kc.act("create_item", sku="9/77", name="Glove", net_price=1, parent="GLOVE", option="L/BLK/Pro/Wide")
        parent = (await kc.document("ExportStock", StockCode="GLOVE"))[0]
        assert len(parent.findall("SCS/HEADING")) == 4
        assert parent.findtext("SCS/STYLE/STYLE/STYLE/STYLE/SCS_ITEM/STOCK_CODE") == "9/77"
        message = await kc.refused_act(
            "create_item", sku="X", name="X", net_price=1, parent="GLOVE", option="1/2/3/4/5"
        )
        assert "one to four" in message


async def test_flat_variants_by_setting() -> None:
    async with khaos(variants="flat") as kc:
        root = await kc.document("ExportStock", StockCode="OSLO,OSLO-S-BLK")
        assert [one.findtext("STOCK_CODE") for one in root] == ["OSLO", "OSLO-S-BLK"]
        assert root.find(".//SCS") is None
        rows = (await kc.call("GetStockList", DateType=-1))["List"]
        assert {one["ParentCode"] for one in rows} == {""}


async def test_a_new_code_keeps_the_stock_id() -> None:
    async with khaos() as kc:
        old = (await kc.document("ExportStock", StockCode="HP-1001"))[0].findtext("STOCK_ID")
        await kc.act("rename_item", sku="HP-1001", new_code="HX-1001")
        root = await kc.document("ExportStock", StockCode="HP-1001,HX-1001")
        assert [(one.findtext("STOCK_ID"), one.findtext("STOCK_CODE")) for one in root] == [(old, "HX-1001")]
        assert (await kc.place(Order("W1")))["OrderSkipped"][0]["SkipReason"] == "Stock item not found: HP-1001"
        assert "in use" in await kc.refused_act("rename_item", sku="HX-1001", new_code="hp-1002")


async def test_packs_are_links_of_type_3() -> None:
    async with khaos() as kc:
        pack = (await kc.document("ExportStock", StockCode="KIT-DOOR"))[0]
        links = [[part.text for part in one] for one in pack.iterfind("LINKED_ITEMS/LINK_ITEM")]
        assert links == [["HP-1000", "3", "1", "-1"], ["HP-1001", "3", "3", "-1"]]
        assert pack.findtext("STOCK_CONTROLLED") == "0"


async def test_the_compressed_export_is_a_zip_of_the_same_document() -> None:
    async with khaos() as kc:
        asked = {"StockCode": "HP-1001,OSLO", "MappingType": 1, "LastUpdated": "1899-12-31T00:00:00"}
        answer = await kc.call("ExportStockCompressed", **asked, CompressionMethod=0)
        archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(answer["Data"])))
        assert archive.read(archive.namelist()[0]).decode() == await kc.call("ExportStock", **asked)


async def test_gross_prices() -> None:
    async with khaos(prices_net=False, price_lists_net=False) as kc:
        await kc.act("set_price", sku="HP-1001", net_price="10.00")
        item = (await kc.document("ExportStock", StockCode="HP-1001"))[0]
        assert (item.findtext("SELL_PRICE"), item.find("SELL_PRICE").get("IS_NET")) == ("12", "0")
        block = (await kc.document("ExportPriceList", Name="Trade"))[0]
        row = next(one for one in block if one.findtext("StockCode") == "HP-1001")
        assert (block.get("PricelistNet"), row.findtext("CalculatedPrice")) == ("0", "10.8")


STATUSES: list[tuple[list[dict[str, Any]], int]] = [
    ([], 0),
    ([{"act": "sell", "quantity": 20}], 1),
    ([{"act": "adjust", "on_hand": 0}, {"act": "purchase", "quantity": 5}], 2),
    ([{"act": "adjust", "on_hand": 0}], 3),
    ([{"act": "discontinue"}], 4),
]


@pytest.mark.parametrize(("acts", "status"), STATUSES)
async def test_the_status_of_a_level(acts: list[dict[str, Any]], status: int) -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=20)
        for act in acts:
            await kc.act(**act, sku="HP-1001")
        row = (await kc.document("ExportStockStatus", StockCodes="hp-1001", MappingType=1))[0]
        assert int(row.findtext("STATUS")) == status


async def test_levels_of_what_is_not_controlled_and_of_what_can_be_built() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1002", on_hand=7)
        await kc.act("adjust", sku="HP-1003", on_hand=9)
        rows = await kc.document("ExportStockStatus", StockCodes="OSLO,KIT-DOOR,BLD-SHELF", MappingType=1)
        found = {
            row.get("CODE"): [row.findtext(name) for name in ("LEVEL", "STATUS", "BUILD_POTENTIAL_CHILDREN")]
            for row in rows
        }
        assert found == {"OSLO": ["0", "5", "0"], "KIT-DOOR": ["0", "5", "0"], "BLD-SHELF": ["15", "0", "2"]}


async def test_levels_per_site_and_over_all_sites() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=20)
        await kc.act("goods_in", sku="HP-1001", quantity=5, site="Trade Counter")
        sites = await kc.call("GetSiteList")
        assert sites == {
            "List": [
                {"SiteID": "1", "SiteName": "Main Warehouse"},
                {"SiteID": "2", "SiteName": "Trade Counter"},
            ]
        }
        for site, name, level in (("1", "Main Warehouse", 20), ("2", "Trade Counter", 5), ("-1", "", 25)):
            root = await kc.document("ExportStockStatus", StockCodes="HP-1001", MappingType=1, SiteID=site)
            assert (root.get("SITE"), root[0].findtext("LEVEL")) == (name, str(level))
        with pytest.raises(Fault, match="SiteID"):
            await kc.call("ExportStockStatus", StockCodes="HP-1001", SiteID=9)


@pytest.mark.parametrize(("all_sites", "rows"), [("rows", [("Main Warehouse", "20"), ("Trade Counter", "5")]),
                                                 ("default_site", [("Main Warehouse", "20")]),
                                                 ("sum", [(None, "25")])])  # fmt: skip
async def test_what_no_site_means_is_a_setting(all_sites: str, rows: list[tuple[str | None, str]]) -> None:
    async with khaos(all_sites=all_sites) as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=20)
        await kc.act("goods_in", sku="HP-1001", quantity=5, site="Trade Counter")
        root = await kc.document("ExportStockStatus", StockCodes="HP-1001", MappingType=1)
        assert [(row.findtext("SITE") or None, row.findtext("LEVEL")) for row in root] == rows


async def test_older_servers_have_fewer_elements() -> None:
    async with khaos(newer_levels=False) as kc:
        row = (await kc.document("ExportStockStatus", StockCodes="HP-1001"))[0]
        assert row.find("ON_ORDER_LEVEL") is None
        assert row.get("OTHER_REF") == "REF-HP-1001"


async def test_due_dates_of_purchases() -> None:
    async with khaos() as kc:
        await kc.act("adjust", sku="HP-1001", on_hand=0)
        await kc.act("purchase", sku="HP-1001", quantity=5, due="2030-02-01")
        await kc.act("purchase", sku="HP-1001", quantity=5, due="2030-01-01")
        await kc.act("sell", sku="HP-1001", quantity=6)

        async def due(lead_time: int) -> str:
            asked = {"StockCodes": "HP-1001", "SiteID": 1, "PotentialLeadTime": lead_time}
            return (await kc.document("ExportStockStatus", **asked))[0].findtext("LEAD_TIME")

        assert [await due(0), await due(-1)] == ["2030-01-01", "2030-02-01"]
        (row,) = await kc.call("GetStockPotential", Codes="HP-1001", Mapping=1)
        assert {name: row[name] for name in ("Available", "OnOrder", "BackOrder", "Potential")} == {
            "Available": "0", "OnOrder": "10", "BackOrder": "6", "Potential": "4",
        }  # fmt: skip
        await kc.act("goods_in", sku="HP-1001", quantity=6)
        (row,) = await kc.call("GetStockPotential", Codes="HP-1001", Mapping=1)
        assert (row["Available"], row["OnOrder"], row["BackOrder"]) == ("0", "4", "0")


async def test_levels_changed_since() -> None:
    async with khaos() as kc:
        since = london_minutes_ago(1)
        root = await kc.document("ExportStockStatus", StockCodes="", MappingType=1, LastUpdated=since)
        assert len(root) == 0
        await kc.act("sell", sku="HP-1003", quantity=1)
        assert list(await kc.levels(LastUpdated=since)) == ["HP-1003"]


async def test_a_price_list_with_a_quantity_break() -> None:
    async with khaos() as kc:
        await kc.act("set_price", sku="HP-1001", net_price="4.90")
        assert await kc.call("GetPriceLists") == ["Trade"]
        root = await kc.document("ExportPriceListEx", PriceLists="trade", PriceListType="3")
        block = root[0]
        assert block.tag == "StockItem-CustomerClassifications"
        assert dict(block.attrib) == {
            "CompClass": "Trade", "CurrencyCode": "GBP", "CurrencyID": "1", "PricelistNet": "-1",
        }  # fmt: skip
        bands = [
            tuple(one.findtext(name) for name in ("QtyStart", "QtyEnd", "CalculatedPrice", "DiscountValue", "TaxRate"))
            for one in block
            if one.findtext("StockCode") == "HP-1001"
        ]
        assert bands == [("1", "9", "4.41", "10", "20"), ("10", "999999", "4.16", "15", "20")]
        assert await kc.call("ExportPriceListEx", PriceLists="Trade", PriceListType="1") == "<PriceLists/>"


async def test_half_pennies_of_list_prices_are_dropped() -> None:
    async with khaos(price_lists={"Trade": {"discount": 50}}) as kc:
        await kc.act("set_price", sku="HP-1001", net_price="4.41")
        await kc.act("set_price", sku="HP-1002", net_price="5.00", price_list="Trade", price="1.25", quantity=3)
        root = await kc.document("ExportPriceList", Name="Trade")
        found = [
            (one.findtext("StockCode"), one.findtext("QtyStart"), one.findtext("CalculatedPrice"))
            for one in root[0]
            if one.findtext("StockCode") in ("HP-1001", "HP-1002")
        ]
        assert found == [("HP-1001", "1", "2.2"), ("HP-1001", "10", "2.2"), ("HP-1002", "1", "2.5"),
                         ("HP-1002", "3", "1.25"), ("HP-1002", "10", "2.5")]  # fmt: skip
        order = await kc.act("sell", sku="HP-1002", quantity=4)
        assert order["lines"][0]["price_net"] == "1.25"


async def test_both_spellings_and_the_wrapper_of_price_lists() -> None:
    async with khaos(price_attribute="PriceListNet", price_wrapper=True) as kc:
        root = await kc.document("ExportPriceListEx", PriceLists="Trade", PriceListType="3")
        assert root[0].tag == "StockItem-CustomerClassificationsList"
        assert root[0][0].get("PriceListNet") == "-1"


async def test_sales_rules() -> None:
    async with khaos() as kc:
        root = await kc.document("GetSOPData", Courier=1, DelRate=1, BOGOF=1)
        assert {one.get("CODE"): one.text for one in root.find("COURIERS")} == {
            "DPD": "DPD Local", "PFW": "Parcelforce 24", "PAL": "Pallet network",
        }  # fmt: skip
        rates = [(one.findtext("COURIER_CODE"), one.find("POSTAGE").get("GROSS")) for one in root.find("DELRATES")]
        assert rates == [("DPD", "9.48"), ("PFW", "15.00")]


async def test_companies_by_code_and_by_name() -> None:
    async with khaos() as kc:
        root = await kc.document("ExportCompany", CompanyCode="hpt1017,HPT1013", MappingType=1)
        locked, buyer = root
        assert (locked.findtext("SORDER_LOCKED"), buyer.findtext("SORDER_LOCKED")) == ("-1", "0")
        assert (locked.findtext("POCODE_REQUIRED"), buyer.findtext("POCODE_REQUIRED")) == ("0", "-1")
        assert (buyer.findtext("COMPANY_ID"), buyer.findtext("WEB_USER")) == ("50013", "buyer12@customer12.example")
        assert (buyer.findtext("PAYMENT_TYPE"), buyer.findtext("COMPANY_CLASS")) == ("Account", "Trade")
        price_list = buyer.find("PRICE_LISTS/PRICE_LIST")
        assert (price_list.text, price_list.get("PRICELIST_TYPE")) == ("Trade", "3")
        assert buyer.findtext("ADDRESSES/ADDRESS/ADDRTYPE") == "1"
        name = f"{buyer.findtext('CONTACTS/CONTACT/FORENAME')} {buyer.findtext('CONTACTS/CONTACT/SURNAME')}"
        found = await kc.document("ExportCompany", CompanyCode=name, MappingType=4)
        assert "HPT1013" in [one.findtext("COMPANY_CODE") for one in found]
        with pytest.raises(Fault, match="MappingType"):
            await kc.call("ExportCompany", CompanyCode=name, MappingType=2)


async def test_changed_companies() -> None:
    async with khaos() as kc:
        since = london_minutes_ago(1)
        assert await kc.call("GetCompanyList", LastUpdated=since) == {"Count": "0", "List": []}
        await kc.act("lock_company", code="HPT1002")
        answer = await kc.call("GetCompanyList", LastUpdated=since)
        assert [one["CompanyCode"] for one in answer["List"]] == ["HPT1002"]
        assert answer["List"][0]["LastUpdated"].endswith("Z")
        assert int((await kc.call("GetCompanyList"))["Count"]) == 20


def company(**fields: Any) -> str:
    fields = {"COMPANY_CLASS": "Trade", "COUNTRY_CODE": "GBR", "COMPANY_NAME": "Nowak & Sons", **fields}
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items() if value is not None)
    address = "<ADDRESS><ADDRTYPE>1</ADDRTYPE><ADDR1>4 Quay Lane</ADDR1><TOWN>Hull</TOWN></ADDRESS>"
    contact = "<CONTACT><FORENAME>Piotr</FORENAME><SURNAME>Nowak</SURNAME><TEL>01482 000000</TEL></CONTACT>"
    more = f'<ADDRESSES>{address}</ADDRESSES><CONTACTS>{contact}</CONTACTS><ADDITIONAL NAME="Van">Yes</ADDITIONAL>'
    return f"<COMPANYS><COMPANY>{inner}{more}</COMPANY></COMPANYS>"


async def test_import_company_matches_then_creates() -> None:
    async with khaos() as kc:
        made = await kc.call("ImportCompany", Customers=company(WEB_USER="p@n.example", PASSED_REFERENCE="7"), Method=0)
        (row,) = made["CustomerImport"]
        assert (row["Imported"], row["PassedReference"], row["WebUser"]) == ("true", "7", "p@n.example")
        again = await kc.call("ImportCompany", Customers=company(WEB_USER="P@N.example", TAX_REFERENCE="GB1"), Method=0)
        assert again["CustomerImport"][0]["URN"] == row["URN"]
        found = (await kc.document("ExportCompany", CompanyCode=row["URN"], MappingType=1))[0]
        assert (found.findtext("TAX_REFERENCE"), found.findtext("ADDITIONAL")) == ("GB1", "Yes")
        assert found.findtext("ADDRESSES/ADDRESS/COUNTRY") == "United Kingdom"
        forced = await kc.call("ImportCompany", Customers=company(WEB_USER="p@n.example"), Method=3)
        assert forced["CustomerImport"][0]["URN"] != row["URN"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (company(COMPANY_CLASS=None), "Invalid company: COMPANY_CLASS"),
        (company(COUNTRY_CODE=None), "Invalid company: COUNTRY"),
        (company().replace("<ADDRTYPE>1", "<ADDRTYPE>2"), "Invalid company: ADDRTYPE"),
        (company().replace("01482 000000", "0" * 20), "Invalid company: TEL"),
    ],
)
async def test_import_company_says_what_is_wrong(document: str, message: str) -> None:
    async with khaos() as kc:
        (row,) = (await kc.call("ImportCompany", Customers=document, Method=0))["CustomerImport"]
        assert (row["Imported"], row["Message"], row["URN"]) == ("false", message, "")


async def test_import_company_refuses_what_it_cannot_read() -> None:
    async with khaos() as kc:
        for document, method in (("<COMPANIES/>", 0), ("<COMPANYS/>", 1), ("<COMPANYS", 0)):
            with pytest.raises(Fault):
                await kc.call("ImportCompany", Customers=document, Method=method)


async def test_accounts_made_recoded_and_merged() -> None:
    async with khaos(optional_operations=["ExportDeletedEntries"]) as kc:
        made = await kc.act("create_company", name="Lister", code="LIST1", credit_limit=100, payment_type="Cash")
        assert (made["credit_limit"], made["class"]) == ("100", "Trade")
        assert "in use" in await kc.refused_act("create_company", name="Lister", code="list1")
        await kc.place(Order("W1", customer={"COMPANY_CODE": "LIST1"}))
        await kc.act("recode_company", code="LIST1", new_code="LIST2")
        moved = (await kc.document("ExportCompany", CompanyCode="LIST1,LIST2", MappingType=1))[0]
        assert moved.findtext("COMPANY_ID") == str(made["company_id"])
        assert await kc.call("ExportDeletedEntries") == "<DELETED_ENTRIES/>"
        await kc.act("merge_company", code="LIST2", into="HPT1001")
        entry = (await kc.document("ExportDeletedEntries", LastUpdated=london_minutes_ago(1)))[0]
        assert [one.text for one in entry][:3] == [str(made["company_id"]), "5", "50001"]
        assert (await kc.order("W1"))["company_code"] == "HPT1001"
        await kc.act("set_credit_limit", code="HPT1001", limit=1)
        await kc.place(Order("W2"))
        assert [one["stage"] for one in (await kc.order("W2"))["invoices"]] == [21]


async def test_reference_lists() -> None:
    async with khaos() as kc:
        assert await kc.call("GetCompanyClass", CompanyClassType=0) == ["Trade", "Retail", "Unknown"]
        assert "Web" in await kc.call("GetSaleSource")
        assert await kc.call("GetCompanyStatus") == ["Active", "Dormant"]
        assert {one["ID"] for one in await kc.call("GetMailingStatusList")} == set("12345678")
        countries = await kc.call("GetCountryList")
        assert int(countries["Count"]) == len(countries["List"])
        uk = countries["List"][0]
        assert (uk["CountryCode2"], uk["CountryCode3"], uk["PaysVAT"], uk["EUMember"]) == ("GB", "GBR", "true", "false")
        customs = await kc.call("GetHarmonisationCodes")
        codes = [item["StockCode"] for one in customs for item in one["StockItems"]]
        assert "HP-1001" in codes
        assert len(codes) == len(set(codes))
