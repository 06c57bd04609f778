"""What each kind of system can do, from its declaration and its manifest."""

import tomllib
from collections.abc import Mapping
from typing import Any

from crossdock.ports import accounts, after_sale, catalogue, channel, completeness, erp_orders, retail
from crossdock.ports import systems as systems_port
from crossdock.ports.systems import System
from crossdock.reference.markdown import codes, page, table
from crossdock.settings.checks import NEEDS
from crossdock.wiring.systems import known_systems

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

PORTS = (systems_port, accounts, after_sale, catalogue, channel, completeness, erp_orders, retail)


def protocol(name: str) -> type | None:
    """The Protocol of that name in `crossdock.ports`."""
    return next((getattr(one, name) for one in PORTS if hasattr(one, name)), None)


_HEAD = """\
A system is a kind of remote system that Crossdock can speak to. Its folder declares what it can do; a capability that
is not declared does not exist, and a pairing that asks for it is refused when the settings are read.
`crossdock systems` shows the same for the systems you configured.

Some capabilities depend on settings: a profile, an optional development, a channel with a user name. The tables show
all a kind can do; `crossdock systems` shows what your settings switch on."""


def systems_page() -> str:
    systems = known_systems()
    return page(
        "Systems and capabilities",
        _HEAD,
        "## Capabilities",
        table(
            ["capability", "the system can", *systems],
            [
                (f"`{name}`", what, *("yes" if name in system.capabilities else "" for system in systems.values()))
                for name, what in CAPABILITIES.items()
            ],
        ),
        "Those whose name ends in `Source` or `Feed` are read; those in `Sink`, `Canceller`, `Amender`, `Booker` or "
        "`Acknowledger` are written. What each must keep is said by its Protocol in `crossdock.ports`.",
        "## What each flow needs",
        table(
            ["flow", "of the storefront, PIM or retail stock system", "of the ERP", "writes"],
            [
                (
                    f"`{flow}`",
                    codes((*needs.storefront, *needs.pim, *needs.retail_stock)),
                    codes(needs.erp),
                    "the {}, into the {}".format(*needs.writes).replace("erp", "ERP") if needs.writes[0] else "nothing",
                )
                for flow, needs in NEEDS.items()
            ],
        ),
        "Acknowledging orders also needs `OrderAcknowledger`; `orders.price_check: hold` also needs `PriceSource`; "
        "webhooks need `WebhookReceiver`.",
        *(_system(one) for one in systems.values()),
        "## Quality",
        "`quality` in a manifest is a claim that a test checks: every rule of `quality.toml` up to that tier is done "
        "with evidence that exists, or exempt with a reason. Bronze: settings tried before they are saved, a golden "
        "pair for each entity, writes safe to repeat. Silver: a simulator and the full table of faults. Gold: a weekly "
        "run against the vendor's own sandbox, every written entity reconciled, every remedy documented.",
    )


def manifest_of(system: System) -> dict[str, Any]:
    """Its manifest.toml; empty for a system that has none."""
    path = system.manifest
    return tomllib.loads(path.read_text("utf-8")) if path is not None and path.is_file() else {}


def _system(system: System) -> str:
    said = manifest_of(system)
    rows: list[tuple[str, str]] = [("kind", f"`{system.kind}`"), ("role", system.role)]
    rows += [(name, str(said[name])) for name in ("wire", "owner", "quality") if said.get(name)]
    rows += [(name, codes(said[name])) for name in ("versions", "capabilities", "reads", "writes") if said.get(name)]
    if limits := said.get("limits"):
        rows.append(("limits", ", ".join(f"`{name}` {value}" for name, value in limits.items())))
    if system.stock_buffer:
        rows.append(("stock buffer, where a pairing writes none", f"{system.stock_buffer:f}"))
    kinds = [
        f"`{name}` ({' and '.join(way for way, can in (('read', one.read), ('written', one.write)) if can)})"
        for name, one in system.translations.items()
    ]
    rows.append(("documents for `crossdock translate`", ", ".join(kinds) or "none"))
    readme = f"../../src/crossdock/connectors/{system.kind}/README.md"
    more = f"Quirks, evidence and how to get an account: [README]({readme})."
    return f"## {system.title}\n\n{table(['', ''], rows)}\n{more}"
