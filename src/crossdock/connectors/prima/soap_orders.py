"""OrderSink, FulfilmentSource and, where the mapping file has a way, OrderCanceller over Prima's SOAP service."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crossdock.connectors.prima.config import PrimaSettings
from crossdock.connectors.prima.engine import VendorError, read_field
from crossdock.connectors.prima.key_table import KeyTable
from crossdock.connectors.prima.mapping_file import Mapped
from crossdock.connectors.prima.mapping_fulfilment import of_status, too_late
from crossdock.connectors.prima.mapping_grammar import Value, values_of
from crossdock.connectors.prima.mapping_order import OrderTerms, SoldAs, line_place, order_document
from crossdock.connectors.prima.soap_client import SoapClient
from crossdock.connectors.prima.xmldoc import Element, place, value_at
from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import (
    Accepted,
    ConfigFault,
    DataFault,
    Outcome,
    ReadIncomplete,
    Refused,
    Transient,
    Unknown,
    Unsupported,
)
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.ports.runtime import Priority

ABSENT_CODES = frozenset({"order-unknown", "not-found"})


class SoapOrders:
    """Orders known by the number we choose. All that can be asked of one is its status word."""

    def __init__(self, client: SoapClient, settings: PrimaSettings, keys: KeyTable) -> None:
        self._client = client
        self._settings = settings
        self._mapped = client.mapped
        self._keys = keys
        self._terms = terms_of(settings)

    async def find(self, ref: str, *, priority: Priority = Priority.ORDER) -> Fulfilment | None:
        """Raises DataFault for a word nobody has mapped, ConfigFault where nobody has said what an error means."""
        answer = await self._client.read("orders.status", {"external_ref": ref}, priority=priority)
        if isinstance(answer, VendorError):
            self._prove_absent(ref, answer)
            return None
        return read_order_status(self._mapped, answer, ref, self._settings.order_statuses)

    async def read(self, refs: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        found: dict[str, Fulfilment | DataFault] = {}
        for ref in dict.fromkeys(refs):
            try:
                fulfilment = await self.find(ref, priority=Priority.DESPATCH)
            except DataFault as fault:
                found[ref] = fault
                continue
            if fulfilment is not None:
                found[ref] = fulfilment
        return found

    async def create(self, order: ResolvedOrder, *, held: bool = False) -> Outcome:
        """It is looked up before every send, because nobody knows whether a repeated number is refused over there.

        held: whatever the settings say of it.
        """
        check_confirmed(self._settings, self._mapped)
        terms = replace(self._terms, hold=True) if held else self._terms
        values = order_values(order, self._settings, terms, self._keys)
        operation = self._mapped.operation("orders.create")
        if operation is not None and operation.precheck and await self._is_there(order.ref):
            return Refused("order-ref-conflict", f"Prima has an order {order.ref} already", duplicate=True)
        answer, evidence = await self._client.write("orders.create", values)
        return _outcome("orders.create", order.ref, answer, evidence)

    async def cancel(self, cancellation: Cancellation) -> Outcome:
        if self._mapped.operation("orders.cancel") is None:
            raise Unsupported(
                "orders.cancel", "the mapping file knows no way to cancel an order; nothing public says how"
            )
        if not cancellation.order_ref:
            raise DataFault("order_ref", "is missing; Prima knows an order by our reference alone")
        if not cancellation.whole:
            raise Unsupported("lines", "single lines cannot be cancelled; the whole order can")
        found = await self.find(cancellation.order_ref)
        if found is None:
            return Refused("order-unknown", f"Prima has no order {cancellation.order_ref}")
        if found.cancelled:
            return Accepted(cancellation.order_ref)
        key = f"cancel {cancellation.order_ref}"
        values = {
            "external_ref": cancellation.order_ref,
            "reason": cancellation.reason,
            "idempotency_number": idempotency_number(key),
        }
        answer, evidence = await self._client.write("orders.cancel", values)
        return too_late(_outcome("orders.cancel", cancellation.order_ref, answer, evidence))

    async def _is_there(self, ref: str) -> bool:
        try:
            return await self.find(ref) is not None
        except DataFault:
            return True  # a status nobody can read is still a status

    def _prove_absent(self, ref: str, answer: VendorError) -> None:
        """Returns when the order certainly is not there; raises what else the error means."""
        said = f"OrderStatus of {ref}: {answer.text}"
        if answer.error.code in ABSENT_CODES:
            return
        if answer.error.retryable:
            raise Transient(said)
        operation = self._mapped.operation("orders.status")
        mapped = operation.not_found_on_error if operation is not None else "ask"
        known_by_rule = answer.error is not self._mapped.file.reply.error_default
        if (self._settings.not_found_on_error or mapped) == "absent" and not known_by_rule:
            return
        if known_by_rule:
            raise ReadIncomplete(f"{said} ({answer.error.code})")
        raise ConfigFault(
            f"{said}; nobody has confirmed whether that means there is no such order. Ask for an order that is not "
            "there, and either add its text to error_rules with the code order-unknown or set this to absent",
            setting="not_found_on_error",
        )


def terms_of(settings: PrimaSettings) -> OrderTerms:
    return OrderTerms(
        source=settings.source,
        hold=settings.hold_orders,
        hold_reason=settings.hold_reason,
        delivery_charge_code=settings.delivery_charge_code,
        delivery_address_code=settings.delivery_address_code,
        invoice_address_code=settings.invoice_address_code,
        sends_price=settings.pricing_mode == "send_price",
    )


def check_confirmed(settings: PrimaSettings, mapped: Mapped) -> None:
    """Raises ConfigFault while it is unconfirmed what Prima reads a price as: a wrong guess sells at n times, or an
    n-th of, the price."""
    if settings.pricing_mode == "erp_prices" and settings.blank_price is None:
        text = "no order is posted without prices before it is confirmed that Prima prices a line whose price is blank"
        raise ConfigFault(text, setting="blank_price")
    if settings.pricing_mode != "send_price":
        return
    if settings.price_meaning is None:
        text = "no order is posted before it is confirmed whether Prima reads a line's price per unit or for the line"
        raise ConfigFault(text, setting="price_meaning")
    operation = mapped.operation("orders.create")
    request = operation.request if operation is not None else None
    names = [value.from_ for value in values_of(request)] if request is not None else []
    if settings.price_meaning == "line" and "unit_price" in names:
        text = "price_meaning is line, and the mapping file writes unit_price; let it write price"
        raise ConfigFault(text, setting="mapping_file")


def order_values(order: ResolvedOrder, settings: PrimaSettings, terms: OrderTerms, keys: KeyTable) -> dict[str, Any]:
    """The order as the mapping file names its fields. Raises DataFault: a SKU that is not in the key table."""
    sold = {}
    for at, line in enumerate(order.lines):
        native_key = keys.native_key(line.stock_code)
        if native_key is None:
            problem = f"{line.stock_code} is not in the key table, and a key is never made out of a SKU"
            raise DataFault(f"{line_place(at)}.sku", problem)
        sold[line.stock_code] = SoldAs(native_key=native_key)
    values = order_document(order, terms, sold)
    values["idempotency_number"] = idempotency_number(order.ref)
    address = values.get("delivery_address")
    if address is not None:
        values["delivery_address"] = address | _numbered(address.get("lines", ()), address.get("organisation", ""))
    for line, document in zip(order.lines, values["lines"], strict=True):
        if terms.sends_price:
            document["line_net"] = format(line.net, "f")
            document["price"] = document["unit_price" if settings.price_meaning != "line" else "line_net"]
    return values


def _numbered(lines: Sequence[str], organisation: str) -> dict[str, str]:
    """At most six lines, the organisation first: as many as Prima holds."""
    return {f"line{at}": line for at, line in enumerate([line for line in (organisation, *lines) if line], 1)}


def idempotency_number(key: str) -> str:
    """Eight digits, the same for every send. Not unique for ever: it marks a call, the order's number is the key."""
    return f"{int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], 'big') % 10**8:08d}"


