"""`/admin/api`: which action a request means, and its answer."""

from collections.abc import Sequence
from typing import Any

import orjson

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.orocommerce.batch import Batch, Batches
from crossdock.sandbox.orocommerce.documents import Shape, Tree
from crossdock.sandbox.orocommerce.errors import (
    ApiError,
    Json,
    bad_filter,
    fail,
    not_accessible,
    not_allowed,
    not_found,
    unsupported_subresource,
)
from crossdock.sandbox.orocommerce.query import ALL, parse
from crossdock.sandbox.orocommerce.saver import Saved, Saver
from crossdock.sandbox.orocommerce.schema import Relation, Resource
from crossdock.sandbox.orocommerce.selection import Page, Selector
from crossdock.sandbox.orocommerce.shop import Shop
from crossdock.sandbox.orocommerce.store import Row, Table
from crossdock.sandbox.orocommerce.wire import JSON, Call, Reply, document, overridden, refusal, speaks_json_api

DELETE_LIST_MAX = 100
COLLECTION = {"GET": "get_list", "POST": "create", "PATCH": "update_list", "DELETE": "delete_list"}
ITEM = {"GET": "get", "PATCH": "update", "DELETE": "delete"}
RELATIONSHIP = {"PATCH": "update_relationship", "POST": "add_relationship", "DELETE": "delete_relationship"}


class Api:
    """Answers calls, one at a time."""

    def __init__(self, shop: Shop, saver: Saver, batches: Batches, faults: FaultPlan) -> None:
        self.shop = shop
        self.saver = saver
        self.batches = batches
        self.faults = faults

    def answer(self, call: Call) -> Reply:
        json_api = True
        try:
            json_api = speaks_json_api(call)
            reply = Exchange(self, call, json_api=json_api).answer()
        except ApiError as error:
            return refusal(error, json_api=json_api)
        if not json_api:
            reply.media = JSON
        return reply


