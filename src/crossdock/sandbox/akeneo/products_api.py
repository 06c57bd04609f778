"""Products over the wire, through both doors: `products-uuid` and `products`.

The doors differ in their key, in what `identifier` is, in what associations name, in the status of a conversion and in
the status of an unknown search property. Products without identifier are invisible through the second.
"""

from collections.abc import Mapping
from typing import Any

from crossdock.sandbox.akeneo.bulk import bulk_reply
from crossdock.sandbox.akeneo.commit import remove
from crossdock.sandbox.akeneo.desk import Caller, Desk, Route
from crossdock.sandbox.akeneo.documents import product_document
from crossdock.sandbox.akeneo.errors import (
    CHECK,
    Json,
    documented,
    hidden,
    invalid,
    misfit,
    not_found,
    validation,
    violation,
)
from crossdock.sandbox.akeneo.index import Row
from crossdock.sandbox.akeneo.model import PRODUCT, Entity
from crossdock.sandbox.akeneo.paging import Listing, list_reply
from crossdock.sandbox.akeneo.product_search import check_search_size, with_body
from crossdock.sandbox.akeneo.tree import merged_categories, visible
from crossdock.sandbox.akeneo.views import FLAGS, View, view_of
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
from crossdock.sandbox.akeneo.writing import Writing, check_form, is_uuid

REPEATED = ("search", "scope", "search_scope", "search_locale", "locales", "attributes", *FLAGS)
NO_IDENTIFIER = (
    "Validation failed. The identifier field is required for this endpoint. If you want to manipulate products "
    "without identifiers, please use products-uuid endpoints."
)
LIST, EDIT, DELETE = "list products", "create or update products", "delete products"


