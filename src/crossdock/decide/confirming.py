"""Does the ERP hold this item as it was laid out? Told by what it gives to read, and by nothing else."""

from collections.abc import Mapping

from crossdock.model.item_document import ItemDocument, ItemField
from crossdock.model.stock import StockItem


def unconfirmed(document: ItemDocument, item: StockItem | None) -> Mapping[str, tuple[str, str]]:
    """What is not so yet: field → (as laid out, as the ERP tells it); empty when all that can be read is as it should.

    Texts that the ERP does not give to read are taken on its word.
    """
    if item is None:
        return {"stock item": (document.code, "not there")}
    if document.retired:
        return {} if item.discontinued else {"discontinued": ("yes", "no")}
    found: dict[str, tuple[str, str]] = {}
    _text(found, document, item)
    _place(found, document, item)
    return found


def is_readable(document: ItemDocument) -> bool:
    """Whether all that it says is given to read, so that an item that looks like it is like it."""
    told = {ItemField.DESCRIPTION, ItemField.OTHER_REF, ItemField.BARCODE}
    return not document.measures and not document.custom and all(name in told for name, _ in document.texts)


def _text(found: dict[str, tuple[str, str]], document: ItemDocument, item: StockItem) -> None:
    description = document.text(ItemField.DESCRIPTION)
    if description and not _says(item.description, description):
        found["description"] = (description, item.description)
    other_ref = document.text(ItemField.OTHER_REF)
    if other_ref and other_ref != item.other_ref:
        found["other_ref"] = (other_ref, item.other_ref)
    barcode = document.text(ItemField.BARCODE)
    if barcode and barcode not in item.barcodes:
        found["barcode"] = (barcode, ", ".join(item.barcodes))


def _says(theirs: str, ours: str) -> bool:
    """An ERP may put its family's words before an item's own, and strips spaces."""
    told, wanted = " ".join(theirs.split()), " ".join(ours.split())
    return told == wanted or told.endswith(f" {wanted}")


def _place(found: dict[str, tuple[str, str]], document: ItemDocument, item: StockItem) -> None:
    if document.item_id and item.item_id != document.item_id:
        found["key"] = (document.item_id, item.item_id)
    parent = document.family.code if document.family is not None else ""
    if document.family is not None and item.parent_code.casefold() != parent.casefold():
        found["template"] = (parent, item.parent_code or "none")
    if document.headings and item.stock_controlled and not item.template:
        found["kind"] = ("a family's template", "a plain stock item")
    if item.discontinued:
        found["discontinued"] = ("no", "yes")
