"""Orders and everything that hangs on them, as data (oroinc/orocommerce OrderBundle, api.yml and doc/api)."""

from dataclasses import replace

from crossdock.sandbox.orocommerce.profiles import Profile
from crossdock.sandbox.orocommerce.schema import (
    BATCH,
    EXTERNAL_ID,
    ORGANISED,
    OWNED,
    READ,
    TIMES,
    WRITE,
    Attribute,
    Relation,
    Resource,
    enum,
    many,
    one,
    shown,
)

LINE_MOVED = "Line Item order cannot be changed once set."
DISCOUNT_MOVED = "The discount cannot be moved to another order."

DISCOUNT_AMOUNT = "oro_order_discount_item_type_amount"
DISCOUNT_PERCENT = "oro_order_discount_item_type_percent"


def sales_resources(profile: Profile, *, managed: bool, status_filters: bool) -> list[Resource]:
    """The order resources of one release.

    managed: external status management is on; off, `status` reads null and a write to it is ignored.
    status_filters: lists can be filtered by the three statuses. No Oro test covers it, so it is off by default.
    """
    kinds = [
        _orders(profile, managed=managed, status_filters=status_filters),
        _lines(profile),
        _trackings(profile),
        _DISCOUNTS,
        _ADDRESSES,
        enum("orderinternalstatuses"),
    ]
    if profile.subtotals:
        kinds.append(_SUBTOTALS)
    if profile.external_status:
        kinds.append(enum("orderstatuses"))
    if profile.shipping_status:
        kinds.append(enum("ordershippingstatuses"))
    return kinds


def _orders(profile: Profile, *, managed: bool, status_filters: bool) -> Resource:
    owner = "orders" if profile.orders_many else "order"
    attributes = dict(_ORDER_ATTRIBUTES)
    if profile.external_id:
        attributes["externalId"] = EXTERNAL_ID
    relations = dict(_ORDER_RELATIONS)
    relations["lineItems"] = many(
        "orderlineitems", inverse=owner, owned=True, fixed=LINE_MOVED, unlimited=True, required=False
    )
    relations["shippingTrackings"] = many("ordershippingtrackings", inverse=owner, owned=not profile.orders_many)
    relations["internalStatus"] = one("orderinternalstatuses", read_only=True, find=status_filters)
    if profile.external_status:
        relations["status"] = one("orderstatuses", read_only=not managed, find=status_filters)
    if profile.shipping_status:
        relations["shippingStatus"] = one("ordershippingstatuses", find=status_filters)
    if profile.subtotals:
        relations["orderSubtotals"] = many("ordersubtotals", read_only=True, unlimited=True)
        relations["documents"] = many("files", read_only=True)
        relations["createdBy"] = one("users", read_only=True)
    indexes = ("identifier", "poNumber", "customer", *(("externalId",) if profile.external_id else ()))
    return Resource(
        type="orders", attributes=attributes, relations=relations, actions=BATCH, upsert=("identifier",),
        validate=profile.validate, indexes=indexes, title="identifier",
    )  # fmt: skip


_ORDER_ATTRIBUTES = {
    "identifier": Attribute(find=True, fold=True),
    "poNumber": Attribute(find=True, fold=True),
    "customerNotes": Attribute("text"),
    "shipUntil": Attribute("date"),
    "currency": Attribute(required=True, create_only=True),
    "subtotalValue": shown("money"),
    "totalValue": shown("money"),
    "totalDiscountsAmount": shown("money"),
    "subtotalWithDiscounts": shown("money"),
    "shippingMethod": Attribute(),
    "shippingMethodType": Attribute(),
    "estimatedShippingCostAmount": Attribute("money"),
    "overriddenShippingCostAmount": Attribute("money"),
    "sourceEntityIdentifier": Attribute(),
    "external": Attribute("boolean", default=False, create_only=True, find=True),
    "disablePromotions": Attribute("boolean", default=False),
    "discount": shown("number"),
    "shippingDiscount": shown("number"),
    "createdAt": Attribute("datetime", find=True),
    "updatedAt": shown("datetime", find=True),
}

_ORDER_RELATIONS: dict[str, Relation] = {
    "customer": one("customers", required=True, find=True),
    "customerUser": one("customerusers", find=True),
    "billingAddress": one("orderaddresses"),
    "shippingAddress": one("orderaddresses"),
    "discounts": many("orderdiscounts", inverse="order", owned=True, fixed=DISCOUNT_MOVED),
    "paymentTerm": one("paymentterms"),
    "source": one("", read_only=True),
    "parent": one("orders", inverse="subOrders"),
    "subOrders": many("orders", inverse="parent", read_only=True),
    **OWNED,
}


