"""The Asset Manager (not in the Community edition): asset families, assets, their media files and share links.

Akeneo REST API, "Asset manager". The key of a channel is `channel` here, not `scope`; lists know only `search_after`.
"""

import copy
from collections.abc import Mapping

from crossdock.sandbox.akeneo.desk import Caller, Desk, Route
from crossdock.sandbox.akeneo.errors import Json, invalid, not_found, plain
from crossdock.sandbox.akeneo.media_api import MULTIPART, download, keep_file
from crossdock.sandbox.akeneo.model import MediaFile
from crossdock.sandbox.akeneo.paging import Listing, list_reply
from crossdock.sandbox.akeneo.search import read_search
from crossdock.sandbox.akeneo.structure_search import iso_date
from crossdock.sandbox.akeneo.wire import (
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

ARRAY_MAX = 100


class AssetApi:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.pim = desk, desk.pim

    def routes(self) -> list[Route]:
        if self.pim.knobs.edition == "ce":
            return []
        assets = "asset-families/(?P<owner>[^/]+)/assets"
        return [
            Route("GET", "asset-families", self.families), Route("GET", assets, self.list),
            Route("PATCH", assets, self.bulk), Route("GET", f"{assets}/(?P<key>[^/]+)", self.get),
            Route("PATCH", f"{assets}/(?P<key>[^/]+)", self.patch),
            Route("DELETE", f"{assets}/(?P<key>[^/]+)", self.delete),
            Route("GET", "asset-families/(?P<key>[^/]+)", self.family),
            Route("POST", "asset-media-files", self.upload), Route("GET", "asset-media-files/(?P<key>.+)", self.media),
        ]  # fmt: skip

    def _assets(self, family: str) -> dict[str, Json]:
        if family not in self.pim.assets:
            raise not_found("Asset family", family)
        return self.pim.assets[family]

    def families(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need("list asset families")
        rows = list(self.pim.table("asset_families").values())
        listing = Listing(
            path="asset-families", rows=rows, key=lambda row: str(row["code"]), show=dict,
            url=lambda row: f"asset-families/{row['code']}", by_cursor_only=True, repeated={},
        )  # fmt: skip
        return list_reply(call, listing, self.desk.faults())

    def family(self, _: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need("list asset families")
        self._assets(found["key"])
        return json_reply(self.pim.table("asset_families")[found["key"]])

    def list(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need("list assets")
        check_accept(call)
        family = found["owner"]
        rows = list(self._assets(family).values())
        for name, conditions in read_search(call.params.get("search") or "{}", refusal=400).items():
            for one in conditions:
                if name == "code" and one["operator"] == "IN":
                    rows = [row for row in rows if row["code"] in one["value"]]
                elif name == "updated" and one["operator"] == ">":
                    after = iso_date(one["value"])
                    rows = [row for row in rows if row["~updated"] > after]
                else:
                    raise invalid(f'Filter on property "{name}" does not support operator "{one["operator"]}"')
        path = f"asset-families/{family}/assets"
        listing = Listing(
            path=path, rows=rows, key=lambda row: str(row["code"]), show=lambda row: self._show(family, row, call),
            url=lambda row: f"{path}/{row['code']}", by_cursor_only=True,
            repeated={"search": call.params["search"]} if "search" in call.params else {},
        )  # fmt: skip
        return list_reply(call, listing, self.desk.faults())

    def _show(self, family: str, row: Json, call: Call) -> Json:
        values = copy.deepcopy(row["values"])
        for name, cells in values.items():
            for cell in cells:
                if cell["data"] not in self.pim.asset_media:
                    continue
                href = address(call.base, f"asset-media-files/{cell['data']}")
                cell["_links"] = {"download": {"href": href}}
                if self.pim.knobs.asset_sharing:
                    cell["_links"]["share_link"] = {"href": f"{call.base}/share/{family}/{name}/{row['code']}"}
                if self.pim.saas:
                    cell["attribute_type"] = "media_file"
        dates = {"created": self.pim.moment(row["~created"]), "updated": self.pim.moment(row["~updated"])}
        return {"code": row["code"], "values": values, **dates}

    def get(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need("list assets")
        check_accept(call)
        return json_reply(self._show(found["owner"], self._asset(found), call))

    def _asset(self, found: Mapping[str, str]) -> Json:
        row = self._assets(found["owner"]).get(found["key"])
        if row is None:
            raise not_found("Asset", found["key"])
        return row

    def patch(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need("create or update assets")
        check_media(call, [JSON])
        status = self.upsert(found["owner"], found["key"], parsed_object(call.body))
        return located(status, address(call.base, f"asset-families/{found['owner']}/assets/{found['key']}"))

    def bulk(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        """An array in and an array out, not lines."""
        caller.need("create or update assets")
        check_media(call, [JSON])
        body = parsed(call.body)
        if not isinstance(body, list):
            raise plain(400, "The list of assets has an invalid format.")
        if len(body) > ARRAY_MAX:
            raise plain(413, f"Too many resources to process, {ARRAY_MAX} is the maximum allowed.")
        answers = []
        for one in body:
            code = one.get("code") if isinstance(one, dict) else None
            if not isinstance(code, str) or not code:
                answers.append({"code": code, "status_code": 422, "message": "Code is missing."})
            else:
                answers.append({"code": code, "status_code": self.upsert(found["owner"], code, one)})
        return json_reply(answers)

    def upsert(self, family: str, code: str, body: Json) -> int:
        """Cells merge per attribute, locale and channel."""
        held = self._assets(family)
        before = held.get(code)
        values = copy.deepcopy(before["values"]) if before is not None else {}
        for name, cells in (body.get("values") or {}).items():
            kept = {(cell["locale"], cell["channel"]): cell for cell in values.get(name, ())}
            kept.update({(cell.get("locale"), cell.get("channel")): _cell(cell) for cell in cells})
            values[name] = [cell for cell in kept.values() if cell["data"] not in (None, "")]
        if before is None or before["values"] != values:
            now = self.pim.now()
            created = before["~created"] if before is not None else now
            held[code] = {"code": code, "values": values, "~created": created, "~updated": now}
            action = "created" if before is None else "updated"
            self.pim.tell_structure("asset", action, {"code": code, "asset_family": family})
        return 201 if before is None else 204

    def delete(self, _: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need("delete assets")
        code = self._asset(found)["code"]
        del self.pim.assets[found["owner"]][code]
        self.pim.tell_structure("asset", "deleted", {"code": code, "asset_family": found["owner"]})
        return Reply(204)

    def upload(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need("create or update assets")
        check_media(call, [MULTIPART])
        part = call.form.get("file")
        if part is None or not part.filename:
            raise invalid('Property "file" is required.')
        kept = keep_file(self.pim, self.pim.asset_media, part.filename, part.content)
        reply = located(201, address(call.base, f"asset-media-files/{kept.code}"))
        reply.headers["Asset-media-file-code"] = kept.code
        return reply

    def media(self, _: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        """The file itself: the `download` link of an asset has no `/download` at its end."""
        caller.need("list assets")
        kept = self.pim.asset_media.get(found["key"])
        if kept is None:
            raise not_found("Media file", found["key"])
        return download(kept)

    def shared(self, family: str, attribute: str, code: str) -> MediaFile | None:
        """What a public share link shows."""
        row = self.pim.assets.get(family, {}).get(code)
        if row is None or not self.pim.knobs.asset_sharing:
            return None
        data = [cell["data"] for cell in row["values"].get(attribute, ())]
        return self.pim.asset_media.get(data[0]) if data else None


def _cell(cell: Json) -> Json:
    return {"locale": cell.get("locale"), "channel": cell.get("channel"), "data": cell.get("data")}
