"""Product models over the wire."""

from collections.abc import Mapping

from crossdock.sandbox.akeneo.bulk import bulk_reply
from crossdock.sandbox.akeneo.commit import remove
from crossdock.sandbox.akeneo.desk import Caller, Desk, Route
from crossdock.sandbox.akeneo.documents import model_document
from crossdock.sandbox.akeneo.errors import Json, PimError, hidden, invalid, validation, violation
from crossdock.sandbox.akeneo.model import MODEL, Entity
from crossdock.sandbox.akeneo.paging import Listing, list_reply
from crossdock.sandbox.akeneo.products_api import REPEATED
from crossdock.sandbox.akeneo.views import View, view_of
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
from crossdock.sandbox.akeneo.writing import Writing, check_form

LIST, EDIT, DELETE = "list product models", "create or update product models", "delete product models"
PATH = "product-models"
PATCH_ANCHOR = "patch_product_models__code_"


class ModelApi:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.pim = desk, desk.pim

    def routes(self) -> list[Route]:
        item = f"{PATH}/(?P<key>.+)"
        return [
            Route("GET", PATH, self.list), Route("POST", PATH, self.create), Route("PATCH", PATH, self.bulk),
            Route("GET", item, self.get), Route("PATCH", item, self.patch), Route("DELETE", item, self.delete),
        ]  # fmt: skip

    def list(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(LIST)
        check_accept(call)
        view = view_of(self.pim, call.params, call.base)
        rows = self.desk.searcher.find(MODEL, call.params)
        dropped = "search_locale" if self.pim.knobs.links_drop_search_locale else ""
        listing = Listing(
            path=PATH, rows=rows, key=lambda row: row.key, show=lambda row: self._shown(row.key, view),
            url=lambda row: f"{PATH}/{row.key}", searchable=True,
            repeated={one: call.params[one] for one in REPEATED if one in call.params and one != dropped},
        )  # fmt: skip
        return list_reply(call, listing, self.desk.faults())

    def _shown(self, code: str, view: View) -> Json | None:
        model = self.pim.models.get(code)
        return model_document(self.pim, model, view) if model is not None else None

    def _existing(self, code: str) -> Entity:
        model = self.pim.models.get(code)
        if model is None:
            raise hidden("Product model", code)
        return model

    def get(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(LIST)
        check_accept(call)
        view = view_of(self.pim, call.params, call.base)
        return json_reply(model_document(self.pim, self._existing(found["key"]), view))

    def create(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(EDIT)
        check_media(call, [JSON])
        body = parsed_object(call.body)
        code = body.pop("code", None)
        if code in (None, ""):
            raise validation([violation("code", "The product model code must not be empty.")])
        check_form("code", code, "scalar", "post_product_models")
        if code in self.pim.models:
            raise validation([violation("code", "The same code is already set on another product model.")])
        self.desk.models.write(None, str(code), body, Writing("post_product_models", by_identifier=True))
        return located(201, address(call.base, f"{PATH}/{code}"))

    def patch(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(EDIT)
        check_media(call, [JSON])
        body, code = parsed_object(call.body), found["key"]
        if body.get("code", code) != code:
            sent = body["code"]
            raise invalid(
                f'The code "{sent}" provided in the request body must match the code "{code}" provided in the url.'
            )
        return located(self._upsert(code, body, call), address(call.base, f"{PATH}/{code}"))

    def bulk(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(EDIT)
        check_media(call, [COLLECTION])
        return bulk_reply(call.body, "code", lambda code, body: self._upsert(code, body, call), self.desk.scissors)

    def _upsert(self, code: str, body: Json, call: Call) -> int:
        sent = {name: value for name, value in body.items() if name != "code"}
        options = self.pim.saas and "create_missing_options" in call.params
        writing = Writing(PATCH_ANCHOR, by_identifier=True, create_options=options)
        return self.desk.models.write(self.pim.models.get(code), code, sent, writing)

    def delete(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        """Takes all sub models and variants along."""
        caller.need(DELETE)
        model = self._existing(found["key"])
        if reason := self.pim.protected.get(model.key):
            raise PimError(422, {"messages": [reason]})
        remove(self.pim, model)
        return Reply(204)
