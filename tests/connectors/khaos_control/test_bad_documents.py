"""Documents that lie, break off or attack. Each complaint has a place; nothing is expanded, nothing is fetched."""

from pathlib import Path

import pytest

from crossdock.connectors.khaos_control import SYSTEM, xmldoc
from crossdock.connectors.khaos_control.mapping_status import fulfilments
from crossdock.model.despatch import Fulfilment, Stage
from crossdock.model.faults import DataFault

GOLDEN = Path(__file__).with_name("golden")
STATUS = (GOLDEN / "order-status.split.wire.xml").read_text(encoding="utf-8")

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><STATUS_LIST>&lol9;</STATUS_LIST>"
)
TABLES = {"ledger-file"}  # comma-separated, and never near an XML parser
OUTSIDER = '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><STATUS_LIST><A>&x;</A></STATUS_LIST>'


def read(kind: str, raw: str | bytes) -> object:
    translation = SYSTEM.translations[kind].read
    assert translation is not None
    return translation(raw.encode() if isinstance(raw, str) else raw)


@pytest.mark.parametrize("attack", [LAUGHS, OUTSIDER, "  \n<!-- hello --><?pi x?>" + OUTSIDER, OUTSIDER.lower()])
@pytest.mark.parametrize("kind", sorted(set(SYSTEM.translations) - TABLES))
def test_entities_are_refused_before_parsing(kind: str, attack: str) -> None:
    with pytest.raises(DataFault, match="document type declaration is refused"):
        read(kind, attack)


def test_utf_16_hides_nothing() -> None:
    with pytest.raises(DataFault, match="document type"):
        read("order-status", OUTSIDER.encode("utf-16"))


def test_the_words_of_a_document_type_in_a_description_are_just_words() -> None:
    told = "<STOCK_ITEMS><STOCK_ITEM><STOCK_CODE>A</STOCK_CODE><STOCK_DESC><![CDATA[<!DOCTYPE html>]]></STOCK_DESC>"
    [item] = read("stock-item", told + "</STOCK_ITEM></STOCK_ITEMS>")  # type: ignore[misc]
    assert item.description == "<!DOCTYPE html>"


@pytest.mark.parametrize("kind", sorted(SYSTEM.translations))
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"   ",
        STATUS[:900].encode(),
        b"<html><body>Bad Gateway</body></html>",
        b"{}",
        b"<STATUS_LIST/>x",
        b"\xff\xfe<",
        b'<?xml version="1.0" encoding="utf-8"?><STATUS_LIST>\xff</STATUS_LIST>',
        b'<?xml version="1.0" encoding="ebcdic"?><STATUS_LIST/>',
        b"\x81",
        b"<a>&undefined;</a>",
    ],
)
def test_what_is_no_such_document_is_said_to_be_none(kind: str, raw: bytes) -> None:
    with pytest.raises(DataFault) as caught:
        read(kind, raw)
    named = (
        "document",
        "Orders",
        "Returns",
        "Statuses",
        "UploadPriceLists",
        "Items",
        "file",
    )  # the channel's own places
    assert caught.value.place.startswith(("/", *named))


def test_windows_1252_without_a_declaration_is_understood() -> None:
    company = "<COMPANY_CODE>A1</COMPANY_CODE><COMPANY_NAME>Caf€ Brontë</COMPANY_NAME>"
    raw = f"<COMPANYS><COMPANY>{company}</COMPANY></COMPANYS>"
    [account] = read("account", raw.encode("windows-1252"))  # type: ignore[misc]
    assert account.name == "Caf€ Brontë"


FIRST = "ORDER_STATUS[1]/INVOICES/INVOICE[1]"
SHIPPED = 'SHIP_DATE="03/07/2025" ISSUE'


@pytest.mark.parametrize(
    ("before", "after", "place", "words"),
    [
        ('STAGE_ID="70"', 'STAGE_ID="7003"', f"{FIRST}/@INVOICE_STAGE_ID", "setting `stages`"),
        ('STAGE_ID="70"', 'STAGE_ID=""', f"{FIRST}/@INVOICE_STAGE_ID", "missing"),
        ('SHIPPED="-1"', 'SHIPPED="YES"', f"{FIRST}/BOX[1]/@SHIPPED", "neither -1"),
        (SHIPPED, 'SHIP_DATE="2025-07-03" ISSUE', f"{FIRST}/@SHIP_DATE", "DD/MM/YYYY"),
        (SHIPPED, 'SHIP_DATE="31/02/2025" ISSUE', f"{FIRST}/@SHIP_DATE", "DD/MM/YYYY"),
        ('QTY_SENT="2"', 'QTY_SENT="1,5"', f"{FIRST}/BOX[1]/BOX_ITEM/@QTY_SENT", "no number"),
        (SHIPPED, f'SHIP_DATE="{"9" * 30}/07/2025" ISSUE', f"{FIRST}/@SHIP_DATE", "DD/MM/YYYY"),
        ('QTY_SENT="2"', 'QTY_SENT="1e98"', f"{FIRST}/BOX[1]/BOX_ITEM/@QTY_SENT", "larger than"),
        ('QTY_SENT="2"', 'QTY_SENT="NaN"', f"{FIRST}/BOX[1]/BOX_ITEM/@QTY_SENT", "no number"),
        (">54.45<", "><", "ORDER_STATUS[1]/ITEMS_TOTAL", "missing"),
        ("<COMPLETE>0</COMPLETE>\n    <QTY_SOLD>5.5", "<QTY_SOLD>5.5", "ORDER_STATUS[1]/COMPLETE", "missing"),
        ('SORDER_CODE="SO20418"', "", "ORDER_STATUS[2]/@SORDER_CODE", "missing"),
    ],
)
def test_a_status_that_makes_no_sense_is_refused_by_place(before: str, after: str, place: str, words: str) -> None:
    assert before in STATUS
    with pytest.raises(DataFault, match=words) as caught:
        read("order-status", STATUS.replace(before, after, 1))
    assert caught.value.place == f"/STATUS_LIST/{place}"