class ProductDoor:
    """One of the two. by_identifier: the older one."""

    def __init__(self, desk: Desk, *, by_identifier: bool) -> None:
        self.desk, self.pim = desk, desk.pim
        self.by_identifier = by_identifier
        self.path = "products" if by_identifier else "products-uuid"
        self.key = "identifier" if by_identifier else "uuid"
        self.post_anchor = "post_products" if by_identifier else "post_products_uuid"
        self.patch_anchor = "patch_products__code_" if by_identifier else "patch_products_uuid__uuid_"

    def routes(self) -> list[Route]:
        item = f"{self.path}/(?P<key>.+)"
        found = [
            Route("GET", self.path, self.list), Route("POST", self.path, self.create),
            Route("PATCH", self.path, self.bulk), Route("GET", f"{item}/draft", self.draft),
            Route("POST", f"{item}/proposal", self.proposal), Route("GET", item, self.get),
            Route("PATCH", item, self.patch), Route("DELETE", item, self.delete),
        ]  # fmt: skip
        return found if self.by_identifier else [Route("POST", f"{self.path}/search", self.search), *found]

    def list(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(LIST)
        check_accept(call)
        return self._listed(call, call.params)

    def search(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        """The same list; parameters come in a JSON body, `search` in it as a JSON string."""
        caller.need(LIST)
        check_media(call, [JSON])
        return self._listed(with_body(call), with_body(call).params)

    def _listed(self, call: Call, params: Mapping[str, str]) -> Reply:
        view = self._view(call)
        check_search_size(params)
        rows = self.desk.searcher.find(PRODUCT, params, unknown=404 if self.by_identifier else 422)
        rows = [row for row in rows if not self.by_identifier or row.identifier is not None]
        dropped = "search_locale" if self.pim.knobs.links_drop_search_locale else ""
        listing = Listing(
            path=self.path, rows=[row for row in rows if visible(self.pim, row.categories)], key=self._row_key,
            show=lambda row: self._shown(row.key, view), url=lambda row: f"{self.path}/{self._row_key(row)}",
            searchable=True, repeated={one: params[one] for one in REPEATED if one in params and one != dropped},
        )  # fmt: skip
        return list_reply(call, listing, self.desk.faults())

    def _row_key(self, row: Row) -> str:
        return (row.identifier or "") if self.by_identifier else row.key

    def _shown(self, uuid: str, view: View) -> Json | None:
        product = self.pim.products.get(uuid)
        return product_document(self.pim, product, view) if product is not None else None

    def _view(self, call: Call) -> View:
        return view_of(self.pim, call.params, call.base, by_identifier=self.by_identifier)

    def _product(self, key: str) -> Entity | None:
        found = self.pim.by_sku(key) if self.by_identifier else self.pim.products.get(key.lower())
        return found if found is not None and visible(self.pim, merged_categories(self.pim, found)) else None

    def _existing(self, key: str) -> Entity:
        found = self._product(key)
        if found is None:
            raise hidden("Product", key)
        return found

    def get(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(LIST)
        check_accept(call)
        return json_reply(product_document(self.pim, self._existing(found["key"]), self._view(call)))

    def create(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(EDIT)
        check_media(call, [JSON])
        body = parsed_object(call.body)
        if self.by_identifier and body.get("identifier") in (None, ""):
            raise documented(NO_IDENTIFIER, "patch_products_uuid__uuid_")
        uuid = self._uuid(body.pop("uuid", None), self.post_anchor)
        if uuid in self.pim.products:
            raise validation([violation("uuid", f"The {uuid} uuid is already used for another product.")])
        status = self.desk.products.write(None, uuid, body, self._writing(call, self.post_anchor))
        return located(status, self._url(call, self.pim.products[uuid]))

    def _uuid(self, given: Any, anchor: str) -> str:
        if given is None:
            return self.pim.new_uuid()
        check_form("uuid", given, "scalar", anchor)
        if not is_uuid(given):
            raise misfit("This is not a valid UUID.", anchor)
        return str(given).lower()

    def patch(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(EDIT)
        check_media(call, [JSON])
        body = parsed_object(call.body)
        key = found["key"]
        if not self.by_identifier:
            key = self._uuid(key, self.patch_anchor)
        sent = body.get(self.key)
        if sent is not None and sent != key and (not self.by_identifier or self._product(key) is None):
            raise self._mismatch(sent, key)
        status, product = self._upsert(key, body, call)
        return located(status, self._url(call, product))

    def _mismatch(self, sent: object, key: str) -> Exception:
        text = f'The {self.key} "{sent}" provided in the request body must match the {self.key} "{key}" provided'
        return invalid(text + " in the url.")

    def bulk(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need(EDIT)
        check_media(call, [COLLECTION])

        def write(key: str, body: Json) -> int:
            key = key if self.by_identifier else self._uuid(key, self.patch_anchor)
            return self._upsert(key, body, call)[0]

        return bulk_reply(call.body, self.key, write, self.desk.scissors)

    def _upsert(self, key: str, body: Json, call: Call) -> tuple[int, Entity]:
        writing = self._writing(call, self.patch_anchor)
        before = self._product(key)
        sent = {name: value for name, value in body.items() if name != "uuid"}
        if self.by_identifier and sent.get("identifier", key) in (None, ""):
            raise documented(NO_IDENTIFIER, "patch_products_uuid__uuid_")
        if before is None and self.by_identifier:
            sent["identifier"] = key
        if before is not None and not self.pim.knobs.owns_products:
            held = self.pim.drafts.setdefault(before.key, {})
            values = {**held.get("values", {}), **sent.get("values", {})}
            held.update(sent)
            held["values"] = values
            return 204, before
        uuid = before.key if before else self.pim.new_uuid() if self.by_identifier else key
        status = self.desk.products.write(before, uuid, sent, writing)
        return status, self.pim.products[uuid]

    def _writing(self, call: Call, anchor: str) -> Writing:
        """`create_missing_options` counts by being there."""
        return Writing(
            anchor, by_identifier=self.by_identifier,
            create_options=self.pim.saas and "create_missing_options" in call.params,
            update_parents=self.pim.saas and call.flag("update_parent_values") and anchor == self.patch_anchor,
        )  # fmt: skip

    def _url(self, call: Call, product: Entity) -> str:
        key = self.pim.identifier(product) or "" if self.by_identifier else product.key
        return address(call.base, f"{self.path}/{key}")

    def delete(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need(DELETE)
        remove(self.pim, self._existing(found["key"]))
        return Reply(204)

    def draft(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        """The product with its draft laid over it."""
        caller.need(LIST)
        product = self._existing(found["key"])
        if product.key not in self.pim.drafts:
            raise not_found("Product draft of", found["key"])
        body = product_document(self.pim, product, self._view(call))
        draft = self.pim.drafts[product.key]
        body["values"] = {**body["values"], **draft.get("values", {})}
        return json_reply({**body, **{name: value for name, value in draft.items() if name != "values"}})

    def proposal(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        """Submits the draft for approval; it waits for a person."""
        caller.need(EDIT)
        product = self._existing(found["key"])
        if product.key not in self.pim.drafts:
            raise invalid("You should create a draft before submitting it for approval." + CHECK)
        return Reply(201)
