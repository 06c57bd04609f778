"""What editors do to products and product models."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crossdock.sandbox.akeneo.commit import remove
from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.media_api import keep_file
from crossdock.sandbox.akeneo.model import Entity
from crossdock.sandbox.akeneo.office import Office
from crossdock.sandbox.akeneo.writing import Writing
from crossdock.sandbox.kernel import ActError


class ProductActs:
    """Editors are users: what they do goes through the writers the API uses, and is told as theirs."""

    def __init__(self, office: Office) -> None:
        self._office, self._pim = office, office.pim

    def edit_value(
        self, product: str, attribute: str, value: Any = None, locale: str | None = None, scope: str | None = None
    ) -> Json:
        """An editor changes one attribute of a product (by SKU or uuid); value as the API takes it, null clears it."""
        before = self._office.product("edit_value", product)
        return self._write("edit_value", before, {"values": _cell(attribute, value, locale, scope)})

    def edit_values(self, product: str, values: Mapping[str, Any]) -> Json:
        """An editor changes several attributes. values: attribute → value, or → the API's list of cells."""
        before = self._office.product("edit_values", product)
        return self._write("edit_values", before, {"values": _cells(values)})

    def edit_model_value(
        self, model: str, attribute: str, value: Any = None, locale: str | None = None, scope: str | None = None
    ) -> Json:
        """An editor changes one attribute of a product model; every variant below shows it, no variant's date moves."""
        before = self._office.model("edit_model_value", model)
        return self._write_model("edit_model_value", before, model, {"values": _cell(attribute, value, locale, scope)})

    def edit_many(self, count: int, seed: int | None = None, attribute: str = "price") -> Json:
        """Editors go through `count` random products: price or weight up by a few per cent, or name with a new word."""
        dice = self._pim.random if seed is None else random.Random(seed)
        changed = []
        for key in dice.choices(sorted(self._pim.products), k=int(count)):
            product = self._pim.products[key]
            body = _nudged(product, attribute, dice)
            if body is not None:
                self._write("edit_many", product, {"values": body})
                changed.append(self._pim.identifier(product) or key)
        return {"changed": changed}

    def set_categories(self, product: str, categories: Sequence[str]) -> Json:
        """An editor puts a product into these categories and takes it out of all others."""
        before = self._office.product("set_categories", product)
        return self._write("set_categories", before, {"categories": list(categories)})

    def set_model_categories(self, model: str, categories: Sequence[str]) -> Json:
        """An editor puts a product model, and so its variants, into these categories."""
        before = self._office.model("set_model_categories", model)
        return self._write_model("set_model_categories", before, model, {"categories": list(categories)})

    def set_enabled(self, product: str, enabled: bool) -> Json:
        """An editor enables or disables a product."""
        return self._write("set_enabled", self._office.product("set_enabled", product), {"enabled": enabled})

    def set_family(self, product: str, family: str | None) -> Json:
        """An editor gives a simple product another family, or none."""
        return self._write("set_family", self._office.product("set_family", product), {"family": family})

    def associate(self, product: str, association: str, products: Sequence[str]) -> Json:
        """An editor sets the products (SKUs) associated under a type that is not quantified."""
        before = self._office.product("associate", product)
        body = {"associations": {association: {"products": list(products)}}}
        return self._write("associate", before, body, by_identifier=True)

    def set_parts(self, product: str, association: str, parts: Mapping[str, int]) -> Json:
        """An editor sets what a pack or build consists of: SKU → quantity, under a quantified type (KIT, BUILD)."""
        before = self._office.product("set_parts", product)
        links = [{"identifier": sku, "quantity": quantity} for sku, quantity in parts.items()]
        body = {"quantified_associations": {association: {"products": links}}}
        return self._write("set_parts", before, body, by_identifier=True)

    def create_product(
        self,
        sku: str | None = None,
        family: str | None = "trade_goods",
        values: Mapping[str, Any] | None = None,
        categories: Sequence[str] = (),
        enabled: bool = True,
        parent: str | None = None,
        without: Sequence[str] = (),
    ) -> Json:
        """An editor creates a product; a simple one gets a name, price, supplier and commodity code unless given or
        named in `without` (a required attribute left out makes it incomplete). parent: a variant, axes in values. sku
        null: one without identifier."""
        usual: dict[str, Any] = {} if parent else {
            "name": [{"locale": "en_GB", "scope": None, "data": f"New item {sku}"}],
            "price": [{"amount": "10.00", "currency": "GBP"}], "supplier": "ACME_TRADE", "commodity_code": "8302411000",
        }  # fmt: skip
        chosen = {name: one for name, one in {**usual, **(values or {})}.items() if name not in without}
        if sku is not None:
            chosen["sku"] = sku
        body: Json = {"values": _cells(chosen), "categories": list(categories), "enabled": enabled}
        body |= {"parent": parent} if parent else {"family": family}
        return self._write("create_product", None, body)

    def create_model(
        self,
        code: str,
        family_variant: str,
        parent: str | None = None,
        values: Mapping[str, Any] | None = None,
        categories: Sequence[str] = (),
    ) -> Json:
        """An editor creates a product model; parent makes it a sub model."""
        body = {"family_variant": family_variant, "parent": parent, "values": _cells(values or {})}
        return self._write_model("create_model", None, code, {**body, "categories": list(categories)})

    def convert_to_variant(self, product: str, parent: str, values: Mapping[str, Any]) -> Json:
        """An editor makes a simple product a variant of a model. values: the axes. The model's values show
        through."""
        before = self._office.product("convert_to_variant", product)
        family = self._office.model("convert_to_variant", parent).family
        body = {"parent": parent, "family": family, "values": _cells(values)}
        return self._write("convert_to_variant", before, body, by_identifier=True)

    def detach_variant(self, product: str) -> Json:
        """An editor makes a variant a simple product; what it inherited it keeps."""
        return self._write("detach_variant", self._office.product("detach_variant", product), {"parent": None})

    def rename_sku(self, product: str, sku: str) -> Json:
        """An editor changes a product's identifier; the uuid stays."""
        before = self._office.product("rename_sku", product)
        return self._write("rename_sku", before, {"values": _cell("sku", sku, None, None)})

    def upload_image(self, product: str, filename: str, text: str = "", attribute: str = "image") -> Json:
        """An editor uploads an image again: same name or not, it gets a new code, and the value changes."""
        before = self._office.product("upload_image", product)
        content = b"\x89PNG\r\n\x1a\n" + text.encode()
        kept = keep_file(self._pim, self._pim.media, filename, content)
        return {
            **self._write("upload_image", before, {"values": _cell(attribute, kept.code, None, None)}),
            "code": kept.code,
        }

    def delete_product(self, product: str) -> Json:
        """An editor deletes a product; no delta read will ever show it."""
        gone = self._office.product("delete_product", product)
        with self._office.editing("delete_product"):
            remove(self._pim, gone)
        return {"uuid": gone.key}

    def delete_model(self, model: str) -> Json:
        """An editor deletes a product model with all its sub models and variants."""
        gone = self._office.model("delete_model", model)
        with self._office.editing("delete_model"):
            return {"deleted": remove(self._pim, gone)}

    def protect_model(self, model: str, reason: str = "This product model cannot be removed.") -> Json:
        """A rule of the house refuses the API's deletion of a product model, with this reason; "" lifts it."""
        self._office.model("protect_model", model)
        self._pim.protected[model] = reason
        return {"model": model, "protected": bool(reason)}

    def approve_draft(self, product: str) -> Json:
        """A catalogue owner approves the draft that API writes made (setting owns_products off)."""
        before = self._office.product("approve_draft", product)
        if before.key not in self._pim.drafts:
            raise ActError(f"act approve_draft: {product} has no draft; a PATCH makes one when owns_products is off")
        return self._write("approve_draft", before, self._pim.drafts.pop(before.key))

    def _write(self, act: str, before: Entity | None, body: Json, *, by_identifier: bool = False) -> Json:
        key = before.key if before is not None else self._pim.new_uuid()
        writing = Writing("patch_products_uuid__uuid_", by_identifier=by_identifier)
        with self._office.editing(act):
            self._office.desk.products.write(before, key, body, writing)
        after = self._pim.products[key]
        return {"uuid": key, "sku": self._pim.identifier(after), "updated": self._pim.moment(after.updated)}

    def _write_model(self, act: str, before: Entity | None, code: str, body: Json) -> Json:
        with self._office.editing(act):
            writing = Writing("patch_product_models__code_", by_identifier=True)
            self._office.desk.models.write(before, code, body, writing)
        return {"code": code, "updated": self._pim.moment(self._pim.models[code].updated)}


