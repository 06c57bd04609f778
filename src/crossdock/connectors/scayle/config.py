"""Settings of one SCAYLE shop country. Each says what it changes; the reference page is made from these words."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from crossdock.ports.config import Secret, SystemSettings

Meaning = Literal["open", "cancelled", "closed"]
UnitMeaning = Literal["live", "cancelled", "returned"]


class ScayleSettings(SystemSettings):
    """How to reach one shop country over the Admin API, and what the tenant has settled where nothing is public."""

    kind: str = Field("scayle", pattern="^scayle$", description="which connector speaks to it")
    api_path: str = Field(
        "/api/admin/v1", pattern=r"^(/[^\s?#]*[^\s?#/])?$", description="what follows the host in every address"
    )
    access_token: Secret = Field(description="API key, sent as X-Access-Token (Settings, General, API Keys)")
    shop_key: str = Field(min_length=1, description="key of the shop, two characters")
    country_code: str = Field(min_length=1, description="alpha-2 country of the shop country, or the shop country's id")
    more_countries: tuple[str, ...] = Field(
        (),
        description="further countries of the shop whose orders are ours too; stock is the merchant's, for all alike",
    )
    company_id: int | None = Field(
        None, ge=1, description="sent as X-Company-Id on fulfilment; needed with several companies"
    )
    merchant: str = Field("", description="reference key of the merchant we fulfil for; needed with several merchants")
    other_merchants: Literal["refuse", "leave_out"] = Field(
        "refuse", description="an order with units of another merchant is refused, or those units are left out of it"
    )
    page_size: int = Field(100, ge=1, le=1000, description="records asked for in one page")
    short_pages: Literal["refuse", "accept"] = Field(
        "refuse", description="a page that holds fewer rows than asked for and is not the last: no whole read, or well"
    )
    throttle_wait_seconds: float = Field(
        65.0, ge=0, description="longest wait inside a read for a used-up quota; a write never waits, it is put off"
    )

    order_number: Literal["public_key", "id"] = Field(
        "public_key", description="what people call an order: the publicKey (its id where it has none), or the id"
    )
    order_list_query: Mapping[str, str] = Field(
        default_factory=dict,
        description="more parameters for the order list, {since} is a time; no filter is public, so none is sent",
    )
    overlap_seconds: float = Field(
        300.0, ge=0, description="how much older than asked for an order's change may be and still be given"
    )
    with_nested: str = Field(
        "legacyCustomData,items.legacyCustomData", description="with= of order reads; empty sends none"
    )
    take_unconfirmed: bool = Field(default=False, description="also take orders that are neither paid nor confirmed")
    statuses: Mapping[str, Meaning] = Field(
        default_factory=dict, description="meanings of order statuses beyond the documented: open, cancelled or closed"
    )
    unit_statuses: Mapping[str, UnitMeaning] = Field(
        default_factory=dict, description="meanings of item statuses beyond the known: live, cancelled or returned"
    )
    more_states: tuple[str, ...] = Field(
        (), description="codes of detailedStatus and deliveryStatus beyond the documented that are no fault"
    )
    unit: str = Field("each", min_length=1, description="the unit of every line and level; SCAYLE counts single units")
    sum_tolerance: int = Field(
        2,
        ge=0,
        le=100,
        description="smallest coins by which net and tax of the parts may miss the order's; gross: none",
    )
    absolute_voucher: Literal["auto", "order", "line"] = Field(
        "auto",
        description="an absolute voucher is a discount off the order, or off the line SCAYLE loaded it on; auto: off "
        "the order where all its units share one tax rate, else off the line",
    )
    fee_skus: Mapping[str, str] = Field(
        default_factory=dict,
        description="category or category/key of a fee that is no carriage → the SKU it is billed as; others are "
        'billed as "fee:category/key", which waits until that is mapped to an item',
    )
    shipping_categories: tuple[str, ...] = Field(
        ("delivery", "shipment"), description="fee categories that are carriage"
    )
    company_by: Literal["id", "reference_key", "public_key", "fixed"] = Field(
        "id", description="which key of the customer names the buyer; fixed: all buy on company_ref"
    )
    company_ref: str = Field("", description="the buyer of every order, with company_by fixed")
    guest_company_ref: str = Field("", description="the buyer of orders of guests, and of orders without a customer")
    account_hint: bool = Field(default=True, description="the customer's referenceKey is the ERP's account code")
    membership_discount: Literal["refuse", "payment"] = Field(
        "refuse", description="an order with a membership discount is refused, or it counts as a part of the payment"
    )
    acknowledge: Literal["reference_key", "none"] = Field(
        "reference_key", description="how the shop is told the ERP has an order: its referenceKey, or not at all"
    )

    fulfilment_wait_seconds: float = Field(
        10.0, ge=0, description="longest wait until the order shows a shipment, return or cancellation that was taken"
    )
    fulfilment_poll_seconds: float = Field(1.0, gt=0, description="pause between two looks at it")
    fulfilment_settle_seconds: float = Field(
        30.0, ge=0, description="how long after a fulfilment call without an answer it is not made again"
    )
    return_key: Literal["item_id", "order_and_item"] = Field(
        "item_id", description="the returnKey given to a unit when it is shipped"
    )
    return_ident_code: str = Field("", description="returnIdentCode of every shipment, {order} and {number} filled in")
    return_reason: str = Field("return", min_length=1, description="returnReason where a return names none")
    return_zone: str = Field("UTC", min_length=1, description="zone of `received`, which is told without one")

    warehouses: tuple[str, ...] = Field(
        (),
        description="reference keys of the warehouses whose stock is written; empty: the one attached to "
        "the shop country",
    )
    read_shown: bool = Field(
        default=True,
        description="read what each target shows: a call for each product whose list row does not tell",
    )
    product_query: Mapping[str, str] = Field(default_factory=dict, description="more parameters for the product list")
    locale: str = Field("", description="locale of product names, such as de_DE; empty: the first that is there")
    stock_write: Literal["single", "bulk", "auto"] = Field(
        "auto", description="one call a level, bulk requests, or bulk from bulk_from levels on where the tenant has it"
    )
    stock_batch: int = Field(500, ge=1, le=1000, description="most levels of one write")
    bulk_from: int = Field(50, ge=1, description="with auto: from how many levels on a bulk request is used")
    bulk_verify: Literal["all", "failed"] = Field(
        "all", description="read every operation's answer, or only when some failed (an ignored level then goes unseen)"
    )
    bulk_callback_url: str = Field("", description="requestUrl of bulk requests; empty sends none, as they are polled")
    bulk_timeout_seconds: float = Field(120.0, gt=0, description="longest wait for a bulk request to be worked off")
    bulk_poll_seconds: float = Field(1.0, gt=0, description="pause between two looks at a bulk request")
    changed_at_lag_seconds: float = Field(
        90.0, ge=0, description="how long an order may be blocked before it can be read; taken off changedAt"
    )

    webhook_username: str = Field("", description="basic auth of webhooks and of the addresses SCAYLE calls: user")
    webhook_password: Secret | None = Field(None, description="its password; webhooks bear no signature")
    webhook_header: str = Field("", description="name of a custom header that must hold webhook_header_value")
    webhook_header_value: Secret | None = Field(None, description="what that header must hold")
    webhook_path_secret: Secret | None = Field(
        None, description="last part of every channel address: orders/SECRET, cancellations/SECRET, events/NAME/SECRET"
    )
    webhook_max_age_seconds: float = Field(
        0.0,
        ge=0,
        description="an event that occurred longer ago is turned away; 0: any age, as no retry time is public",
    )
    unguarded: bool = Field(default=False, description="let anybody call us: for a try behind a firewall")
    reference_names_order: bool = Field(
        default=True,
        description="read an orderReferenceKey such as nbde-1001-880001 as shop, shop country and order, where "
        "no order carries it as its referenceKey",
    )
    cancellation_undecided_status: int = Field(
        503, ge=400, le=599, description="status of the answer to a cancellation that nobody decided yet"
    )
    cancellation_refused_status: int = Field(
        409, ge=400, le=599, description="status of the answer to a cancellation that was declined"
    )

    @field_validator("access_token", "webhook_password", "webhook_header_value", "webhook_path_secret")
    @classmethod
    def _not_empty(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().strip():
            raise ValueError("must not be empty")
        return secret

    @property
    def path_prefix(self) -> str:
        """What is put between the base URL and a resource; nothing when the base URL holds it already."""
        return "" if self.base_url.endswith(self.api_path) else self.api_path
