"""Product media files: uploaded and linked in one step, and downloaded with a token.

Akeneo REST API, "Media files". There is no form that names a product by uuid.
"""

import hashlib
import mimetypes
from collections.abc import Mapping

from crossdock.sandbox.akeneo.desk import Caller, Desk, Route
from crossdock.sandbox.akeneo.errors import Json, PimError, bad_value, invalid, not_found, validation
from crossdock.sandbox.akeneo.model import Entity, MediaFile, Pim
from crossdock.sandbox.akeneo.paging import Listing, list_reply
from crossdock.sandbox.akeneo.values import NAMES
from crossdock.sandbox.akeneo.wire import (
    Call,
    Part,
    Reply,
    address,
    check_accept,
    check_media,
    json_reply,
    located,
    parsed_object,
)
from crossdock.sandbox.akeneo.writing import Writing

MULTIPART = "multipart/form-data"
SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"%PDF": "application/pdf"}


def keep_file(pim: Pim, shelf: dict[str, MediaFile], filename: str, content: bytes) -> MediaFile:
    """Stored under a code of its own: the same file again is another file."""
    digest = hashlib.sha1(content + filename.encode() + str(pim.random.random()).encode()).hexdigest()  # noqa: S324
    code = "/".join([*digest[:4], f"{digest}_{filename}"])
    kept = MediaFile(code, filename, found_type(filename, content), content)
    shelf[code] = kept
    return kept


def found_type(filename: str, content: bytes) -> str:
    """By what is in the file, then by its name."""
    for start, media_type in SIGNATURES.items():
        if content.startswith(start):
            return media_type
    guessed = mimetypes.guess_type(filename)[0]
    return "text/plain" if guessed is None or guessed.startswith("image/") else guessed


def file_document(kept: MediaFile, base: str, path: str) -> Json:
    return {
        "code": kept.code, "original_filename": kept.filename, "mime_type": kept.media_type,
        "size": len(kept.content), "extension": kept.filename.rpartition(".")[2],
        "_links": {"download": {"href": address(base, f"{path}/{kept.code}/download")}},
    }  # fmt: skip


def download(kept: MediaFile) -> Reply:
    disposition = f'attachment; filename="{kept.filename}"'
    return Reply(200, kept.content, {"Content-Disposition": disposition}, media_type=kept.media_type)


class MediaApi:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.pim = desk, desk.pim

    def routes(self) -> list[Route]:
        return [
            Route("GET", "media-files", self.list), Route("POST", "media-files", self.create),
            Route("GET", "media-files/(?P<key>.+)/download", self.download),
            Route("GET", "media-files/(?P<key>.+)", self.get),
        ]  # fmt: skip

    def list(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need("list products")
        check_accept(call)
        listing = Listing(
            path="media-files", rows=list(self.pim.media.values()), key=lambda kept: str(kept.code),
            show=lambda kept: file_document(kept, call.base, "media-files"),
            url=lambda kept: f"media-files/{kept.code}", repeated={},
        )  # fmt: skip
        return list_reply(call, listing, self.desk.faults())

    def _kept(self, code: str) -> MediaFile:
        kept = self.pim.media.get(code)
        if kept is None:
            raise not_found("Media file", code)
        return kept

    def get(self, call: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need("list products")
        check_accept(call)
        return json_reply(file_document(self._kept(found["key"]), call.base, "media-files"))

    def download(self, _: Call, caller: Caller, found: Mapping[str, str]) -> Reply:
        caller.need("list products")
        return download(self._kept(found["key"]))

    def create(self, call: Call, caller: Caller, _: Mapping[str, str]) -> Reply:
        caller.need("create or update products")
        check_media(call, [MULTIPART])
        part = call.form.get("file")
        names = [name for name in ("product", "product_model") if name in call.form]
        if part is None or not part.filename:
            raise invalid('Property "file" is required.')
        if not names:
            raise invalid('You should at least give one of the following properties: "product" or "product_model".')
        if len(names) == 2:
            raise invalid('You should give either a "product" or a "product_model" key.')
        owner = parsed_object(call.form[names[0]].content)
        entity = self._owner(names[0], owner)
        kept = self._link(entity, owner, part)
        return located(201, address(call.base, f"media-files/{kept.code}"))

    def _owner(self, name: str, owner: Json) -> Entity:
        key = "identifier" if name == "product" else "code"
        if any(one not in owner for one in (key, "attribute", "locale", "scope")):
            noun = "Product" if name == "product" else "Product model"
            raise invalid(f'{noun} property must contain "{key}", "attribute", "locale" and "scope" properties.')
        code = str(owner[key])
        entity = self.pim.by_sku(code) if name == "product" else self.pim.models.get(code)
        if entity is None:
            raise invalid(f'{"Product" if name == "product" else "Product model"} "{code}" does not exist.')
        return entity

    def _link(self, entity: Entity, owner: Json, part: Part) -> MediaFile:
        """Stores the file and sets the value; when the value may not stand, the file is not kept."""
        code, locale, scope = str(owner["attribute"]), owner["locale"], owner["scope"]
        attribute = self.pim.attribute(code)
        if attribute is None:
            raise invalid(f"The {code} attribute does not exist in your PIM.")
        if attribute["type"] not in (NAMES["image"], NAMES["file"]):
            raise invalid(f'Property "{code}" does not support media files.')
        kept = keep_file(self.pim, self.pim.media, part.filename, part.content)
        guessed = mimetypes.guess_type(part.filename)[0]
        if attribute["type"] == NAMES["image"] and guessed != kept.media_type and kept.media_type == "text/plain":
            del self.pim.media[kept.code]
            extension = part.filename.rpartition(".")[2]
            told = f"The MIME type is not allowed for {extension} (allowed types: {guessed}, found text/plain)."
            raise validation([bad_value(code, told, locale, scope)])
        body = {"values": {code: [{"locale": locale, "scope": scope, "data": kept.code}]}}
        writer = self.desk.products if entity.kind == "product" else self.desk.models
        try:
            writer.write(entity, entity.key, body, Writing("post_media_files", by_identifier=True))
        except PimError:
            del self.pim.media[kept.code]
            raise
        return kept
