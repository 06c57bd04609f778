"""Laws: what we both read and write survives the wire, and any bytes are understood or refused by name."""

import contextlib
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.connectors.akeneo import SYSTEM
from crossdock.connectors.akeneo.jsondoc import Malformed, dump, parse
from crossdock.connectors.akeneo.translations import write_product, write_product_model
from crossdock.connectors.akeneo.values_written import alike
from crossdock.model.as_json import dumps
from crossdock.model.catalogue import AttributeValue, ProductChange, ProductModelChange
from crossdock.model.faults import DataFault

codes = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
texts = st.text(max_size=30)
amounts = st.decimals(-(10**9), 10**9, places=4)
units = st.fixed_dictionaries({"amount": amounts, "unit": codes})
prices = st.fixed_dictionaries({"amount": amounts, "currency": st.sampled_from(["EUR", "SEK", "USD"])})
data = st.one_of(
    st.none(), st.booleans(), texts, units, amounts, st.lists(codes, max_size=3).map(tuple),
    st.lists(prices, min_size=1, max_size=3).map(tuple),
)  # fmt: skip
values = st.lists(
    st.builds(AttributeValue, attribute=codes.filter(lambda code: code != "sku"), data=data,
              locale=st.sampled_from(["", "en_GB"]), channel=st.sampled_from(["", "webshop"])),
    max_size=4, unique_by=lambda value: (value.attribute, value.locale, value.channel),
).map(lambda found: tuple(sorted(found, key=lambda value: value.attribute)))  # fmt: skip
maybe = st.none() | codes | st.just("")
common = {"parent": maybe, "categories": st.none() | st.lists(codes, max_size=3).map(tuple), "values": values}
product_parts = {**common, "enabled": st.none() | st.booleans(), "family": maybe}
product_changes = st.one_of(
    st.builds(ProductChange, sku=codes, **product_parts),
    st.builds(ProductChange, sku=st.just(""), key=codes, **product_parts),
)
model_changes = st.builds(ProductModelChange, code=codes, family_variant=maybe, **common)


def same_values(read: tuple[AttributeValue, ...], sent: tuple[AttributeValue, ...]) -> bool:
    """Without a type at hand, text and a fraction look alike on the wire; their digits must be the same."""
    return len(read) == len(sent) and all(
        (one.attribute, one.locale, one.channel) == (two.attribute, two.locale, two.channel)
        and alike(one.data, two.data)
        for one, two in zip(read, sent, strict=True)
    )


@given(product_changes)
def test_product_changes_survive_the_wire(change: ProductChange) -> None:
    read = SYSTEM.translations["product-change"].read
    assert read is not None
    (found,) = read(write_product(change))
    assert same_values(found.values, change.values)
    plain = ("sku", "key", "enabled", "family", "parent", "categories")
    assert [getattr(found, name) for name in plain] == [getattr(change, name) for name in plain]


@given(model_changes)
def test_model_changes_survive_the_wire(change: ProductModelChange) -> None:
    read = SYSTEM.translations["product-model-change"].read
    assert read is not None
    (found,) = read(write_product_model(change))
    assert same_values(found.values, change.values)
    plain = ("code", "family_variant", "parent", "categories")
    assert [getattr(found, name) for name in plain] == [getattr(change, name) for name in plain]


@given(amounts, amounts)
def test_amounts_are_exact(price: Decimal, weight: Decimal) -> None:
    body = {
        "uuid": "u", "enabled": True,
        "values": {
            "price": [{"locale": None, "scope": None, "data": [{"amount": price, "currency": "EUR"}]}],
            "weight": [{"locale": None, "scope": None, "data": {"amount": format(weight, "f"), "unit": "GRAM"}}],
        },
    }  # fmt: skip
    read = SYSTEM.translations["product"].read
    assert read is not None
    (found,) = read(dump(body))
    assert [found.values[0].data[0]["amount"], found.values[1].data["amount"]] == [price, weight]


@given(st.recursive(st.none() | st.booleans() | texts | amounts | st.integers(-(2**62), 2**62),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
                    max_leaves=6))  # fmt: skip
def test_a_document_is_kept_in_the_digits_it_came_in(document: Any) -> None:
    raw = dump(document)
    assert dump(parse(raw)) == raw


def test_a_whole_number_beyond_a_machines_is_kept_and_one_beyond_measure_is_no_document() -> None:
    assert dump(parse(b"[123456789012345678901234567890]")) == b"[123456789012345678901234567890]"
    for raw in (b"1e999999999", b"1" * 5000, b"[" * 90000, b"NaN"):
        with pytest.raises(Malformed):
            parse(raw)


NAMES = ["uuid", "code", "values", "enabled", "_embedded", "items", "_links", "data", "locale", "events", "type", "id",
         "categories", "labels", "variant_attribute_sets", "units", "status_code", "message", "errors", "sku", "time",
         "attribute_type", "self", "href"]  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | texts | st.integers(-9, 9**30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
KINDS = sorted(SYSTEM.translations)


def understood_or_refused(kind: str, raw: bytes) -> None:
    read = SYSTEM.translations[kind].read
    assert read is not None
    with contextlib.suppress(DataFault):
        dumps(list(read(raw)))


@given(anything, st.sampled_from(KINDS))
def test_any_json_is_understood_or_refused_and_never_worse(body: Any, kind: str) -> None:
    understood_or_refused(kind, orjson.dumps(body, default=str) if not _too_big(body) else str(body).encode())


@given(st.binary(max_size=60), st.sampled_from(KINDS))
def test_any_bytes_are_understood_or_refused_and_never_worse(raw: bytes, kind: str) -> None:
    understood_or_refused(kind, raw)


@given(anything, st.sampled_from(["product", "product-change", "event"]))
def test_any_value_of_a_product_is_understood_or_refused(body: Any, kind: str) -> None:
    record = {"uuid": "u", "enabled": True, "values": {"a": [{"locale": None, "scope": None, "data": body}]}}
    if not _too_big(body):
        understood_or_refused(kind, orjson.dumps(record))


def _too_big(body: Any) -> bool:
    if isinstance(body, dict):
        return any(map(_too_big, body.values()))
    if isinstance(body, list):
        return any(map(_too_big, body))
    return isinstance(body, int) and not -(2**63) <= body < 2**63
