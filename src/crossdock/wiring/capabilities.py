"""What systems can do, in words, and what a kind of system says of itself. Read by the reference and the handbook."""

import tomllib
from collections.abc import Mapping
from typing import Any

from crossdock.ports.systems import System

CAPABILITIES: Mapping[str, str] = {
    "OrderSource": "read orders changed since a moment, and one by its key",
    "OrderIndex": "list who ordered without the orders, those that a setting leaves out among them",
    "OrderNumberIndex": "be asked for orders by the numbers people call them",
    "OrderAcknowledger": "be told that the ERP has an order, and its number there",
    "DespatchSink": "be told of a despatch, and show it to the buyer",
    "StockSink": "say where levels are shown and in which unit, and take absolute levels",
    "PriceSink": "show price lists, and take prices into them and out of them",
    "SaleSwitch": "tell which products are on sale, and put them on sale or take them off",
    "BareProductSink": "take new products, off sale and bare of words",
    "WebhookReceiver": "send signed hints that something changed",
    "OrderSink": "take an order, and find one by our reference",
    "FulfilmentSource": "say where orders stand and what left the warehouse",
    "StockSource": "give stock figures: all of them, or those that may have changed",
    "SiteStockSource": "give the stock figures of one site",
    "StockFinder": "give the stock figures of a few items by their codes",
    "ItemSource": "list stock items, and find some by code",
    "AccountSource": "list customer accounts, and find some by code",
    "PriceSource": "list prices",
    "CompanySource": "list the companies that registered there, and guests",
    "AccountStatusSink": "show how a company's account stands: credit, balance, on stop, price list",
    "OrderStateSink": "show why an order waits",
    "AccountSink": "open a customer account, and find it again by our reference",
    "AccountLinkSink": "hold the ERP account code of each company",
    "Channel": "call us: fetch what is put out for it, and bring what it knows",
    "ReturnChannel": "make credit notes of what it fetches from us, and say beforehand what it cannot hold",
    "ItemChannel": "make and change stock items by what it fetches from us, and say beforehand what it cannot hold",
    "OrderCanceller": "cancel an order, or units of it, until picking begins",
    "ChangeRefusalSink": "show on an order that a change of it was not made, and why",
    "OrderAmender": "change an order that is there, until picking begins",
    "ReturnSource": "list goods that came back",
    "ReturnSink": "be told of goods that came back",
    "BillingSink": "be told how the money of an order was settled elsewhere",
    "LedgerSource": "list invoices and credit notes, and find one by its number",
    "DespatchFeed": "say which orders had a despatch since a moment",
    "StockCountSink": "book absolute counts, on hand",
    "FulfilmentFinder": "say where orders stand, by its own numbers",
    "OpenOrderSource": "list every order that is not wholly despatched, whoever took it",
    "ErpOrderSource": "list orders since a moment, and say what each asks for",
    "DespatchBooker": "book goods of an order that left from elsewhere",
    "ProductSource": "list products of its catalogue, and find some by SKU",
    "ProductModelSource": "list what variants have in common",
    "StructureSource": "list families, family variants, categories, attributes and options",
    "ProductSink": "take changes of products and product models",
    "RetailItemSink": "take stock items as a retail system wants them",
    "RetailItemSource": "list stock items with their readiness",
    "LocationSource": "list locations",
    "LocationSink": "take locations",
    "RetailStockSource": "give stock by location, with its sequence, and find some",
    "OnHandSink": "take counted stock by location",
    "CommitmentSink": "take what is promised, whole by location",
    "RetailSaleSink": "take sales to end consumers, and returns",
    "TransferSink": "take transfers between locations, as they go",
    "MovementSource": "list stock movements, each once",
    "RetailDespatchSource": "list what left for ERP orders, and find it by order",
    "ProposalSource": "list the transfers and levels it would have",
}


def manifest_of(system: System) -> dict[str, Any]:
    """Its manifest.toml; empty for a system that has none."""
    path = system.manifest
    return tomllib.loads(path.read_text("utf-8")) if path is not None and path.is_file() else {}
