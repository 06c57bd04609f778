"""Documents for tests, made from parts: a shop that sells helmets."""

from typing import Any

Record = dict[str, Any]
UUID = "1f0a6a6e-5d0b-4f43-8a0a-3f8f7d2a9e01"
OTHER = "8d0c1d2e-77aa-4f0a-9c55-0c6f0f6a1b02"


def cell(data: Any, kind: str = "", *, locale: str | None = None, scope: str | None = None, **more: Any) -> Record:
    typed = {"attribute_type": kind} if kind else {}
    return {"locale": locale, "scope": scope, "data": data, **typed, **more}


def sku(code: str) -> list[Record]:
    return [cell(code, "pim_catalog_identifier")]


def product(uuid: str = UUID, code: str = "NSC-HLM-01-M", *, values: Record | None = None, **changes: Any) -> Record:
    record = {
        "uuid": uuid,
        "family": "helmets",
        "parent": None,
        "groups": [],
        "categories": ["helmets_road"],
        "enabled": True,
        "values": {"sku": sku(code), **(values or {})},
        "created": "2026-02-11T08:20:01+00:00",
        "updated": "2026-03-02T08:12:44+00:00",
        "associations": {},
        "quantified_associations": [],
    }
    return record | changes


def model(code: str = "mdl-aurora", *, values: Record | None = None, **changes: Any) -> Record:
    record = {
        "code": code,
        "family": "helmets",
        "family_variant": "helmets_by_colour_size",
        "parent": None,
        "categories": ["helmets_road"],
        "values": values or {},
        "created": "2026-02-11T08:10:00+00:00",
        "updated": "2026-03-01T12:00:00+00:00",
        "associations": {},
        "quantified_associations": {},
    }
    return record | changes


def attribute(code: str, kind: str, **changes: Any) -> Record:
    record = {"code": code, "type": kind, "group": "erp", "localizable": False, "scopable": False, "labels": {}}
    return record | changes


def done(line: int, key: str = UUID, status: int = 204, *, name: str = "uuid", **more: Any) -> Record:
    return {"line": line, name: key, "status_code": status, **more}