def _lines(profile: Profile) -> Resource:
    owner = "orders" if profile.orders_many else "order"
    relation = one("orders", inverse="lineItems", required=True, create_only=True, fixed=LINE_MOVED, find=True)
    relations = {
        owner: replace(relation, many=profile.orders_many),
        "product": one("products", find=True),
        "parentProduct": one("products"),
        "productUnit": one("productunits", required=True),
        "kitItemLineItems": many("orderproductkititemlineitems", read_only=True),
    }
    return Resource(
        type="orderlineitems", attributes=_LINE_ATTRIBUTES, relations=relations, actions=WRITE,
        indexes=(owner, "product"), title="productSku",
    )  # fmt: skip


_LINE_ATTRIBUTES = {
    "productSku": Attribute(),
    "productName": Attribute(),
    "productVariantFields": Attribute("json", default=[]),
    "freeFormProduct": Attribute(),
    "quantity": Attribute("number", required=True),
    "productUnitCode": shown(),
    "value": Attribute("price"),
    "currency": Attribute(create_only=True),
    "priceType": Attribute("integer", default=10),
    "shipBy": Attribute("date"),
    "fromExternalSource": Attribute("boolean", default=False),
    "comment": Attribute("text"),
    "shippingMethod": Attribute(),
    "shippingMethodType": Attribute(),
    "shippingEstimateAmount": Attribute("money"),
    "checksum": shown(default=""),
    "rowTotalDiscountAmount": shown("money"),
    "rowTotalAfterDiscount": shown("money"),
    "rowTotalAfterDiscountIncludingTax": shown("money"),
    "rowTotalAfterDiscountExcludingTax": shown("money"),
    **TIMES,
}


def _trackings(profile: Profile) -> Resource:
    owner = "orders" if profile.orders_many else "order"
    relation = one("orders", inverse="shippingTrackings", required=True)
    return Resource(
        type="ordershippingtrackings",
        attributes={"method": Attribute(required=True), "number": Attribute(required=True)},
        relations={owner: replace(relation, many=profile.orders_many)},
        actions=WRITE,
        title="number",
    )


_DISCOUNTS = Resource(
    type="orderdiscounts",
    attributes={
        "description": Attribute(),
        "orderDiscountType": Attribute(),
        "amount": Attribute("money"),
        "percent": Attribute("percent"),
    },
    relations={"order": one("orders", inverse="discounts", required=True, create_only=True, find=True)},
    actions=WRITE,
    indexes=("order",),
    title="description",
)

_ADDRESSES = Resource(
    type="orderaddresses",
    attributes={
        **{name: Attribute() for name in ("label", "organization", "namePrefix", "firstName", "middleName", "lastName",
                                          "nameSuffix")},
        "street": Attribute(required=True),
        "street2": Attribute(),
        "city": Attribute(required=True),
        "postalCode": Attribute(required=True),
        "customRegion": Attribute(),
        "phone": Attribute(),
        "fromExternalSource": Attribute("boolean", default=False),
        "validatedAt": Attribute("datetime"),
        **TIMES,
    },
    relations={
        "country": one("countries", required=True, find=True),
        "region": one("regions", find=True),
        "customerAddress": one("customeraddresses", create_only=True),
        "customerUserAddress": one("customeruseraddresses", create_only=True),
    },
    actions=WRITE - {"create"},
    title="street",
)  # fmt: skip

_SUBTOTALS = Resource(
    type="ordersubtotals",
    attributes={
        "orderSubtotalType": shown(),
        "label": shown(),
        "amount": shown("money"),
        "signedAmount": shown("money"),
        "currency": shown(),
        "visible": shown("boolean"),
        "data": shown("json"),
    },
    relations={
        "order": one("orders", read_only=True, find=True),
        "priceList": one("pricelists", read_only=True),
    },
    actions=frozenset({"get_list"}),
    numeric=False,
    paged=False,
    subresources=False,
    needs="order",
    title="label",
)

PAYMENT_TERMS = Resource(
    type="paymentterms", attributes={"label": Attribute(required=True)}, actions=WRITE, title="label"
)
TAX_CODE = {"code": Attribute(required=True, find=True), "description": Attribute("text"), **TIMES}
PRODUCT_TAX_CODES = Resource(
    type="producttaxcodes", attributes=TAX_CODE, relations=ORGANISED, actions=WRITE, title="code"
)
CUSTOMER_TAX_CODES = Resource(
    type="customertaxcodes", attributes=TAX_CODE, relations=OWNED, actions=WRITE, title="code"
)
USERS = Resource(type="users", attributes={"username": shown()}, actions=READ, title="username")
