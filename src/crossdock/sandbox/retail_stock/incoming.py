"""What the ERP's side sends: batches of rows, each row answered for itself so that a bad one cannot hide in a 200."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crossdock.sandbox.bridge import FieldError, Fields, Json, Problem, ProblemTable, dec, refuse_if_wrong, ts
from crossdock.sandbox.retail_stock.shop import Shop

ID_MAX = 80
KINDS = ("warehouse", "store", "webshop", "b2b")
ROLES = ("leaf", "parent")
SOURCES = ("sales_order", "web_order", "other")


@dataclass(frozen=True, slots=True)
class Outcome:
    """result: created, updated, unchanged or ignored. notice: a problem of status 200 that goes with it."""

    result: str
    notice: Problem | None = None


def rows_of(shop: Shop, body: Any, name: str, limit: int) -> tuple[list[Any], str]:
    """(the rows, the name of their array). Raises Problem request-invalid: without an array, or with too many rows."""
    names = ("data", "rows", name) if shop.knobs.batch_key == "any" else (shop.knobs.batch_key,)
    array = next((one for one in names if isinstance(body, dict) and isinstance(body.get(one), list)), None)
    if not isinstance(body, dict) or array is None:
        text = f"the rows are an array under {' or '.join(names)}"
        raise Problem("request-invalid", text, errors=[FieldError(f"/{names[0]}", "required", text)])
    rows: list[Any] = body[array]
    if len(rows) > limit:
        text = f"at most {limit} rows in one call"
        raise Problem("request-invalid", text, errors=[FieldError(f"/{array}", "range", text)])
    return rows, array


class Incoming:
    """Takes batches. problems: writes a row's refusal as it would stand alone."""

    def __init__(self, shop: Shop, problems: ProblemTable) -> None:
        self.shop = shop
        self.problems = problems

    def _each(
        self, rows: Sequence[Any], array: str, keys: Sequence[str], take: Callable[[Fields], Outcome]
    ) -> list[Json]:
        return [self._one(raw, f"/{array}/{index}", keys, take) for index, raw in enumerate(rows)]

    def _one(self, raw: Any, pointer: str, keys: Sequence[str], take: Callable[[Fields], Outcome]) -> Json:
        told = {name: raw.get(name) if isinstance(raw, dict) else None for name in keys}
        try:
            outcome = take(Fields(raw, [], pointer))
        except Problem as problem:
            refused = self.problems.document(problem, pointer)
            self.shop.rejected.append({**told, "code": problem.code, "detail": problem.detail})
            return {**told, "result": "rejected", "problem": refused}
        notice = {"problem": self.problems.document(outcome.notice, pointer)} if outcome.notice else {}
        return {**told, "result": outcome.result, **notice}

    def items(self, body: Any) -> Json:
        rows, array = rows_of(self.shop, body, "items", self.shop.knobs.batch_limit("items"))
        answered = self._each(rows, array, ("sku",), self._item)
        for row in answered:
            if row["result"] == "rejected":
                self.shop.outbox.tell("item.rejected", {"sku": row["sku"], "code": row["problem"]["code"]})
        return {"data": answered}

    def _item(self, fields: Fields) -> Outcome:
        role = fields.one_of("stock_role", ROLES)
        content: Json = {
            "id": _id(fields, "id"), "sku": fields.code("sku"), "style_id": _id(fields, "style_id"),
            "item_id": _id(fields, "item_id"),
            "size_id": _id(fields, "size_id") if role == "leaf" else fields.text_or_none("size_id"),
            **{name: fields.text_or_none(name) for name in ("colour_id", "season_id", "brand_id")},
            "stock_role": role, "parent_sku": fields.code_or_none("parent_sku"),
            "barcode": fields.text_or_none("barcode"), "description": fields.text_or_none("description"),
            "status": fields.code("status"),
        }  # fmt: skip
        readiness = fields.group("readiness")
        if readiness is not None and (claimed := readiness.text_or_none("body_map_id")):
            content["readiness"] = {"body_map_id": claimed}
        refuse_if_wrong(fields.wrong)
        before = self._readiness_of(content["id"])
        result = self.shop.put_item(content, self.shop.tick())
        after = self.shop.readiness(content)
        if before is not None and before != after:
            self.shop.outbox.tell("item.readiness_changed", {"sku": content["sku"]})
        if after is not None and after["state"] == "mismatch":
            return Outcome(result, Problem("readiness-mismatch", f"the body map held is {after['body_map_id']}"))
        return Outcome(result)

    def _readiness_of(self, id_: str) -> Json | None:
        held = self.shop.items.rows.get(id_)
        return self.shop.readiness(held.content) if held else None

    def locations(self, body: Any) -> Json:
        rows, array = rows_of(self.shop, body, "locations", self.shop.knobs.batch_limit("items"))
        return {"data": self._each(rows, array, ("location_code",), self._location)}

    def _location(self, fields: Fields) -> Outcome:
        address = fields.value("address")
        content: Json = {
            "location_code": fields.code("location_code"), "kind": fields.one_of("kind", KINDS),
            "stock_owner": fields.one_of("stock_owner", ("retail", "erp")), "address": address,
            "gln": fields.text_or_none("gln"),
        }  # fmt: skip
        if content["kind"] == "store" and not address:
            fields.wrong.append(FieldError(f"{fields.pointer}/address", "required", "a store has an address"))
        refuse_if_wrong(fields.wrong)
        held = self.shop.locations.rows.get(content["location_code"])
        if held is not None and held.content["stock_owner"] != content["stock_owner"]:
            text = f"the stock of {content['location_code']} is owned by {held.content['stock_owner']}"
            raise Problem("location-not-owner", text)
        return Outcome(self.shop.locations.put(content["location_code"], content, self.shop.tick()))

    def levels(self, body: Any) -> Json:
        rows, array = rows_of(self.shop, body, "stock_levels", self.shop.knobs.batch_limit("stock"))
        return {"data": self._each(rows, array, ("location_code", "sku"), self._level)}

    def _level(self, fields: Fields) -> Outcome:
        content: Json = {
            "location_code": fields.code("location_code"), "sku": fields.code("sku"),
            "physical": dec(fields.dec("physical")), "allocated": dec(fields.dec("allocated")),
            "basis": fields.one_of("basis", ("physical", "available")),
            "stock_role": fields.one_of("stock_role", ROLES), "occurred_at": ts(fields.ts("occurred_at")),
        }  # fmt: skip
        available = fields.dec_or_none("available")
        sequence = fields.integer("sequence") if fields.value("sequence") is not None else None
        refuse_if_wrong(fields.wrong)
        difference = Decimal(content["physical"]) - Decimal(content["allocated"])
        content["available"], content["sequence"] = dec(difference), sequence
        self._check_level(content, available, difference)
        key = content["location_code"], content["sku"]
        held = self.shop.told_levels.rows.get(key)
        known = held.content["sequence"] if held else None
        if sequence is not None and known is not None and sequence < known:
            return Outcome("ignored", Problem("stale-sequence", f"{sequence} is older than {known}"))
        return Outcome(self.shop.told_levels.put(key, content, self.shop.tick()))

    def _check_level(self, content: Json, available: Decimal | None, difference: Decimal) -> None:
        if content["stock_role"] == "parent":
            raise Problem("parent-stock-refused", f"{content['sku']} is a parent; send its children")
        if content["basis"] != self.shop.knobs.stock_basis_accepted:
            text = f"levels here assert {self.shop.knobs.stock_basis_accepted}, not {content['basis']}"
            raise Problem("basis-not-accepted", text)
        if available is not None and available != difference:
            text = f"available is {dec(available)}, physical less allocated is {dec(difference)}"
            raise Problem("figure-inconsistent", text)
        if self.shop.location(content["location_code"])["stock_owner"] == "retail":
            raise Problem("location-not-owner", f"the stock of {content['location_code']} is ours to tell")
        if self.shop.item(content["sku"])["stock_role"] == "parent":
            raise Problem("parent-stock-refused", f"{content['sku']} is a parent; send its children")

    def commitments(self, body: Any) -> Json:
        """Replaces the set of the named locations: those of `locations`, or else those the rows name."""
        rows, array = rows_of(self.shop, body, "commitments", self.shop.knobs.batch_limit("stock"))
        whole = Fields(body)
        named = whole.codes("locations") or [str(one.get("location_code")) for one in rows if isinstance(one, dict)]
        refuse_if_wrong(whole.wrong)
        answered = self._each(rows, array, ("id",), lambda fields: self._commitment(fields, named))
        kept = {row["id"] for row in answered if row["result"] != "rejected"}
        held = self.shop.commitments.rows
        gone = [key for key, one in held.items() if one.content["location_code"] in named and key not in kept]
        for key in gone:
            del held[key]
        return {"data": answered, "removed": len(gone)}

    def _commitment(self, fields: Fields, named: Sequence[str]) -> Outcome:
        content: Json = {
            "id": _id(fields, "id"), "location_code": fields.code("location_code"), "sku": fields.code("sku"),
            "quantity": dec(fields.dec("quantity", above=Decimal(0))), "from": ts(fields.ts("from")),
            "to": ts(to) if (to := fields.ts_or_none("to")) else None, "source": fields.one_of("source", SOURCES),
            "source_ref": fields.code("source_ref"),
        }  # fmt: skip
        if content["location_code"] not in named:
            text = "this location's set is not the one replaced"
            fields.wrong.append(FieldError(f"{fields.pointer}/location_code", "enum", text))
        refuse_if_wrong(fields.wrong)
        self.shop.location(content["location_code"])
        self.shop.item(content["sku"])
        return Outcome(self.shop.commitments.put(content["id"], content, self.shop.tick()))

    def sales(self, body: Any) -> Json:
        rows, array = rows_of(self.shop, body, "sales", self.shop.knobs.batch_limit("sales"))
        return {"data": self._each(rows, array, ("sale_id", "line_no"), self._sale)}

    def _sale(self, fields: Fields) -> Outcome:
        content: Json = {
            "sale_id": _id(fields, "sale_id"), "line_no": fields.integer("line_no"),
            "location_code": fields.code("location_code"), "sku": fields.code("sku"),
            "quantity": dec(fields.dec("quantity")), "unit_price": dec(fields.dec("unit_price")),
            "currency": fields.code("currency"), "sold_at": ts(fields.ts("sold_at")),
            "discount_reason": fields.text_or_none("discount_reason"),
        }  # fmt: skip
        refuse_if_wrong(fields.wrong)
        self.shop.location(content["location_code"])
        self.shop.item(content["sku"])
        return Outcome(self.shop.sales.put((content["sale_id"], content["line_no"]), content, self.shop.tick()))

    def transfers(self, body: Any) -> Json:
        rows, array = rows_of(self.shop, body, "transfers", self.shop.knobs.batch_limit("transfers"))
        return {"data": self._each(rows, array, ("transfer_id",), self._transfer)}

    def _transfer(self, fields: Fields) -> Outcome:
        content: Json = {
            "transfer_id": fields.code("transfer_id"), "reference_id": fields.code_or_none("reference_id"),
            "from_location": fields.code("from_location"), "to_location": fields.code("to_location"),
            "open": fields.flag("open"),
            "lines": [
                {"sku": line.code("sku"),
                 **{name: dec(line.dec(name)) for name in ("quantity", "quantity_shipped", "quantity_received")}}
                for line in fields.groups("lines", least=1)
            ],
        }  # fmt: skip
        refuse_if_wrong(fields.wrong)
        for code in (content["from_location"], content["to_location"]):
            self.shop.location(code)
        for line in content["lines"]:
            self.shop.item(line["sku"])
        recommended = self.shop.recommended.get(content["reference_id"] or "")
        if recommended is not None and recommended.status == "open":
            recommended.status = "processed"
        return Outcome(self.shop.transfers.put(content["transfer_id"], content, self.shop.tick()))


def _id(fields: Fields, name: str) -> str:
    """A stable id of up to 80 characters."""
    given = fields.text_or_none(name)
    if given is None and fields.value(name) is None:
        fields.wrong.append(FieldError(f"{fields.pointer}/{name}", "required", f"{name} is required"))
    elif given is not None and not 0 < len(given) <= ID_MAX:
        text = f"{name} has 1 to {ID_MAX} characters"
        fields.wrong.append(FieldError(f"{fields.pointer}/{name}", "range", text))
    return given or ""
