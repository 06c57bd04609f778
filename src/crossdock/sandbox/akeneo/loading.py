"""The made-up merchant's products as a PIM holds them.

Plain items are simple products of `trade_goods`; the Oslo handles are variants below a model (or below two levels of
models); what is a pack or a build names its parts in a quantified association. Part of the picture: every ninth item
lacks its commodity code and is incomplete, every fourth has no German name, every seventeenth is in no category, every
twenty-third is disabled, and there is one item the ERP never had.
"""

import struct
import uuid
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from crossdock.sandbox.akeneo.completeness import completeness, letters
from crossdock.sandbox.akeneo.media_api import keep_file
from crossdock.sandbox.akeneo.model import MODEL, PRODUCT, Entity, Pim, Values
from crossdock.sandbox.akeneo.structure_loading import FAMILY_VARIANT, SUPPLIERS, load_structure
from crossdock.sandbox.estate import Estate, EstateItem

LOADED_AT = datetime(2025, 1, 6, 8, 0, tzinfo=UTC)
SKUS = uuid.UUID("5f0c8d0e-6a44-4f0e-9f6b-8a4b1f1e7c11")
"""Namespace of product uuids: the same SKU has the same uuid in every run."""
MASTER_CATEGORIES = ("tools", "fixings", "safety", "supplies")


def uuid_of(sku: str) -> str:
    return str(uuid.uuid5(SKUS, sku))


def load(pim: Pim, estate: Estate) -> None:
    load_structure(pim, LOADED_AT)
    if pim.knobs.edition != "ce":
        pim.table("asset_families")["packshots"] = {
            "code": "packshots", "labels": {"en_GB": "Packshots"}, "attribute_as_main_media": "media",
            "naming_convention": {}, "product_link_rules": [], "transformations": [],
        }  # fmt: skip
        pim.assets["packshots"] = {}
    _load_models(pim, estate)
    for number, item in enumerate(estate.items):
        _keep(pim, _product(pim, estate, item, number), number)
    _load_parts(pim, estate)
    for product in pim.products.values():
        product.quality = letters(completeness(pim, product))


def _keep(pim: Pim, entity: Entity, number: int) -> None:
    entity.created = LOADED_AT
    entity.updated = LOADED_AT + timedelta(minutes=number)
    pim.entities(entity.kind)[entity.key] = entity
    identifier = pim.identifier(entity) if entity.kind == PRODUCT else None
    if identifier is not None:
        pim.by_identifier[identifier.lower()] = entity.key


def _load_models(pim: Pim, estate: Estate) -> None:
    children = [item for item in estate.items if item.parent_sku]
    levels = pim.knobs.variant_levels
    for sku in dict.fromkeys(item.parent_sku for item in children):
        values = _shared_values(f"{sku.capitalize()} handle", children[0], 0)
        values["gallery"] = {(None, None): [_asset(pim, sku)]}
        if pim.knobs.edition == "ce":
            del values["gallery"]
        root = Entity(
            MODEL, sku, family="handles", family_variant=FAMILY_VARIANT[levels], categories=["handles"], values=values
        )  # fmt: skip
        _keep(pim, root, 0)
        for colour in dict.fromkeys(_axes(item)["colour"] for item in children) if levels == 2 else ():
            own: Values = {"colour": _cell(colour), "image": _cell(_image(pim, f"{sku}-{colour}"))}
            sub = Entity(
                MODEL, f"{sku}-{colour}", family="handles", family_variant=FAMILY_VARIANT[2], parent=sku, values=own
            )  # fmt: skip
            _keep(pim, sub, 0)


def _axes(item: EstateItem) -> Mapping[str, str]:
    size, _, colour = item.option.partition("/")
    return {"size": size, "colour": colour}


def _cell(data: Any) -> dict[tuple[str | None, str | None], Any]:
    return {(None, None): data}


def _product(pim: Pim, estate: Estate, item: EstateItem, number: int) -> Entity:
    if item.parent_sku:
        return _variant(pim, estate, item, number)
    values = _shared_values(item.name, item, number) | _own_values(pim, estate, item, number)
    categories = [] if number % 17 == 16 else [MASTER_CATEGORIES[number % len(MASTER_CATEGORIES)]]
    if number % 5 == 0 and categories:
        categories.append("print_spring")
    return Entity(
        PRODUCT, uuid_of(item.sku), family="trade_goods", categories=categories, values=values,
        enabled=number % 23 != 22,
    )  # fmt: skip