class Exchange:
    """One call being answered."""

    def __init__(self, api: Api, call: Call, *, json_api: bool) -> None:
        self.api = api
        self.shop = api.shop
        self.call = call
        self.json_api = json_api
        self.wants = call.wants
        self.method = call.method
        if self.method == "POST" and call.headers.get("X-HTTP-Method-Override", "").upper() == "GET":
            self.method = "GET"
            self.query = parse(*overridden(call))
        else:
            self.query = parse(call.query)
        self.shape = Shape(
            base="" if "noHateoas" in self.wants or not json_api else call.base,
            fields=self.query.fields,
            title=self.query.title,
        )

    def answer(self) -> Reply:
        parts = self.call.parts
        resource = self.shop.resources.get(parts[0]) if parts else None
        if resource is None or not resource.actions:
            raise not_accessible()
        match parts[1:]:
            case ():
                return self._collection(resource)
            case (id_,):
                return self._item(resource, id_)
            case (id_, name):
                return self._subresource(resource, id_, name)
            case (id_, "relationships", name):
                return self._relationship(resource, id_, name)
        raise not_found()

    # What may be done

    def _route(self, resource: Resource, methods: dict[str, str]) -> Reply | None:
        """The answer to OPTIONS, None to go on. Raises the 405 with its Allow header."""
        allowed = [method for method, action in methods.items() if action in resource.actions]
        return self._options(allowed, methods.get(self.method, self.method.lower()))

    def _options(self, allowed: Sequence[str], action: str) -> Reply | None:
        allow = ["OPTIONS", *allowed]
        if self.method == "OPTIONS":
            return Reply(200, b"", {"Allow": ", ".join(allow)})
        if self.method not in allowed:
            raise not_allowed(action, allow)
        return None

    def _collection(self, resource: Resource) -> Reply:
        options = self._route(resource, COLLECTION)
        if options is not None:
            return options
        if self.method == "GET":
            return self._list(resource)
        if self.method == "POST":
            return self._save(resource, None)
        return self._batch(resource) if self.method == "PATCH" else self._delete_list(resource)

    def _item(self, resource: Resource, id_: str) -> Reply:
        options = self._route(resource, ITEM)
        if options is not None:
            return options
        if self.method == "PATCH":
            self._row_form(resource, id_)
            return self._save(resource, id_)
        row = self._row(resource, id_)
        if self.method == "GET":
            self._check_include(resource, self.query.include)
            return Reply(200, self._one(row))
        self.api.saver.delete(row)
        return Reply(204)

    def _row_form(self, resource: Resource, id_: str) -> None:
        """An id of the wrong form is refused before the body is looked at."""
        if resource.type == "webhooks" and id_.count("-") != 4:
            raise fail(400, "entity identifier constraint", f'Expected GUID value. Given "{id_}".')
        if resource.numeric and not id_.isdigit():
            raise fail(400, "entity identifier constraint", f'Expected integer value. Given "{id_}".')

    def _row(self, resource: Resource, id_: str) -> Row:
        self._row_form(resource, id_)
        return self.api.saver.row(resource, id_)

    # Reading

    def _list(self, resource: Resource) -> Reply:
        self._check_query(resource)
        table = self.shop.store[resource.type]
        if resource.type == "ordersubtotals":
            return self._answer_page(resource, self._subtotals(), resource.type)
        page = self._selector.page(table, self.query)
        if resource.type == "orders":
            self.shop.unheard.list_orders()
        return self._answer_page(resource, page, resource.type)

    @property
    def _selector(self) -> Selector:
        return self.shop.selector

    def _check_query(self, resource: Resource) -> None:
        self._check_include(resource, self.query.include)
        if not resource.paged:
            self.query.size = ALL
        cap = self.shop.knobs.page_size_max
        if cap and (self.query.size > cap or self.query.size == ALL) and resource.paged:
            raise bad_filter(f"The value should be less than or equals to {cap}.", "page[size]")
        if resource.needs:
            needed = [one for one in self.query.filters if one.path == (resource.needs,)]
            if not needed:
                raise bad_filter(f'The "{resource.needs}" filter is required.')
        if resource.type == "productprices":
            self._check_price_ids()

    def _check_price_ids(self) -> None:
        for one in self.query.filters:
            if one.path == ("id",):
                for id_ in one.value.split(","):
                    if id_.count("-") != 5:
                        raise bad_filter(f'Expected a product price ID. Given "{id_}".', one.key)

    def _check_include(self, resource: Resource, tree: Tree) -> None:
        for name, deeper in tree.items():
            relation = resource.relations.get(name)
            if relation is None:
                raise bad_filter("The filter is not supported.", "include")
            target = self.shop.resources.get(relation.target)
            if deeper and target is not None:
                self._check_include(target, deeper)

    def _subtotals(self) -> Page:
        """Computed rows: found by their orders, never paged."""
        orders = self.shop.store["orders"]
        wanted = next(one.value for one in self.query.filters if one.path == ("order",))
        found = [orders.rows[id_.strip()] for id_ in wanted.split(",") if id_.strip() in orders.rows]
        rows = [row for order in found for row in self.shop.subtotals(order)]
        return Page(rows, len(rows), more=False)

    def _answer_page(self, resource: Resource, page: Page, path: str, *, names_only: bool = False) -> Reply:
        rows = self._troubled(page.rows)
        headers = {"X-Include-Total-Count": str(page.total)} if "totalCount" in self.wants else {}
        if not self.json_api:
            return Reply(200, orjson.dumps([self._plain(row) for row in rows]), headers)
        body: Json = {"data": [row.ref if names_only else self.shop.writer.one(row, self.shape) for row in rows]}
        if self.query.include and not names_only:
            included = self.shop.writer.included(rows, self.query.include, self.shape)
            body["included"] = [self.shop.writer.one(row, self.shape) for row in included]
        if self.shape.base:
            body["links"] = self._links(f"{self.shape.base}/{path}", page)
        return Reply(200, orjson.dumps(body), headers)

    def _links(self, url: str, page: Page) -> Json:
        links = {"self": url}
        if self.query.number > 1 and self.query.size != ALL:
            links["first"] = url + self.query.link(1)
            links["prev"] = url + self.query.link(self.query.number - 1)
        if page.more:
            links["next"] = url + self.query.link(self.query.number + 1)
        return links

    def _troubled(self, rows: list[Row]) -> list[Row]:
        if rows and self.api.faults.faults:
            if self.api.faults.draw("short_list", self.call.label):
                rows = rows[: len(rows) - 1 - len(rows) // 10]
            if rows and self.api.faults.draw("duplicate_row", self.call.label):
                rows = [*rows, rows[0]]
        return rows

    def _plain(self, row: Row) -> Json:
        return self.shop.writer.plain(row, self.query.include, self.shape)

    def _one(self, row: Row, included: Sequence[tuple[str, Row]] = ()) -> bytes:
        """One record. included: rows the caller sent along, to be answered with the ids the caller gave them."""
        if not self.json_api:
            return orjson.dumps(self._plain(row))
        writer = self.shop.writer
        body: Json = {"data": writer.one(row, self.shape)}
        sent: list[Any] = [writer.with_meta(other, self.shape, {"includeId": id_}) for id_, other in included]
        answered = {(other.type, other.id) for _, other in included}
        if self.query.include:
            found = writer.included([row], self.query.include, self.shape)
            sent.extend(writer.one(other, self.shape) for other in found if (other.type, other.id) not in answered)
        if sent:
            body["included"] = sent
        return orjson.dumps(body)

    def _subresource(self, resource: Resource, id_: str, name: str) -> Reply:
        relation = self._related(resource, name)
        options = self._options(["GET"], "get_subresource")
        if options is not None:
            return options
        row = self._row(resource, id_)
        path = f"{resource.type}/{id_}/{name}"
        if relation is None:
            return self._operation_errors(row, path)
        target = self.shop.resources.get(relation.target)
        if target is None:
            return Reply(200, orjson.dumps({"data": [] if relation.many else None}))
        self._check_include(target, self.query.include)
        if relation.many:
            page = self._selector.page(self._table(target), self.query, self._rows(row, name))
            return self._answer_page(target, page, path)
        related = self.shop.resolve(row.relations[name]) if row.relations[name] else None
        if related is None:
            return Reply(200, orjson.dumps({"data": None} if self.json_api else None))
        return Reply(200, self._one(related))

    def _related(self, resource: Resource, name: str) -> Relation | None:
        """The relation behind a path; None for the errors of an asynchronous operation, which is only a path."""
        if resource.type == "asyncoperations" and name == "errors":
            return None
        relation = resource.relations.get(name)
        if relation is None or not resource.subresources:
            raise unsupported_subresource()
        return relation

    def _operation_errors(self, operation: Row, path: str) -> Reply:
        target = self.shop.resources["asyncoperationerrors"]
        page = self._selector.page(self._table(target), self.query, operation.hidden["errors"])
        return self._answer_page(target, page, path)

    def _table(self, resource: Resource) -> Table:
        return self.shop.store[resource.type]

    def _rows(self, row: Row, name: str) -> list[Row]:
        return [found for ref in row.many(name) if (found := self.shop.resolve(ref)) is not None]

    def _relationship(self, resource: Resource, id_: str, name: str) -> Reply:
        relation = self._related(resource, name)
        if relation is None:
            raise unsupported_subresource()
        writable = not (relation.read_only or relation.create_only) and "update" in resource.actions
        changes = (["PATCH", "POST", "DELETE"] if relation.many else ["PATCH"]) if writable else []
        options = self._options(["GET", *changes], RELATIONSHIP.get(self.method, "get_relationship"))
        if options is not None:
            return options
        row = self._row(resource, id_)
        if self.method != "GET":
            self.api.saver.relationship(resource, row, name, self.method, document(self.call))
            return Reply(204)
        if not relation.many:
            return Reply(200, orjson.dumps({"data": row.relations[name]}))
        target = self.shop.resources.get(relation.target)
        if target is None:
            return Reply(200, orjson.dumps({"data": []}))
        page = self._selector.page(self._table(target), self.query, self._rows(row, name))
        return self._answer_page(target, page, f"{resource.type}/{id_}/relationships/{name}", names_only=True)

    # Writing

    def _save(self, resource: Resource, id_: str | None) -> Reply:
        self._check_include(resource, self.query.include)
        body = document(self.call)
        written = self.api.saver.document(resource, body, id_, self._saved)
        return Reply(201 if written.created else 200, written.body)

    def _saved(self, saved: Saved) -> bytes:
        return self._one(saved.row, saved.included)

    def _batch(self, resource: Resource) -> Reply:
        mode = self.call.headers.get("X-Mode", "async") if self.shop.profile.sync_batch else "async"
        if mode not in ("sync", "async"):
            detail = f'The "X-Mode" request header value should be "async" or "sync". Given "{mode}".'
            raise fail(400, "bad request http exception", detail)
        batch = Batch.read(resource, document(self.call))
        if mode == "sync" and self.shop.knobs.mq_running and not self.shop.knobs.sync_batch_fallback:
            return Reply(200, self._many(batch, self.api.batches.synchronous(batch)))
        operation = self.api.batches.asynchronous(batch)
        headers = {"Content-Location": f"{self.call.base}/asyncoperations/{operation.id}"}
        return Reply(202, self._one(operation), headers)

    def _many(self, batch: Batch, saved: Sequence[Saved]) -> bytes:
        """Every record of a synchronous batch in the order of the request, with the ids the caller gave."""
        if not self.json_api:
            return orjson.dumps([self._plain(one.row) for one in saved])
        writer, data = self.shop.writer, []
        for item, one in zip(batch.items, saved, strict=True):
            id_ = item.get("id")
            written = writer.with_meta(one.row, self.shape, {"dataId": id_}) if id_ else None
            data.append(written or writer.one(one.row, self.shape))
        body: Json = {"data": data}
        included: list[Any] = [
            writer.with_meta(row, self.shape, {"includeId": id_}) for one in saved for id_, row in one.included
        ]
        if self.query.include:
            found = writer.included([one.row for one in saved], self.query.include, self.shape)
            included.extend(writer.one(row, self.shape) for row in found)
        if included:
            body["included"] = included
        return orjson.dumps(body)

    def _delete_list(self, resource: Resource) -> Reply:
        """At most 100 rows a call, and never without a filter."""
        if not self.query.filters:
            raise bad_filter("At least one filter must be provided.")
        self._check_query(resource)
        rows = self._selector.rows(self._table(resource), self.query.filters)
        headers = {"X-Include-Total-Count": str(len(rows))} if "totalCount" in self.wants else {}
        rows = rows[:DELETE_LIST_MAX]
        for row in rows:
            self.api.saver.delete(row)
        if "deletedCount" in self.wants:
            headers["X-Include-Deleted-Count"] = str(len(rows))
        return Reply(204, headers=headers)
