"""Wire documents understood and said without a connection: bytes → canonical values, canonical values → bytes.

Each kind is read from one record, a list page, a plain JSON array, or lines of JSON (a bulk request or answer).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from crossdock.connectors.akeneo import mapping, wire
from crossdock.connectors.akeneo import mapping_changes as changes
from crossdock.connectors.akeneo import mapping_structure as structure
from crossdock.connectors.akeneo.bulk import to_bulk_answer
from crossdock.connectors.akeneo.events import to_event
from crossdock.connectors.akeneo.faults import to_error
from crossdock.connectors.akeneo.jsondoc import Malformed, lines, parse
from crossdock.connectors.akeneo.records import WireError
from crossdock.model.catalogue import Product, ProductChange, ProductModel, ProductModelChange
from crossdock.model.faults import DataFault
from crossdock.ports.systems import Translation, WebhookEvent

ReadOne = Callable[[Any, str], Any]
EMBEDDED = ("items", "_items")


def records_in(raw: bytes) -> tuple[list[tuple[str, Any]], wire.Problems]:
    """Every record of a document with its place, and the lines that are no record."""
    try:
        return _in_document(parse(raw)), []
    except Malformed as error:
        found, problems = _in_lines(raw)
        if not found:
            raise DataFault("document", str(error)) from error
        return found, problems


def _in_document(body: Any) -> list[tuple[str, Any]]:
    if isinstance(body, list):
        return [(f"[{at}]", row) for at, row in enumerate(body)]
    if not isinstance(body, dict) or "_embedded" not in body:
        return [("", body)]
    embedded = body["_embedded"]
    for name in EMBEDDED:
        rows = embedded.get(name) if isinstance(embedded, dict) else None
        if isinstance(rows, list):
            return [(f"_embedded.{name}[{at}]", row) for at, row in enumerate(rows)]
    raise DataFault("_embedded.items", "is missing; a list page must have it")


def _in_lines(raw: bytes) -> tuple[list[tuple[str, Any]], wire.Problems]:
    found: list[tuple[str, Any]] = []
    problems: wire.Problems = []
    for number, line in lines(raw):
        try:
            found.append((f"line {number}", parse(line)))
        except Malformed as error:
            problems.append((f"line {number}", str(error)))
    return found, problems


def reader(read: ReadOne) -> Callable[[bytes], Sequence[Any]]:
    """All records of a document; everything that is wrong with any of them in one fault."""

    def read_all(raw: bytes) -> Sequence[Any]:
        records, problems = records_in(raw)
        found = []
        for place, record in records:
            if not place and (error := to_error(record)) is not None:
                raise DataFault("document", f"is a refusal: {error}")
            try:
                found.append(read(record, place))
            except DataFault as fault:
                problems.append((fault.place, fault.problem))
        if problems:
            raise wire.fault_of(problems)
        return found

    return read_all


def write_product(product: Product | ProductChange) -> bytes:
    """The body of a PATCH: all that a product says, or what a change wants. Raises Unsupported."""
    change = changes.change_of(product) if isinstance(product, Product) else product
    return orjson.dumps(changes.product_body(change, name_sku=not change.key))


def write_product_model(model: ProductModel | ProductModelChange) -> bytes:
    change = changes.change_of_model(model) if isinstance(model, ProductModel) else model
    return orjson.dumps(changes.product_model_body(change))


def read_events(raw: bytes) -> Sequence[WebhookEvent]:
    """The body of one event call. Its signature is checked where its headers are known."""
    return [to_event(raw)]


def read_bulk_answer(raw: bytes) -> Sequence[Any]:
    records, problems = records_in(raw)
    found = []
    for place, record in records:
        try:
            found.append(to_bulk_answer(record, place))
        except DataFault as fault:
            problems.append((fault.place, fault.problem))
    if problems:
        raise wire.fault_of(problems)
    return found


def read_errors(raw: bytes) -> Sequence[WireError]:
    """A refusal in one of the four shapes, or an OAuth error. Raises DataFault for anything else."""
    try:
        error = to_error(parse(raw))
    except Malformed as problem:
        raise DataFault("document", str(problem)) from problem
    if error is None:
        raise DataFault("document", "is no refusal, which has code and message")
    return [error]


def _product(record: Any, place: str) -> Product:
    try:
        return mapping.to_product(record, place=place)
    except DataFault as fault:
        if isinstance(record, dict) and "enabled" not in record:
            kind = "bulk-answer" if "status_code" in record else "product-change"
            raise DataFault(fault.place, f"{fault.problem}. What is here is read as {kind}") from fault
        raise


def _product_model(record: Any, place: str) -> ProductModel:
    return mapping.to_product_model(record, place=place)


def _product_change(record: Any, place: str) -> ProductChange:
    return changes.to_product_change(record, place=place)


def _product_model_change(record: Any, place: str) -> ProductModelChange:
    return changes.to_product_model_change(record, place=place)


TRANSLATIONS: Mapping[str, Translation] = {
    "product": Translation(read=reader(_product), write=write_product),
    "product-change": Translation(read=reader(_product_change), write=write_product),
    "product-model": Translation(read=reader(_product_model), write=write_product_model),
    "product-model-change": Translation(read=reader(_product_model_change), write=write_product_model),
    "family": Translation(read=reader(structure.to_family)),
    "family-variant": Translation(read=reader(structure.to_family_variant)),
    "category": Translation(read=reader(structure.to_category)),
    "attribute": Translation(read=reader(structure.to_attribute)),
    "attribute-option": Translation(read=reader(structure.to_attribute_option)),
    "attribute-group": Translation(read=reader(structure.to_attribute_group)),
    "channel": Translation(read=reader(structure.to_channel)),
    "locale": Translation(read=reader(structure.to_locale)),
    "currency": Translation(read=reader(structure.to_currency)),
    "association-type": Translation(read=reader(structure.to_association_type)),
    "measurement-family": Translation(read=reader(structure.to_measurement_family)),
    "media-file": Translation(read=reader(structure.to_media_file)),
    "asset": Translation(read=reader(structure.to_asset)),
    "reference-entity": Translation(read=reader(structure.to_reference_entity)),
    "catalog": Translation(read=reader(structure.to_catalog)),
    "event": Translation(read=read_events),
    "token": Translation(read=reader(structure.to_token_terms)),
    "bulk-answer": Translation(read=read_bulk_answer),
    "error": Translation(read=read_errors),
}