def _variant(pim: Pim, estate: Estate, item: EstateItem, number: int) -> Entity:
    axes, values = _axes(item), _own_values(pim, estate, item, number)
    parent = item.parent_sku
    if pim.knobs.variant_levels == 2:
        parent = f"{item.parent_sku}-{axes['colour']}"
        del values["image"]
    own = ("size",) if pim.knobs.variant_levels == 2 else ("size", "colour")
    values |= {name: _cell(axes[name]) for name in own}
    kept = {*own, "sku", "ean", "price", "weight", "image"}
    return Entity(
        PRODUCT, uuid_of(item.sku), family="handles", parent=parent,
        values={name: cells for name, cells in values.items() if name in kept},
    )  # fmt: skip


def _shared_values(name: str, item: EstateItem, number: int) -> Values:
    """What a model owns for its variants, and a simple product for itself."""
    text = f"<p>{name}, from Harbour &amp; Pine.</p>"
    values: Values = {
        "name": {("en_GB", None): name},
        "description": {("en_GB", "ecommerce"): text, ("en_GB", "print"): name},
        "supplier": _cell(sorted(SUPPLIERS)[number % len(SUPPLIERS)]),
        "tax_class": _cell(item.tax),
        "country_of_origin": _cell(("GB", "DE", "CN")[number % 3]),
    }
    if number % 4 != 3:
        values["name"]["de_DE", None] = f"{name} (DE)"
        values["description"]["de_DE", "ecommerce"] = f"<p>{name} von Harbour &amp; Pine.</p>"
    if number % 9 != 8:
        values["commodity_code"] = _cell(f"{8302_4110_00 + number}"[:10])
    return values


def _own_values(pim: Pim, estate: Estate, item: EstateItem, number: int) -> Values:
    values: Values = {
        "sku": _cell(item.sku),
        "ean": _cell(f"50{number:011d}"),
        "price": _cell([{"amount": item.net_price, "currency": estate.currency}]),
        "weight": _cell({"amount": Decimal(120 + 35 * (number % 40)), "unit": "GRAM"}),
        "image": _cell(_image(pim, item.sku)),
    }
    if item.parent_sku:
        return values
    values["image_url"] = _cell(f"https://images.harbourandpine.example/{item.sku}.jpg")
    if "case" in item.units:
        values["case_quantity"] = _cell(Decimal(item.units["case"]))
    if number % 2:
        values["max_load"] = _cell(Decimal(number) / 4 + 10)
    values["hazardous"] = _cell(number % 29 == 3)
    values["certifications"] = _cell(["ce", "ukca"] if number % 2 else ["ce"])
    values["available_from"] = _cell(LOADED_AT.date())
    return values


def _load_parts(pim: Pim, estate: Estate) -> None:
    for item in estate.items:
        for type_, parts in (("KIT", item.pack), ("BUILD", item.build)):
            if parts:
                links = [{"key": uuid_of(sku), "quantity": eaches} for sku, eaches in parts]
                pim.products[uuid_of(item.sku)].quantified[type_] = {"products": links}


def _image(pim: Pim, sku: str) -> str:
    return keep_file(pim, pim.media, f"{sku.lower()}.png", picture_of(sku)).code


def _asset(pim: Pim, sku: str) -> str:
    """A shared packshot in the Asset Manager."""
    if pim.knobs.edition == "ce":
        return ""
    code = f"{sku.lower()}_front".replace("-", "_")
    kept = keep_file(pim, pim.asset_media, f"{code}.png", picture_of(sku))
    cells = [{"locale": None, "channel": None, "data": kept.code}]
    pim.assets["packshots"][code] = {
        "code": code, "values": {"media": cells}, "~created": LOADED_AT, "~updated": LOADED_AT
    }  # fmt: skip
    return code


def picture_of(text: str) -> bytes:
    """A PNG of one pixel, its colour drawn from the text."""
    colour = zlib.crc32(text.encode()).to_bytes(4, "big")[:3]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" + colour))
        + chunk(b"IEND", b"")
    )
