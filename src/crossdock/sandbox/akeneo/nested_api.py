"""What hangs below something else: the options of an attribute, the variants of a family; and measurement families."""

import copy
from collections.abc import Mapping
from functools import partial

from crossdock.sandbox.akeneo.bulk import bulk_reply
from crossdock.sandbox.akeneo.desk import Caller, Desk, Route
from crossdock.sandbox.akeneo.errors import Json, PimError, invalid, not_found, plain, validation, violation
from crossdock.sandbox.akeneo.paging import Listing, list_reply
from crossdock.sandbox.akeneo.structure_kinds import OPTIONS, VARIANTS, Kind
from crossdock.sandbox.akeneo.structure_writer import StructureWriter
from crossdock.sandbox.akeneo.values import NAMES, SELECTS
from crossdock.sandbox.akeneo.wire import (
    COLLECTION,
    JSON,
    Call,
    Reply,
    address,
    check_accept,
    check_media,
    json_reply,
    located,
    parsed,
    parsed_object,
)

NO_OPTIONS = f'Only attributes of type "{NAMES["select"]}", "{NAMES["multiselect"]}" support options'
ARRAY_MAX, UNITS_MAX, STEPS_MAX = 100, 50, 5


class NestedApi:
    def __init__(self, desk: Desk, writer: StructureWriter) -> None:
        self.desk, self.pim, self.writer = desk, desk.pim, writer

    def routes(self) -> list[Route]:
        found: list[Route] = []
        for kind, slow in ((OPTIONS, True), (VARIANTS, False)):
            path = kind.path.format("(?P<owner>[^/]+)")
            item = f"{path}/(?P<key>[^/]+)"
            found += [
                Route("GET", path, partial(self.list, kind)), Route("GET", item, partial(self.get, kind)),
                Route("POST", path, partial(self.create, kind)),
                Route("PATCH", path, partial(self.bulk, kind), options_rate=slow),
                Route("PATCH", item, partial(self.patch, kind), options_rate=slow),
            ]  # fmt: skip
        return [
            *found, Route("GET", "measurement-families", self.measures),
            Route("PATCH", "measurement-families", self.patch_measures),
        ]  # fmt: skip

    def _owned(self, kind: Kind, owner: str, *, writing: bool = False) -> str:
        """The table of what hangs below the owner. Raises the 404s."""
        if kind is VARIANTS:
            if owner not in self.pim.table("families"):
                raise not_found("Family", owner)
            return "family_variants"
        attribute = self.pim.attribute(owner)
        if attribute is None:
            raise not_found("Attribute", owner)
        if attribute["type"] not in SELECTS:
            text = f'Attribute "{owner}" does not support options. {NO_OPTIONS}'
            raise validation([violation("attribute", text)]) if writing else plain(404, text + ".")
        return f"options/{owner}"

    def _rows(self, kind: Kind, table: str, owner: str) -> dict[str, Json]:
        rows = self.pim.table(table)
        return rows if kind is OPTIONS else {code: one for code, one in rows.items() if one["~family"] == owner}

    def _show(self, kind: Kind, row: Json) -> Json:
        body = {name: value for name, value in row.items() if not name.startswith("~")}
        if kind is VARIANTS and self.pim.saas:
            below = {code for one in row["variant_attribute_sets"] for code in one["attributes"]}
            family = self.pim.table("families")[row["~family"]]
            body["common_attributes"] = [code for code in family["attributes"] if code not in below]
        return body

    def list(self, kind: Kind, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(f"list {kind.plural}")
        check_accept(call)
        path = kind.path.format(found["owner"])
        rows = self._rows(kind, self._owned(kind, found["owner"]), found["owner"])
        listing = Listing(
            path=path, rows=list(rows.values()), key=lambda row: str(row["code"]), show=partial(self._show, kind),
            url=lambda row: f"{path}/{row['code']}", repeated={},
        )  # fmt: skip
        return list_reply(call, listing, self.desk.faults())

    def get(self, kind: Kind, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(f"list {kind.plural}")
        check_accept(call)
        owner, code = found["owner"], found["key"]
        row = self._rows(kind, self._owned(kind, owner), owner).get(code)
        if row is None:
            what = "an option of the attribute" if kind is OPTIONS else "a variant of the family"
            raise plain(404, f'{kind.noun} "{code}" does not exist or is not {what} "{owner}".')
        return json_reply(self._show(kind, row))

    def create(self, kind: Kind, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(f"create or update {kind.plural}")
        check_media(call, [JSON])
        owner, body = found["owner"], parsed_object(call.body)
        table = self._owned(kind, owner, writing=True)
        self._same_owner(kind, owner, body)
        self.writer.create(kind, table, body, owner)
        return located(201, address(call.base, f"{kind.path.format(owner)}/{body['code']}"))

    def patch(self, kind: Kind, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(f"create or update {kind.plural}")
        check_media(call, [JSON])
        owner, code, body = found["owner"], found["key"], parsed_object(call.body)
        table = self._owned(kind, owner, writing=True)
        self._same_owner(kind, owner, body)
        if body.get("code", code) != code:
            noun = "option code" if kind is OPTIONS else "code"
            text = f'The {noun} "{body["code"]}" provided in the request body must match the {noun} "{code}"'
            raise invalid(f"{text} provided in the url.")
        status = self._upsert(kind, table, owner, code, body)
        return located(status, address(call.base, f"{kind.path.format(owner)}/{code}"))

    def _upsert(self, kind: Kind, table: str, owner: str, code: str, body: Json) -> int:
        anchor = kind.patch_anchor + ("_" if kind is VARIANTS else "")  # so it stands in the API reference
        held = self.pim.table(table).get(code)
        if kind is VARIANTS and held is not None and held["~family"] != owner:
            raise validation([violation("family", "This property cannot be changed.")])
        return self.writer.upsert(kind, table, code, body, owner, anchor=anchor)

    def _same_owner(self, kind: Kind, owner: str, body: Json) -> None:
        sent = body.get("attribute", owner)
        if kind is OPTIONS and sent != owner:
            text = f'The attribute code "{sent}" provided in the request body must match the attribute code "{owner}"'
            raise invalid(f"{text} provided in the url.")

    def bulk(self, kind: Kind, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(f"create or update {kind.plural}")
        check_media(call, [COLLECTION])
        owner = found["owner"]
        table = self._owned(kind, owner, writing=True)
        return bulk_reply(call.body, "code", partial(self._upsert, kind, table, owner), self.desk.scissors)

    def measures(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        """A plain array: no pages, no links."""
        caller.need("list measurement families")
        check_accept(call)
        return json_reply(list(self.pim.table("measurement_families").values()))

    def patch_measures(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        """An array in and an array out, not lines."""
        caller.need("create or update measurement families")
        check_media(call, [JSON])
        body = parsed(call.body)
        if not isinstance(body, list):
            raise plain(400, "The list of measurement families has an invalid format.")
        if len(body) > ARRAY_MAX:
            raise plain(413, f"Too many resources to process, {ARRAY_MAX} is the maximum allowed.")
        return json_reply([self._measure(one) for one in body])

    def _measure(self, sent: Json) -> Json:
        code = sent.get("code") if isinstance(sent, dict) else None
        if not isinstance(code, str) or not code:
            return {"code": code, "status_code": 422, "message": "Code is missing."}
        held = self.pim.table("measurement_families")
        after = copy.deepcopy(held.get(code, {"code": code, "labels": {}, "standard_unit_code": None, "units": {}}))
        after["labels"].update(sent.get("labels") or {})
        after["units"].update(sent.get("units") or {})
        after["standard_unit_code"] = sent.get("standard_unit_code", after["standard_unit_code"])
        try:
            _check_measures(after)
        except PimError as error:
            return {"code": code, **error.line()}
        status = 204 if code in held else 201
        held[code] = after
        return {"code": code, "status_code": status}


def _check_measures(family: Json) -> None:
    found = []
    if family["standard_unit_code"] not in family["units"]:
        found.append(violation("standard_unit_code", "The standard unit code does not exist in the list of units."))
    if len(family["units"]) > UNITS_MAX:
        found.append(violation("units", f"You’ve reached the limit of {UNITS_MAX} units."))
    for code, unit in family["units"].items():
        if not 1 <= len(unit.get("convert_from_standard", ())) <= STEPS_MAX:
            text = f"A minimum of one and a maximum of {STEPS_MAX} conversion operations per unit should be defined."
            found.append(violation(f"units[{code}][convert_from_standard]", text))
    if found:
        raise validation(found)
