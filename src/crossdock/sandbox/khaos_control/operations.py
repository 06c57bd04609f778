"""The operations of IKosWeb: parameters in order, kind of the result, and what answers them.

Names come from the vendor's own Magento plug-in. Where no public source names a parameter, `any_names` takes it by
its place alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossdock.sandbox.khaos_control import parameters
from crossdock.sandbox.khaos_control.amendments import amend_orders, cancel_order
from crossdock.sandbox.khaos_control.companies import import_companies
from crossdock.sandbox.khaos_control.despatches_in import import_despatches
from crossdock.sandbox.khaos_control.export_companies import company_list, deleted_entries, export_companies
from crossdock.sandbox.khaos_control.export_levels import export_levels, stock_potential
from crossdock.sandbox.khaos_control.export_orders import StatusQuery, export_orders, status_list
from crossdock.sandbox.khaos_control.export_stock import compressed, export_stock, stock_list
from crossdock.sandbox.khaos_control.levels_in import import_levels
from crossdock.sandbox.khaos_control.lists import (
    COMPANY_STATUSES,
    MAILING_STATUSES,
    country_list,
    harmonisation_codes,
    site_list,
)
from crossdock.sandbox.khaos_control.orders_in import import_orders
from crossdock.sandbox.khaos_control.prices import export_price_list, sop_data
from crossdock.sandbox.khaos_control.soap import SoapFault
from crossdock.sandbox.khaos_control.store import Store

SHORT_LIST_SHARE = 3  # the sandbox fault leaves out the last third


@dataclass(frozen=True, slots=True)
class Arguments:
    """One call's parameters by their published names. short: leave out the last rows, while counts say otherwise."""

    values: Mapping[str, str]
    short: bool = False

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def integer(self, name: str, *, omitted: int) -> int:
        return parameters.integer(name, self.text(name), omitted=omitted)

    def boolean(self, name: str, *, omitted: bool) -> bool:
        return parameters.boolean(name, self.text(name), omitted=omitted)

    def moment(self, name: str) -> datetime | None:
        return parameters.moment(name, self.text(name))


@dataclass(frozen=True, slots=True)
class Operation:
    parameters: Mapping[str, str]
    result: str
    answer: Callable[[Store, Arguments], Any]
    any_names: bool = False

    def bind(self, method: str, sent: Sequence[tuple[str, str]], *, short: bool) -> Arguments:
        """Raises SoapFault: on a parameter this operation does not have. Omitted ones stay out."""
        if len(sent) > len(self.parameters):
            raise SoapFault(f"{method}: takes {len(self.parameters)} parameters, got {len(sent)}")
        if self.any_names:
            return Arguments(dict(zip(self.parameters, (value for _, value in sent), strict=False)), short)
        names = {name.lower(): name for name in self.parameters}
        values = {}
        for name, value in sent:
            if name.lower() not in names:
                raise SoapFault(f"{method}: unknown parameter {name}; takes {', '.join(self.parameters)}")
            values[names[name.lower()]] = value
        return Arguments(values, short)