def _cell(attribute: str, value: Any, locale: str | None, scope: str | None) -> Json:
    return {attribute: [{"locale": locale, "scope": scope, "data": value}]}


def _cells(values: Mapping[str, Any]) -> Json:
    """A bare value is one that is neither localisable nor scopable."""
    found: Json = {}
    for attribute, value in values.items():
        ready = isinstance(value, list) and value and isinstance(value[0], dict) and "data" in value[0]
        found |= {attribute: value} if ready else _cell(attribute, value, None, None)
    return found


def _nudged(product: Entity, attribute: str, dice: random.Random) -> Json | None:
    """A small change, in the API's shape; None where the product does not own the attribute."""
    factor = Decimal(dice.choice((102, 103, 105, 108))) / 100
    if attribute == "price" and product.value("price"):
        held = product.value("price")
        prices = [{"amount": f"{one['amount'] * factor:.2f}", "currency": one["currency"]} for one in held]
        return _cell("price", prices, None, None)
    if attribute == "weight" and product.value("weight"):
        held = product.value("weight")
        return _cell("weight", {"amount": f"{held['amount'] * factor:.4f}", "unit": held["unit"]}, None, None)
    if attribute == "name" and product.value("name", "en_GB"):
        word = dice.choice(("new", "improved", "trade", "boxed"))
        return _cell("name", f"{product.value('name', 'en_GB')} {word}"[:100], "en_GB", None)
    if attribute not in ("price", "weight", "name"):
        raise ActError(f"act edit_many: attribute {attribute!r} is none of price, weight, name")
    return None
