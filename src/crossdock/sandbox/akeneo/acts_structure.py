"""What catalogue managers do to categories, options, attributes and families, and what jobs do afterwards."""

from collections.abc import Mapping, Sequence

from crossdock.sandbox.akeneo.completeness import completeness, letters
from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.filters import with_children
from crossdock.sandbox.akeneo.media_api import keep_file
from crossdock.sandbox.akeneo.office import Office
from crossdock.sandbox.akeneo.structure_kinds import ATTRIBUTES as ATTRIBUTE_KIND
from crossdock.sandbox.akeneo.structure_kinds import CATEGORIES, CHANNELS, FAMILIES, OPTIONS, Kind
from crossdock.sandbox.kernel import ActError


class StructureActs:
    """None of these moves the `updated` of a product."""

    def __init__(self, office: Office) -> None:
        self._office, self._pim = office, office.pim

    def create_category(self, category: str, parent: str | None, label: str = "") -> Json:
        """A manager adds a category below another one; parent null starts a tree."""
        body = {"code": category, "parent": parent, "labels": {"en_GB": label or category}}
        return self._write("create_category", CATEGORIES, "categories", category, body)

    def move_category(self, category: str, parent: str) -> Json:
        """A manager moves a category below another one."""
        self._office.row("move_category", "categories", category)
        return self._write("move_category", CATEGORIES, "categories", category, {"parent": parent})

    def rename_category(self, category: str, label: str, locale: str = "en_GB") -> Json:
        """A manager renames a category."""
        self._office.row("rename_category", "categories", category)
        return self._write("rename_category", CATEGORIES, "categories", category, {"labels": {locale: label}})

    def delete_category(self, category: str) -> Json:
        """A manager deletes a category and those below it; products fall out of it, no date moves, nobody is told."""
        self._office.row("delete_category", "categories", category)
        if any(one["category_tree"] == category for one in self._pim.table("channels").values()):
            raise ActError(f"act delete_category: {category} is the tree of a channel; delete one below it")
        gone = with_children(self._pim, {category})
        for one in [*self._pim.products.values(), *self._pim.models.values()]:
            one.categories = [code for code in one.categories if code not in gone]
        with self._office.editing("delete_category"):
            for code in sorted(gone):
                del self._pim.table("categories")[code]
                self._pim.tell_structure("category", "deleted", {"code": code})
        return {"deleted": sorted(gone)}

    def add_option(self, attribute: str, option: str, label: str = "") -> Json:
        """A manager adds an option to a select."""
        self._select("add_option", attribute)
        return self._option("add_option", attribute, option, {"labels": {"en_GB": label or option}})

    def rename_option(self, attribute: str, option: str, label: str, locale: str = "en_GB") -> Json:
        """A manager renames an option; products show the same code and another label."""
        self._office.row("rename_option", f"options/{attribute}", option)
        return self._option("rename_option", attribute, option, {"labels": {locale: label}})

    def delete_option(self, attribute: str, option: str) -> Json:
        """A manager deletes an option; values that had it vanish from bodies."""
        self._office.row("delete_option", f"options/{attribute}", option)
        del self._pim.options(attribute)[option]
        with self._office.editing("delete_option"):
            self._pim.tell_structure("attribute_option", "deleted", {"code": option, "attribute": attribute})
        return {"attribute": attribute, "deleted": option}

    def create_attribute(
        self, attribute: str, type_: str = "pim_catalog_text", group: str = "erp", families: Sequence[str] = ()
    ) -> Json:
        """A manager adds an attribute and gives it to these families."""
        made = self._write("create_attribute", ATTRIBUTE_KIND, "attributes", attribute, {"type": type_, "group": group})
        for family in families:
            held = self._office.row("create_attribute", "families", family)["attributes"]
            self.set_family_attributes(family, [*held, attribute])
        return made

    def rename_attribute(self, attribute: str, label: str, locale: str = "en_GB") -> Json:
        """A manager renames an attribute."""
        self._office.row("rename_attribute", "attributes", attribute)
        return self._write("rename_attribute", ATTRIBUTE_KIND, "attributes", attribute, {"labels": {locale: label}})

    def require_attributes(self, family: str, channel: str, attributes: Sequence[str]) -> Json:
        """A manager sets what a family requires on a channel; completeness is worked out anew, no date moves."""
        self._office.row("require_attributes", "families", family)
        body = {"attribute_requirements": {channel: list(attributes)}}
        return self._write("require_attributes", FAMILIES, "families", family, body)

    def set_family_attributes(self, family: str, attributes: Sequence[str]) -> Json:
        """A manager sets the attributes of a family."""
        self._office.row("set_family_attributes", "families", family)
        return self._write("set_family_attributes", FAMILIES, "families", family, {"attributes": list(attributes)})

    def set_channel(self, channel: str, changes: Mapping[str, object]) -> Json:
        """A manager changes a channel: locales, currencies, category_tree, conversion_units, labels."""
        self._office.row("set_channel", "channels", channel)
        return self._write("set_channel", CHANNELS, "channels", channel, dict(changes))

    def replace_asset(self, asset: str, filename: str, text: str = "", asset_family: str = "packshots") -> Json:
        """A designer puts another picture into an asset; products that show it do not change."""
        if asset not in self._pim.assets.get(asset_family, {}):
            raise ActError(f"act replace_asset: {asset_family} has no asset {asset!r}")
        kept = keep_file(self._pim, self._pim.asset_media, filename, b"\x89PNG\r\n\x1a\n" + text.encode())
        cell = {"locale": None, "channel": None, "data": kept.code}
        with self._office.editing("replace_asset"):
            self._office.assets.upsert(asset_family, asset, {"values": {"media": [cell]}})
        return {"asset": asset, "media_file": kept.code}

    def refresh_index(self) -> Json:
        """The search index catches up with everything written so far, whatever its delay."""
        return {"indexed": self._office.index.catch_up(all_of_it=True)}

    def run_quality_job(self) -> Json:
        """The job that gives quality scores looks at every product."""
        for product in self._pim.products.values():
            product.quality = letters(completeness(self._pim, product))
        self._office.index.rebuild()
        return {"evaluated": len(self._pim.products)}

    def _select(self, act: str, attribute: str) -> None:
        row = self._office.row(act, "attributes", attribute)
        if "select" not in row["type"]:
            raise ActError(f"act {act}: {attribute} is no select but {row['type']}")

    def _option(self, act: str, attribute: str, option: str, body: Json) -> Json:
        with self._office.editing(act):
            self._office.structure.upsert(OPTIONS, f"options/{attribute}", option, body, attribute)
        return {"attribute": attribute, "option": option}

    def _write(self, act: str, kind: Kind, table: str, code: str, body: Json) -> Json:
        with self._office.editing(act):
            self._office.structure.upsert(kind, table, code, body)
        return {"code": code}