def _stock_list(store: Store, args: Arguments) -> Any:
    rows = stock_list(store, args.integer("DateType", omitted=0), args.moment("DateValue"))
    if args.short and rows["List"]:
        rows["List"] = rows["List"][: -max(1, len(rows["List"]) // SHORT_LIST_SHARE)]
    return rows


def _stock(store: Store, args: Arguments) -> str:
    mapping = args.integer("MappingType", omitted=1)
    return export_stock(store, args.text("StockCode"), mapping, args.moment("LastUpdated"))


def _levels(store: Store, args: Arguments) -> str:
    return export_levels(
        store,
        args.text("StockCodes"),
        args.integer("MappingType", omitted=1),
        args.moment("LastUpdated"),
        args.integer("SiteID", omitted=-1),
        args.integer("PotentialLeadTime", omitted=0),
        left_out=SHORT_LIST_SHARE if args.short else 0,
    )


def _statuses(store: Store, args: Arguments) -> str:
    omitted = store.settings.omitted_flag
    stages = parameters.codes(args.text("InvoiceStageIDs"))
    return status_list(
        store,
        StatusQuery(
            ids=args.text("IDs"),
            mapping=args.integer("MappingType", omitted=4),
            web_only=args.boolean("WebOnly", omitted=omitted),
            confirmed_only=args.boolean("ConfirmedOnly", omitted=omitted),
            tracking=args.boolean("IncludeTracking", omitted=omitted),
            cancelled=args.boolean("IncludeCancelled", omitted=omitted),
            date_from=args.moment("DateFrom"),
            date_to=args.moment("DateTo"),
            stages=frozenset(parameters.integer("InvoiceStageIDs", stage, omitted=0) for stage in stages),
        ),
    )


def _sop_data(store: Store, args: Arguments) -> str:
    return sop_data(
        store,
        couriers=args.boolean("Courier", omitted=False),
        delivery_rates=args.boolean("DelRate", omitted=False),
    )


def _price_lists_ex(store: Store, args: Arguments) -> str:
    return export_price_list(store, parameters.codes(args.text("PriceLists")), args.text("PriceListType").strip())


_STOCK = {"StockCode": "string", "MappingType": "int", "LastUpdated": "dateTime"}
_SOP_FLAGS = (
    "Courier", "DelRate", "CourierBanding", "BOGOF", "SpecialOffer", "TelesalePrompt", "KeyCode", "BarredItems",
)  # fmt: skip

OPERATIONS: Mapping[str, Operation] = {
    "ImportOrders": Operation(
        {"Orders": "string"}, "OrderImportResult", lambda store, args: import_orders(store, args.text("Orders"))
    ),
    "AmendOrder": Operation(
        {"Orders": "string"}, "OrderImportResult", lambda store, args: amend_orders(store, args.text("Orders"))
    ),
    "CancelOrder": Operation(
        {"AssociatedRef": "string"}, "CancelResult", lambda store, args: cancel_order(store, args.text("AssociatedRef"))
    ),
    "ImportStockStatus": Operation(
        {"StockStatus": "string"},
        "StockStatusImportResult",
        lambda store, args: import_levels(store, args.text("StockStatus")),
        any_names=True,
    ),
    "ImportDespatches": Operation(
        {"Despatches": "string"},
        "OrderImportResult",
        lambda store, args: import_despatches(store, args.text("Despatches")),
        any_names=True,
    ),
    "ImportCompany": Operation(
        {"Customers": "string", "Method": "int"},
        "CompanyImportResult",
        lambda store, args: import_companies(store, args.text("Customers"), args.integer("Method", omitted=0)),
    ),
    "ExportOrderStatusEx": Operation(
        {
            "IDs": "string", "MappingType": "int", "WebOnly": "boolean", "ConfirmedOnly": "boolean",
            "IncludeTracking": "boolean", "IncludeCancelled": "boolean", "DateFrom": "dateTime",
            "DateTo": "dateTime", "InvoiceStageIDs": "string",
        },
        "string",
        _statuses,
    ),
    "ExportOrders": Operation(
        {"OrderID": "string", "MappingType": "int"},
        "string",
        lambda store, args: export_orders(store, args.text("OrderID"), args.integer("MappingType", omitted=1)),
        any_names=True,
    ),
    "GetStockList": Operation(
        {"DateType": "int", "DateValue": "dateTime", "StockItemType": "int"}, "StockList", _stock_list
    ),
    "ExportStock": Operation(_STOCK, "string", _stock),
    "ExportStockCompressed": Operation(
        {**_STOCK, "CompressionMethod": "int"},
        "CompressedData",
        lambda store, args: compressed("stock.xml", _stock(store, args)),
    ),
    "ExportStockStatus": Operation(
        {
            "StockCodes": "string", "MappingType": "int", "LastUpdated": "dateTime", "SiteID": "int",
            "PotentialLeadTime": "int",
        },
        "string",
        _levels,
    ),
    "GetStockPotential": Operation(
        {"StockCodes": "string", "MappingType": "int"},
        "StockPotential[]",
        lambda store, args: stock_potential(store, args.text("StockCodes"), args.integer("MappingType", omitted=1)),
        any_names=True,
    ),
    "GetSiteList": Operation({}, "SiteList", lambda store, _: site_list(store)),
    "ExportCompany": Operation(
        {"CompanyCode": "string", "MappingType": "int"},
        "string",
        lambda store, args: export_companies(
            store, args.text("CompanyCode"), args.integer("MappingType", omitted=1)
        ),
    ),
    "GetCompanyList": Operation(
        {"LastUpdated": "dateTime"}, "CompanyList", lambda store, args: company_list(store, args.moment("LastUpdated"))
    ),
    "GetCompanyClass": Operation(
        {"CompanyClassType": "int"}, "string[]", lambda store, _: store.settings.company_classes
    ),
    "GetSaleSource": Operation({}, "string[]", lambda store, _: store.settings.sale_sources),
    "GetCompanyStatus": Operation({}, "string[]", lambda *_: COMPANY_STATUSES),
    "GetPriceLists": Operation({}, "string[]", lambda store, _: list(store.settings.price_lists)),
    "GetMailingStatusList": Operation({}, "MailingStatus[]", lambda *_: MAILING_STATUSES),
    "GetCountryList": Operation({}, "CountryList", lambda *_: country_list()),
    "GetHarmonisationCodes": Operation({}, "HarmonisationCode[]", lambda store, _: harmonisation_codes(store)),
    "GetSOPData": Operation(dict.fromkeys(_SOP_FLAGS, "int"), "string", _sop_data),
    "ExportPriceList": Operation(
        {"PriceList": "string"},
        "string",
        lambda store, args: export_price_list(store, [args.text("PriceList").strip()]),
        any_names=True,
    ),
    "ExportPriceListEx": Operation({"PriceLists": "string", "PriceListType": "string"}, "string", _price_lists_ex),
    "ExportDeletedEntries": Operation(
        {"LastUpdated": "dateTime"}, "string", lambda store, args: deleted_entries(store, args.moment("LastUpdated"))
    ),
}  # fmt: skip