def test_one_bad_order_does_not_stop_its_neighbours() -> None:
    status_list = xmldoc.parse(STATUS.replace('STAGE_ID="70"', 'STAGE_ID="7003"'))
    found = fulfilments(status_list, ["SO-100042", "SO-100043", "SO-100044"], {})
    assert isinstance(found["SO-100042"], DataFault)
    assert "7003 (Issued)" in found["SO-100042"].problem
    assert isinstance(found["SO-100043"], Fulfilment)
    assert "SO-100044" not in found


def test_a_sub_stage_is_known_once_it_is_mapped() -> None:
    status_list = xmldoc.parse(STATUS.replace('STAGE_ID="70"', 'STAGE_ID="7003"'))
    order = fulfilments(status_list, ["SO-100042"], {7003: Stage.SHIPPING})["SO-100042"]
    assert isinstance(order, Fulfilment)
    assert [invoice.stage for invoice in order.invoices] == [Stage.SHIPPING, Stage.AWAITING_STOCK]


def test_an_invoice_is_the_same_despatch_under_another_code() -> None:
    [before, *_] = read("despatch", STATUS)  # type: ignore[misc]
    [after, *_] = read("despatch", STATUS.replace("INV30077", "INV99999"))  # type: ignore[misc]
    assert before.code != after.code
    assert before.lines == after.lines
    assert before.parcels == after.parcels


def test_a_credit_note_under_the_same_reference_is_not_the_order() -> None:
    credit = STATUS.replace(
        'SORDER_CODE="SO20418" ASSOCIATED_REF="SO-100043"', 'SORDER_CODE="CN1" ASSOCIATED_REF="SO-100042"'
    )
    head, _, tail = credit.rpartition('TYPE_ID="1"')
    found = fulfilments(xmldoc.parse(f'{head}TYPE_ID="2"{tail}'), ["SO-100042"], {})["SO-100042"]
    assert isinstance(found, Fulfilment)
    assert found.erp_code == "SO20417"


def test_a_reference_on_two_live_orders_is_a_fault_and_one_cancelled_is_not() -> None:
    both = STATUS.replace("SO-100043", "SO-100042")
    found = fulfilments(xmldoc.parse(both), ["SO-100042"], {})["SO-100042"]
    assert isinstance(found, Fulfilment)
    assert found.erp_code == "SO20417"
    head, _, tail = both.partition("<CANCELLED>")
    alive = head + tail.partition("</CANCELLED>")[2]
    assert isinstance(fulfilments(xmldoc.parse(alive), ["SO-100042"], {})["SO-100042"], DataFault)


LEVEL = "<STOCK_STATUS><STOCK_ITEM CODE='A'><LEVEL>{}</LEVEL><STATUS>{}</STATUS></STOCK_ITEM></STOCK_STATUS>"
ITEM = "<STOCK_ITEMS><STOCK_ITEM>{}</STOCK_ITEM></STOCK_ITEMS>"
COMPANY = "<COMPANYS><COMPANY><COMPANY_CODE>A</COMPANY_CODE>{}</COMPANY></COMPANYS>"
PRICE = (
    "<PriceLists><StockItem-CustomerClassifications CompClass='A' CurrencyCode='GBP'><StockItem>"
    "<StockCode>A</StockCode><CalculatedPrice>1</CalculatedPrice></StockItem></StockItem-CustomerClassifications></PriceLists>"
)


@pytest.mark.parametrize(
    ("kind", "raw", "place"),
    [
        ("stock-level", LEVEL.format("1", "9"), "/STOCK_STATUS/STOCK_ITEM/STATUS"),
        ("stock-level", LEVEL.format("", "0"), "/STOCK_STATUS/STOCK_ITEM/LEVEL"),
        ("stock-item", ITEM.format(""), "/STOCK_ITEMS/STOCK_ITEM/STOCK_CODE"),
        (
            "stock-item",
            ITEM.format("<STOCK_CODE>A</STOCK_CODE><VAT_RATE>20%</VAT_RATE>"),
            "/STOCK_ITEMS/STOCK_ITEM/VAT_RATE",
        ),
        ("account", COMPANY.format("<SORDER_LOCKED>maybe</SORDER_LOCKED>"), "/COMPANYS/COMPANY/SORDER_LOCKED"),
        ("price-list", PRICE, "/PriceLists/StockItem-CustomerClassifications/@PricelistNet"),
        ("error", "<Envelope><Body><X/></Body></Envelope>", "/Envelope/Body"),
    ],
)
def test_other_documents_are_refused_by_place_too(kind: str, raw: str, place: str) -> None:
    with pytest.raises(DataFault) as caught:
        read(kind, raw)
    assert caught.value.place == place
