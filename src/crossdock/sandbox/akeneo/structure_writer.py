"""Writing families, attributes, categories and the like: one upsert for all, with each resource's own checks."""

import copy
import re
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, validation, violation
from crossdock.sandbox.akeneo.model import Pim
from crossdock.sandbox.akeneo.structure_checks import CHECKS, REFERENCES
from crossdock.sandbox.akeneo.structure_kinds import Kind
from crossdock.sandbox.akeneo.writing import check_form, check_scalars, unknown_property

CODE = re.compile(r"[a-zA-Z0-9_]+")
NESTED = ("attribute_requirements", "variant_attribute_sets", "conversion_units")
MERGED = ("labels", "guidelines", "attribute_requirements", "conversion_units")
NUMERIC_MESSAGE = "This value should be of type numeric."


class StructureWriter:
    """Creates and changes what products are made of. Raises PimError and leaves everything as it was."""

    def __init__(self, pim: Pim) -> None:
        self.pim = pim

    def create(self, kind: Kind, table: str, body: Json, owner: str = "") -> int:
        """POST. owner: the attribute of an option, the family of a family variant."""
        code = body.get("code")
        check_form("code", code, "scalar", kind.post_anchor, nullable=True)
        if code not in (None, "") and code in self.pim.table(table):
            raise validation([violation("code", "This value is already used.")])
        return self._write(kind, table, str(code or ""), body, kind.post_anchor, owner)

    def upsert(self, kind: Kind, table: str, code: str, body: Json, owner: str = "", *, anchor: str = "") -> int:
        return self._write(kind, table, code, body, anchor or kind.patch_anchor, owner)

    def _write(self, kind: Kind, table: str, code: str, body: Json, anchor: str, owner: str) -> int:
        held = self.pim.table(table)
        before = held.get(code)
        after = copy.deepcopy(before) if before is not None else self._blank(kind, code, owner)
        found = self._lay(kind, before, after, body, anchor)
        for reference in REFERENCES.get(kind.table, ()):
            reference(self.pim, after, anchor)
        found += self._code_errors(kind, before, code)
        found += [violation(name, "This value should not be blank.") for name in kind.required if after[name] is None]
        check = CHECKS.get(kind.table)
        if check is not None and not found:
            found += check(self.pim, before, after)
        if found:
            raise validation(found)
        if before != after:
            after["~updated"] = self.pim.now()
            held[code] = after
            self._tell(kind, "created" if before is None else "updated", after)
        return 201 if before is None else 204

    def _blank(self, kind: Kind, code: str, owner: str) -> Json:
        blank: Json = {"code": code, **copy.deepcopy({name: usual for name, (_, usual) in kind.keys.items()})}
        if kind.table == "options":
            blank["attribute"] = owner
        if kind.table == "family_variants":
            blank["~family"] = owner
        return blank

    def _lay(self, kind: Kind, before: Json | None, after: Json, body: Json, anchor: str) -> list[Json]:
        found: list[Json] = []
        for name, value in body.items():
            if name == "code" or name in kind.computed or name == "_links":
                continue
            if name not in kind.keys:
                raise unknown_property(name, anchor)
            form, usual = kind.keys[name]
            if name == "sort_order" and form == "scalar" and not isinstance(value, int):
                found.append(violation(name, NUMERIC_MESSAGE))
                continue
            check_form(name, value, form, anchor, nullable=usual is None)
            if form in ("array", "map") and name not in NESTED:
                check_scalars(name, value, anchor)
            if name in kind.fixed and before is not None and value != before[name]:
                found.append(violation(name, "This property cannot be changed."))
                continue
            found += self._set(after, name, value, anchor)
        return found

    def _set(self, after: Json, name: str, value: Any, anchor: str) -> list[Json]:
        """Maps merge; an empty label takes the label away. Everything else replaces."""
        if name not in MERGED:
            after[name] = list(dict.fromkeys(value)) if _plain_list(value) else value
            return []
        given = dict(value) if value else {}
        found: list[Json] = []
        for key, one in given.items():
            if name in ("labels", "guidelines") and key not in self.pim.table("locales"):
                found.append(violation(name, f'The locale "{key}" does not exist.'))
            if name == "attribute_requirements":
                check_form(name, one, "array", anchor)
            if one in (None, ""):
                after[name].pop(key, None)
            else:
                after[name][key] = one
        return found

    def _code_errors(self, kind: Kind, before: Json | None, code: str) -> list[Json]:
        if before is not None:
            return []
        if not code:
            return [violation("code", "This value should not be blank.")]
        if not CODE.fullmatch(code):
            return [violation("code", f"{kind.noun} code may contain only letters, numbers and underscores")]
        return []

    def _tell(self, kind: Kind, action: str, row: Json) -> None:
        if kind.table == "channels":
            self.pim.tell_structure("channel", action, {"code": row["code"]})
        elif kind.event:
            data = {"code": row["code"]}
            if kind.table == "options":
                data["attribute"] = row["attribute"]
            self.pim.tell_structure(kind.event.replace("-", "_"), action, data)


def _plain_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
