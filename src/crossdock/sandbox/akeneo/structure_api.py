"""Families, attributes, groups, categories, channels, association types, locales and currencies over the wire."""

from collections.abc import Mapping
from functools import partial

from crossdock.sandbox.akeneo.bulk import bulk_reply
from crossdock.sandbox.akeneo.desk import Caller, Desk, Route
from crossdock.sandbox.akeneo.documents import emptied
from crossdock.sandbox.akeneo.errors import Json, PimError, invalid, not_found
from crossdock.sandbox.akeneo.paging import Listing, list_reply
from crossdock.sandbox.akeneo.structure_kinds import CURRENCIES, FAMILIES, LOCALES, WRITABLE, Kind
from crossdock.sandbox.akeneo.structure_search import find_rows
from crossdock.sandbox.akeneo.structure_writer import StructureWriter
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
    parsed_object,
)

SAAS_ONLY = {"families": ("parent",), "attributes": ("decimal_places_strategy", "decimal_places")}
CARRIED = ("search", "with_position", "with_enriched_attributes", "with_table_select_options")


class StructureApi:
    """Every resource that is a table of codes and nothing more."""

    def __init__(self, desk: Desk, writer: StructureWriter) -> None:
        self.desk, self.pim, self.writer = desk, desk.pim, writer

    def routes(self) -> list[Route]:
        found = [Route("DELETE", f"{FAMILIES.path}/(?P<key>[^/]+)", self.delete_family)]
        for kind in (*WRITABLE, LOCALES, CURRENCIES):
            item = f"{kind.path}/(?P<key>[^/]+)"
            found += [Route("GET", kind.path, partial(self.list, kind)), Route("GET", item, partial(self.get, kind))]
            if kind in WRITABLE:
                found += [
                    Route("POST", kind.path, partial(self.create, kind)),
                    Route("PATCH", kind.path, partial(self.bulk, kind)),
                    Route("PATCH", item, partial(self.patch, kind)),
                ]  # fmt: skip
        return found

    def show(self, kind: Kind, row: Json, params: Mapping[str, str]) -> Json:
        """A row as bodies show it."""
        body = {name: value for name, value in row.items() if not name.startswith("~")}
        if not self.pim.saas:
            body = {name: value for name, value in body.items() if name not in SAAS_ONLY.get(kind.table, ())}
        if kind.table == "attributes":
            body["group_labels"] = self.pim.table("attribute_groups").get(row["group"], {}).get("labels", {})
        if kind.table == "categories":
            body["updated"] = self.pim.moment(row["~updated"])
            siblings = [one["code"] for one in self.pim.table("categories").values() if one["parent"] == row["parent"]]
            if params.get("with_position") == "true":
                body["position"] = siblings.index(row["code"]) + 1
            if params.get("with_enriched_attributes") == "true" and self.pim.saas:
                body["values"] = {}
        return emptied(self.pim, kind.path, body)

    def list(self, kind: Kind, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(f"list {kind.plural}")
        check_accept(call)
        rows = find_rows(self.pim, kind, list(self.pim.table(kind.table).values()), call.params.get("search"))
        listing = Listing(
            path=kind.path, rows=rows, key=lambda row: str(row["code"]),
            show=lambda row: self.show(kind, row, call.params), url=lambda row: f"{kind.path}/{row['code']}",
            repeated={name: call.params[name] for name in CARRIED if name in call.params},
        )  # fmt: skip
        return list_reply(call, listing, self.desk.faults())

    def get(self, kind: Kind, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(f"list {kind.plural}")
        check_accept(call)
        row = self.pim.table(kind.table).get(found["key"])
        if row is None:
            raise not_found(kind.noun, found["key"])
        return json_reply(self.show(kind, row, call.params))

    def create(self, kind: Kind, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(f"create or update {kind.plural}")
        check_media(call, [JSON])
        body = parsed_object(call.body)
        self.writer.create(kind, kind.table, body)
        return located(201, address(call.base, f"{kind.path}/{body['code']}"))

    def patch(self, kind: Kind, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(f"create or update {kind.plural}")
        check_media(call, [JSON])
        body, code = parsed_object(call.body), found["key"]
        check_code(body, code)
        status = self.writer.upsert(kind, kind.table, code, body)
        return located(status, address(call.base, f"{kind.path}/{code}"))

    def bulk(self, kind: Kind, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(f"create or update {kind.plural}")
        check_media(call, [COLLECTION])
        return bulk_reply(call.body, "code", partial(self.writer.upsert, kind, kind.table), self.desk.scissors)

    def delete_family(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        """Since June 2024; refused while anything uses the family."""
        caller.need("delete families")
        code = found["key"]
        if code not in self.pim.table("families"):
            raise not_found("Family", code)
        users = [one for one in [*self.pim.products.values(), *self.pim.models.values()] if one.family == code]
        if users or any(one["~family"] == code for one in self.pim.table("family_variants").values()):
            raise PimError(422, {"message": f'Family "{code}" is used by products or family variants.'})
        del self.pim.table("families")[code]
        self.pim.tell_structure("family", "deleted", {"code": code})
        return Reply(204)


def check_code(body: Json, code: str) -> None:
    sent = body.get("code", code)
    if sent != code:
        raise invalid(
            f'The code "{sent}" provided in the request body must match the code "{code}" provided in the url.'
        )