def read_order_status(mapped: Mapped, root: Element, ref: str, more_words: Mapping[str, Any]) -> Fulfilment:
    """more_words: status words from the settings; they outrank the file's. Raises DataFault for an unknown one."""
    operation = mapped.operation("orders.status")
    assert operation is not None
    assert operation.response is not None
    spec = operation.response.fields["status"]
    words = (value_at(root, spec.path) if spec.path is not None else spec.const) or ""
    whole = Value.model_validate({"path": spec.path, "as": "enum", "values": {**(spec.values or {}), **more_words}})
    _check_number(root, ref)
    return of_status(ref, read_field(mapped, whole, root), words)


def _check_number(root: Element, ref: str) -> None:
    """Where the answer names an order, it must be the one that was asked for."""
    said = value_at(root, "Data/@OrderNumber")
    if said is not None and said != ref:
        raise DataFault(place(root, "Data/@OrderNumber"), f"is {said!r:.80}; {ref} was asked for")


def _outcome(operation: str, ref: str, answer: Element | VendorError | Unknown, evidence: str) -> Outcome:
    if isinstance(answer, Unknown):
        return answer
    if isinstance(answer, VendorError):
        if answer.error.retryable:
            raise Transient(f"{operation}: {answer.text}", evidence=evidence)
        duplicate = answer.error.code == "order-ref-conflict"
        return Refused(answer.error.code, answer.text, duplicate=duplicate, evidence=evidence)
    return Accepted(ref)
