"""The shapes of typed results, and their SOAP encoding.

One table serves both the WSDL and the answers. A kind is an XML Schema name, a struct of the table, or either with
`[]` for a SOAP array. Booleans here are real booleans, unlike those inside documents.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.sandbox.khaos_control.markup import number, text, typed_moment

STRUCTS: Mapping[str, Mapping[str, str]] = {
    "OrderImported": {"AssociatedRef": "string", "SalesOrderCode": "string"},
    "OrderSkipped": {"OrderRef": "string", "SkipReason": "string"},
    "OrderImportResult": {
        "ImportedCount": "int", "OrderImport": "OrderImported[]", "OrderSkipped": "OrderSkipped[]",
    },
    "StockStatusSkipped": {"StockCode": "string", "SkipReason": "string"},
    "StockStatusImportResult": {"ImportedCount": "int", "Skipped": "StockStatusSkipped[]"},
    "CancelResult": {"Success": "boolean", "Message": "string"},
    "CustomerImported": {
        "URN": "string", "WebUser": "string", "PassedReference": "string", "OtherRef": "string",
        "Imported": "boolean", "Message": "string",
    },
    "CompanyImportResult": {"CustomerImport": "CustomerImported[]"},
    "StockListItem": {"StockCode": "string", "ParentCode": "string"},
    "StockList": {"Count": "int", "List": "StockListItem[]"},
    "CompressedData": {"Data": "base64Binary"},
    "StockPotential": {
        "StockCode": "string", "OtherRef": "string", "StockDesc": "string", "Available": "double",
        "OnOrder": "double", "BackOrder": "double", "Potential": "double",
    },
    "Site": {"SiteID": "int", "SiteName": "string"},
    "SiteList": {"List": "Site[]"},
    "CompanyListItem": {"CompanyCode": "string", "OtherRef": "string", "LastUpdated": "dateTime"},
    "CompanyList": {"Count": "int", "List": "CompanyListItem[]"},
    "MailingStatus": {"ID": "string", "Description": "string"},
    "Country": {
        "CountryName": "string", "CountryCode2": "string", "CountryCode3": "string", "EUMember": "boolean",
        "PaysVAT": "boolean", "CurrencyName": "string", "CurrencyCode": "string", "Zone": "string",
    },
    "CountryList": {"Count": "int", "List": "Country[]"},
    "HarmonisedItem": {"StockCode": "string", "Duty": "double"},
    "HarmonisationCode": {"Code": "string", "StockItems": "HarmonisedItem[]"},
}  # fmt: skip


def encode(tag: str, value: Any, kind: str) -> str:
    """One element of a typed result. value: a mapping for a struct, a list for an array, a plain value otherwise."""
    if kind.endswith("[]"):
        inner = kind[:-2]
        rows = "".join([encode("item", one, inner) for one in value])
        return f'<{tag} xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType="{_qualified(inner)}[{len(value)}]">{rows}</{tag}>'
    struct = STRUCTS.get(kind)
    if struct is None:
        return f'<{tag} xsi:type="xsd:{kind}">{_scalar(value)}</{tag}>'
    fields = "".join([encode(name, value[name], field) for name, field in struct.items()])
    return f'<{tag} xsi:type="NS2:{kind}">{fields}</{tag}>'


def _qualified(kind: str) -> str:
    return f"NS2:{kind}" if kind in STRUCTS else f"xsd:{kind}"


def _scalar(value: Any) -> str:
    match value:
        case str():
            return text(value)
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number(value)
        case datetime() | None:
            return typed_moment(value)
        case _:
            return str(value)
