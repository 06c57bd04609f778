"""Wire documents understood and said without a connection: bytes → canonical values, canonical values → bytes."""

from collections.abc import Mapping, Sequence
from typing import Any

from crossdock.connectors.scayle import resources_offers, resources_sellers, resources_work, wire_orders
from crossdock.connectors.scayle.amounts import unit_price
from crossdock.connectors.scayle.delegation import body_of, to_cancellation_wish, to_delegated_order
from crossdock.connectors.scayle.documents import PLAIN, each_row, flat, record_reader
from crossdock.connectors.scayle.documents_catalogue import (
    read_accounts,
    read_addresses,
    read_attributes,
    read_custom_data,
    read_prices,
    read_products,
    read_variants,
    write_stock,
)
from crossdock.connectors.scayle.documents_fulfilment import (
    read_acknowledgements,
    read_billing,
    read_cancellations,
    read_returned_units,
    read_shipments,
    write_acknowledgement,
    write_billing,
    write_cancellation,
    write_returned_units,
    write_shipment,
)
from crossdock.connectors.scayle.faults import WireError, errors_of
from crossdock.connectors.scayle.mapping_lines import Coins, PricedUnit, to_line
from crossdock.connectors.scayle.mapping_order import to_sales_order
from crossdock.connectors.scayle.returning import to_returns
from crossdock.connectors.scayle.units import sku_of
from crossdock.connectors.scayle.webhook import to_event
from crossdock.connectors.scayle.wire import at, read
from crossdock.model.after_sale import SalesReturn
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import OrderLine, SalesOrder
from crossdock.ports.systems import Translation, WebhookEvent


def read_sales_orders(raw: bytes) -> Sequence[SalesOrder]:
    return each_row(raw, lambda row, place: to_sales_order(row, PLAIN, place=place))


def read_returns(raw: bytes) -> Sequence[SalesReturn]:
    """What came back of an order, out of the order itself."""

    def of(row: Any, place: str) -> list[SalesReturn]:
        order = read(wire_orders.Order, row, place)
        return to_returns(order, order.public_key or str(order.id), PLAIN)

    return flat(each_row(raw, of))


def read_order_units(raw: bytes) -> Sequence[OrderLine]:
    """Item rows on their own, one line a unit. They must name their currency, as no order around them does."""

    def one(row: Any, place: str) -> OrderLine:
        item = read(wire_orders.Item, row, place)
        if not item.currency:
            raise DataFault(at(place, "currency"), "is missing; the document must give it")
        if not sku_of(item):
            raise DataFault(at(place, "variant", "referenceKey"), "is empty; a unit must name its SKU")
        unit = PricedUnit(item, unit_price(item.price, at(place, "price")), place)
        return to_line([unit], Coins(item.currency), PLAIN, voucher="")

    return each_row(raw, one)


def read_events(raw: bytes) -> Sequence[WebhookEvent]:
    """The body of one webhook call. Who sent it is checked where its headers are known."""
    return [to_event(raw)]


def read_errors(raw: bytes) -> Sequence[WireError]:
    body = body_of(raw)
    errors = errors_of(body)
    if not errors:
        raise DataFault("errors", "is missing or empty; an error body must say what is wrong")
    return errors


RECORDS: Mapping[str, type[Any]] = {
    "order-status": resources_work.OrderStatus,
    "order-document": resources_work.OrderPaper,
    "warehouse": resources_sellers.Warehouse,
    "shop-country-warehouse": resources_sellers.Named,
    "carrier": resources_sellers.Carrier,
    "company": resources_sellers.Company,
    "merchant": resources_sellers.Merchant,
    "return-address": resources_sellers.ReturnAddress,
    "shop": resources_sellers.Shop,
    "shop-country": resources_sellers.ShopCountry,
    "sales-channel": resources_sellers.SalesChannel,
    "voucher": resources_offers.Voucher,
    "promotion": resources_offers.Promotion,
    "promotion-code": resources_offers.PromotionCode,
    "campaign": resources_offers.Campaign,
    "campaign-reduction": resources_offers.CampaignReduction,
    "reservation": resources_work.Reservation,
    "sellable-without-stock": resources_work.SellableWithoutStock,
    "bulk-request": resources_work.BulkRequest,
    "bulk-status": resources_work.BulkStatus,
    "bulk-operation": resources_work.BulkOperation,
    "webhook-subscription": resources_sellers.WebhookSubscription,
    "webhook-event-type": resources_sellers.WebhookEventType,
}
"""Kinds that are told as they are written over there."""

TRANSLATIONS: Mapping[str, Translation] = {
    "sales-order": Translation(read=read_sales_orders),
    "order-unit": Translation(read=read_order_units),
    "return-of-order": Translation(read=read_returns),
    "acknowledgement": Translation(read=read_acknowledgements, write=write_acknowledgement),
    "despatch": Translation(read=read_shipments, write=write_shipment),
    "cancellation": Translation(read=read_cancellations, write=write_cancellation),
    "return": Translation(read=read_returned_units, write=write_returned_units),
    "billing": Translation(read=read_billing, write=write_billing),
    "delegated-order": Translation(read=lambda raw: [to_delegated_order(raw)]),
    "cancellation-wish": Translation(read=lambda raw: [to_cancellation_wish(raw)]),
    "stock-level": Translation(read=record_reader(resources_work.Stock), write=write_stock),
    "product": Translation(read=read_products),
    "variant": Translation(read=read_variants),
    "attribute": Translation(read=read_attributes),
    "custom-data": Translation(read=read_custom_data),
    "price-list": Translation(read=read_prices),
    "account": Translation(read=read_accounts),
    "address": Translation(read=read_addresses),
    "event": Translation(read=read_events),
    "error": Translation(read=read_errors),
} | {kind: Translation(read=record_reader(record)) for kind, record in RECORDS.items()}
