"""What a type asks of its rows beyond its table, and the types that ask for little."""

from typing import TYPE_CHECKING

from crossdock.sandbox.orocommerce.errors import Json, denied, fail
from crossdock.sandbox.orocommerce.shop import API_USER, ORGANIZATION, Shop
from crossdock.sandbox.orocommerce.store import Row

if TYPE_CHECKING:
    from crossdock.sandbox.orocommerce.work import Work


class Rules:
    """The default: nothing special. Pointers are where the row stands in the request."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.store = shop.store

    def refuse(self, row: Row) -> None:
        """Raise when this existing row may not be edited at all."""

    def prepare(self, work: "Work", row: Row, *, created: bool) -> None:
        """Fill in what the caller may leave out."""
        if created:
            if "owner" in row.relations and row.relations["owner"] is None:
                row.relations["owner"] = API_USER
            if "organization" in row.relations and row.relations["organization"] is None:
                row.relations["organization"] = ORGANIZATION

    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        """Report what is wrong with the row."""

    def settle(self, work: "Work", row: Row, *, created: bool) -> None:
        """Act on the row once it is stored."""

    def remove(self, work: "Work", row: Row) -> None:
        """Remove what belongs to the row, or raise when it may not be removed."""

    def unique(self, work: "Work", row: Row, name: str, title: str, detail: str, pointer: str) -> None:
        value = row.attributes.get(name)
        if value is None:
            return
        table = self.store[row.type]
        if any(other is not row for other in table.find(name, table.fold(name, value))):
            work.fault(title, detail, f"{pointer}/attributes/{name}")

    def unique_external_id(self, work: "Work", row: Row, pointer: str) -> None:
        if self.shop.profile.external_id:
            detail = 'Value for field "External ID" must be unique'
            self.unique(work, row, "externalId", "unique entity constraint", detail, pointer)


class TaxCodeRules(Rules):
    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        code = row.attributes["code"]
        others = self.store[row.type].rows.values()
        if code is not None and any(other is not row and other.attributes["code"] == code for other in others):
            work.fault("unique tax code constraint", "This value is already used.", f"{pointer}/attributes/code")


class CustomerRules(Rules):
    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        self.unique_external_id(work, row, pointer)
        seen, above = {row.id}, row.target("parent")
        while above is not None:
            if above in seen:
                detail = (
                    "Circular reference detected. 'parent' cannot be a child of 'customer' because it is its parent."
                )
                name = "children" if "children" in work.given[id(row)] else "parent"
                work.fault("circular customer reference constraint", detail, f"{pointer}/relationships/{name}/data")
                return
            seen.add(above)
            parent = self.store["customers"].rows.get(above)
            above = parent.target("parent") if parent is not None else None

    def remove(self, work: "Work", row: Row) -> None:
        if self.store["orders"].find("customer", row.id):
            raise denied("The delete operation is forbidden. Reason: has orders.")


class CustomerUserRules(Rules):
    def prepare(self, work: "Work", row: Row, *, created: bool) -> None:
        super().prepare(work, row, created=created)
        if created and not row.relations["userRoles"]:
            row.relations["userRoles"] = [{"type": "customeruserroles", "id": "1"}]

    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        title = "unique customer user name and email constraint"
        self.unique(work, row, "email", title, "This email is already used.", pointer)
        self.unique_external_id(work, row, pointer)
        password = row.hidden.get("password")
        if password and len(password) < 8:
            detail = "The password must be at least 8 characters long"
            work.fault("password complexity constraint", detail, f"{pointer}/attributes/password")


class PriceListRules(Rules):
    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        codes = row.attributes["priceListCurrencies"]
        if codes is not None and not (isinstance(codes, list) and all(isinstance(code, str) for code in codes)):
            work.fault("form constraint", "This value is not valid.", f"{pointer}/attributes/priceListCurrencies")

    def remove(self, work: "Work", row: Row) -> None:
        for price in self.store["productprices"].find("priceList", row.id):
            work.delete(price)


class PriceRules(Rules):
    """A price id is `{uuid}-{priceListId}`; product, list, quantity, unit and currency are unique together."""

    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        value_at = f"{pointer}/attributes/value"
        if row.attributes["value"] is None and not any(
            error.get("source", {}).get("pointer") == value_at for error in work.errors
        ):
            work.fault("not blank constraint", "Price value should not be blank.", value_at)
        price_list = work.find(row.relations["priceList"])
        currency = row.attributes["currency"]
        if price_list is None or currency is None:
            return
        if currency not in (price_list.attributes["priceListCurrencies"] or ()):
            detail = f'Currency "{currency}" is not valid for current price list.'
            work.fault("product price currency constraint", detail, f"{pointer}/attributes/currency")
        same = (row.target("product"), row.target("unit"), row.attributes["quantity"], currency)
        for other in self.store["productprices"].find("product", row.target("product")):
            key = (
                other.target("product"),
                other.target("unit"),
                other.attributes["quantity"],
                other.attributes["currency"],
            )
            if other is not row and other.target("priceList") == price_list.id and key == same:
                detail = (
                    'Product has duplication of product prices. Set of fields "PriceList", "Quantity" , "Unit" and '
                    '"Currency" should be unique.'
                )
                work.fault("unique entity constraint", detail)
                return


class WebhookRules(Rules):
    def prepare(self, work: "Work", row: Row, *, created: bool) -> None:
        super().prepare(work, row, created=created)
        if row.attributes["enabled"] is None:
            row.attributes["enabled"] = True

    def remove(self, work: "Work", row: Row) -> None:
        if row.attributes["system"]:
            raise denied("The delete operation is forbidden. Reason: system webhook.")


def client_id(shop: Shop, type_: str, data: Json) -> str:
    """The id of a new row of a type whose ids the caller chooses. Raises when it is missing or taken."""
    id_ = data.get("id")
    if not isinstance(id_, str) or not id_:
        raise fail(400, "entity identifier constraint", "The identifier must be specified.", pointer="/data/id")
    if id_ in shop.store[type_].rows:
        raise fail(409, "conflict constraint", "The entity already exists.")
    return id_
