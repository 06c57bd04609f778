"""Media files and the Asset Manager."""

import json
from typing import Any

import aiohttp
import pytest

from tests.sandbox.akeneo_caller import Answer, Caller, pim

PNG = b"\x89PNG\r\n\x1a\nrest"
PLACE = {"attribute": "image", "scope": None, "locale": None}


async def upload(
    caller: Caller, path: str = "/media-files", *, file: bytes | None = PNG, name: str = "new.png", **fields: Any
) -> Answer:
    form = aiohttp.FormData()
    for key, value in fields.items():
        form.add_field(key, json.dumps(value), content_type="text/plain")
    if file is not None:
        form.add_field("file", file, filename=name, content_type="image/png")
    headers = {"Authorization": f"Bearer {caller.token}"}
    async with caller.session.post(f"{caller.url}/api/rest/v1{path}", data=form, headers=headers) as response:
        return Answer(response.status, response.headers, await response.text())


async def test_a_products_image_can_be_downloaded_with_a_token() -> None:
    async with pim() as caller:
        (image,) = (await caller.product("HP-1000"))["values"]["image"]
        link = image["_links"]["download"]["href"]
        assert link == f"{caller.url}/api/rest/v1/media-files/{image['data']}/download"
        file = await caller.api("GET", link)
        assert (file.status, file.headers["Content-Type"]) == (200, "image/png")
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert (await caller.call("GET", link)).status == 401
        about = (await caller.get(f"/media-files/{image['data']}")).json
        assert set(about) == {"code", "original_filename", "mime_type", "size", "extension", "_links"}
        assert (about["original_filename"], about["extension"]) == ("hp-1000.png", "png")
        missing = await caller.get("/media-files/not_found/download")
        assert missing.json == {"code": 404, "message": 'Media file "not_found" does not exist.'}
        assert (await caller.get("/media-files", limit=3, with_count="true")).json["items_count"] == 37


async def test_uploading_links_in_one_step_and_gives_a_new_code() -> None:
    async with pim() as caller:
        product = {"identifier": "HP-1000", **PLACE}
        first, second = await upload(caller, product=product), await upload(caller, product=product)
        assert (first.status, first.text) == (201, "")
        code = second.headers["Location"].partition("/media-files/")[2]
        assert first.headers["Location"] != second.headers["Location"]
        assert (await caller.product("HP-1000"))["values"]["image"][0]["data"] == code
        model = {"code": "OSLO", **PLACE}
        assert (await upload(caller, product_model=model)).status == 201


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file": None, "product": {}}, 'Property "file" is required.'),
        ({}, 'You should at least give one of the following properties: "product" or "product_model".'),
        ({"product": {}, "product_model": {}}, 'You should give either a "product" or a "product_model" key.'),
        ({"product": {"identifier": "HP-1000", "attribute": "image"}},
         'Product property must contain "identifier", "attribute", "locale" and "scope" properties.'),
        ({"product_model": {}},
         'Product model property must contain "code", "attribute", "locale" and "scope" properties.'),
        ({"product": {"identifier": "nope", **PLACE}}, 'Product "nope" does not exist.'),
        ({"product_model": {"code": "nope", **PLACE}}, 'Product model "nope" does not exist.'),
        ({"product": {"identifier": "HP-1000", **PLACE, "attribute": "nope"}},
         "The nope attribute does not exist in your PIM."),
    ],
)  # fmt: skip
async def test_uploads_that_are_refused(fields: dict[str, Any], message: str) -> None:
    async with pim() as caller:
        answer = await upload(caller, **fields)
        assert (answer.status, answer.json["message"]) == (422, message)
        assert len(caller.simulator.pim.media) == 37


async def test_files_of_the_wrong_kind() -> None:
    async with pim() as caller:
        product = {"identifier": "HP-1000", **PLACE}
        (error,) = (await upload(caller, product=product, name="a.txt")).json["errors"]
        assert (
            error["message"]
            == "The txt file extension is not allowed for the image attribute. Allowed extensions are jpg, png."
        )
        (error,) = (await upload(caller, product=product, file=b"text", name="a.jpg")).json["errors"]
        assert error["message"] == "The MIME type is not allowed for jpg (allowed types: image/jpeg, found text/plain)."
        assert len(caller.simulator.pim.media) == 37


async def test_assets_speak_of_channels_and_share_their_files() -> None:
    async with pim() as caller:
        listed = await caller.get("/asset-families/packshots/assets")
        assert (set(listed.json), [one["code"] for one in listed.items]) == ({"_links", "_embedded"}, ["oslo_front"])
        (media,) = (await caller.get("/asset-families/packshots/assets/oslo_front")).json["values"]["media"]
        assert (media["channel"], "scope" in media) == (None, False)
        assert (await caller.call("GET", media["_links"]["download"]["href"])).status == 401
        assert (await caller.api("GET", media["_links"]["download"]["href"])).status == 200
        assert (await caller.call("GET", media["_links"]["share_link"]["href"])).status == 200
        assert (await caller.get("/asset-families/packshots")).json["code"] == "packshots"


async def test_an_asset_is_uploaded_then_patched() -> None:
    async with pim(asset_sharing=False) as caller:
        sent = await upload(caller, "/asset-media-files")
        code = sent.headers["Asset-media-file-code"]
        values = {"media": [{"locale": None, "channel": None, "data": code}]}
        path = "/asset-families/packshots/assets"
        assert (await caller.patch(f"{path}/side", {"code": "side", "values": values})).status == 201
        (media,) = (await caller.get(f"{path}/side")).json["values"]["media"]
        assert "share_link" not in media["_links"]
        many = await caller.api("PATCH", path, [{"code": "side", "values": values}, {"code": "back"}, {}])
        assert [one["status_code"] for one in many.json] == [204, 201, 422]
        body = {"values": {"gallery": [{"locale": None, "scope": None, "data": ["side", "oslo_front"]}]}}
        assert (await caller.patch("/products/HP-1000", body)).status == 204
        body["values"]["gallery"][0]["data"] = ["lost"]
        assert (await caller.patch("/products/HP-1000", body)).status == 422
        assert (await caller.api("DELETE", f"{path}/side")).status == 204
