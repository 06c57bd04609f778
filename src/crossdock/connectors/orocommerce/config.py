"""Settings of one OroCommerce shop. Each says what it changes; the reference page is made from these words."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from crossdock.ports.config import REPLAY_SECONDS_MAX, Secret, Settings, SystemSettings

Acknowledge = Literal["external_id", "status", "both", "none", "auto"]
ListWrite = Literal["sync", "async", "single", "auto"]
StatusMeaning = Literal["open", "cancelled", "closed"]

STATUS_MEANINGS: Mapping[str, StatusMeaning] = {
    "open": "open",
    "pending": "open",
    "processing": "open",
    "cancelled": "cancelled",
    "closed": "closed",
    "shipped": "closed",  # 6.0 and before
    "archived": "closed",  # 6.0 and before
}

OF_THE_SALE = frozenset({"customerNotes", "poNumber", "identifier", "shipUntil", "externalId"})
"""Attributes that say what was bought, or that something else is written into."""


class AccountFieldSettings(Settings):
    """Customer attributes that the site made to show how a company's account stands. One that is not named is not
    shown; with none named the flow account-status is off."""

    credit_limit: str = Field("", description="shows the credit limit: money or text")
    balance: str = Field("", description="shows what the account owes: money or text")
    on_stop: str = Field("", description="shows whether the account is on stop: yes or no")
    price_list: str = Field("", description="shows the ERP price lists of the account: text")

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.credit_limit, self.balance, self.on_stop, self.price_list)))


class OroCommerceSettings(SystemSettings):
    """How to reach the back office of one shop, and how its site differs from the stock product."""

    kind: str = Field("orocommerce", pattern="^orocommerce$", description="which connector speaks to it")
    admin_prefix: str = Field(
        "/admin", pattern=r"^(/[^\s?#]*[^\s?#/])?$", description="the site's web_backend_prefix; empty when it has none"
    )
    client_id: str = Field(min_length=1, description="OAuth application: client id")
    client_secret: Secret = Field(description="OAuth application: client secret")
    grant: Literal["client_credentials", "password"] = Field(
        "client_credentials", description="OAuth grant; password also needs username and password"
    )
    username: str | None = Field(None, description="back-office user, for the password grant")
    password: Secret | None = Field(None, description="that user's password, for the password grant")
    version: Literal["auto", "5.1", "6.0", "6.1", "7.0"] = Field(
        "auto", description="the installed OroCommerce; auto learns it from what the server answers"
    )
    page_size: int = Field(100, ge=1, le=1000, description="records asked for in one page")
    skip_external: bool = Field(
        default=True, description="leave out orders flagged external: they were born in another system"
    )
    skip_split_parents: bool = Field(
        default=True, description="leave out an order that is split into sub-orders; the sub-orders are taken instead"
    )
    statuses: Mapping[str, StatusMeaning] = Field(
        default_factory=dict,
        description="what this site's own order statuses mean: open, cancelled or closed; an unknown one is a fault",
    )
    account_field: str = Field(
        "externalId", min_length=1, description="customer attribute that holds the ERP account code"
    )
    vat_field: str = Field(
        "", description="customer attribute that holds the VAT number; the stock product has none, sites add their own"
    )
    account_fields: AccountFieldSettings = Field(
        default_factory=AccountFieldSettings, description="where the shop shows how a company's account stands"
    )
    order_state_field: str = Field(
        "", description="order attribute, text, that shows why an order waits; without it the flow order-state is off"
    )
    order_state_length: int = Field(255, ge=20, le=60_000, description="how many characters that attribute holds")
    acknowledge: Acknowledge = Field(
        "external_id",
        description="how the shop is told the ERP has an order: its externalId (6.1.10, 7.0.2 and later), its status, "
        "both, none, or auto (externalId where the shop has it, else status)",
    )
    acknowledged_status: str = Field(
        "processing", min_length=1, description="id in orderstatuses for an order the ERP has"
    )
    change_refusal_field: str = Field(
        "",
        description="order attribute of the site's own, a text of 255 characters, that shows why a change of a posted "
        "order was not made; empty: none",
    )
    change_refusal_status: str = Field(
        "", description="id in orderstatuses for an order whose change was not made; empty: none"
    )
    carrier_fallback: str = Field(
        "Carrier", min_length=1, description="shown as the shipping method of a despatch that names no carrier"
    )
    stock_write: ListWrite = Field(
        "auto", description="sync: atomic lists (6.0 and later); async: queued lists; single: one call a level"
    )
    stock_batch: int = Field(100, ge=1, le=1000, description="levels in one list; a sync list holds at most 100")
    price_write: ListWrite = Field("auto", description="prices: sync, async or single, as for stock_write")
    price_batch: int = Field(100, ge=1, le=1000, description="prices in one list; a sync list holds at most 100")
    product_family: str = Field(
        "", description="id in attributefamilies of the products Crossdock makes; without it, it makes none"
    )
    product_inventory: str = Field(
        "out_of_stock", min_length=1, description="id in prodinventorystatuses of the products Crossdock makes"
    )
    write_inventory_status: bool = Field(
        default=False, description="also set a product's inventory status to in stock or out of stock with its levels"
    )
    untracked: Literal["write", "skip"] = Field(
        "write", description="levels of products whose inventory management is switched off: write them or skip them"
    )
    warehouse_id: str = Field("", description="Enterprise only: write the levels of this warehouse")
    async_timeout_seconds: float = Field(120.0, gt=0, description="longest wait for a queued list to be worked off")
    async_poll_seconds: float = Field(0.5, gt=0, description="pause between two looks at a queued list")
    webhook_secret: Secret | None = Field(None, description="the webhook's secret; without it signatures go unchecked")
    webhook_max_age_seconds: float = Field(
        300.0, gt=0, le=REPLAY_SECONDS_MAX, description="an event signed longer ago is turned away"
    )

    @model_validator(mode="after")
    def _password_grant_is_whole(self) -> Self:
        if self.grant == "password" and not (self.username and self.password):
            raise ValueError("the password grant needs username and password")
        return self

    @model_validator(mode="after")
    def _refusals_are_no_part_of_the_sale(self) -> Self:
        if self.change_refusal_field in OF_THE_SALE:
            known = ", ".join(sorted(OF_THE_SALE))
            raise ValueError(f"change_refusal_field: must be a field of the site's own, and none of {known}")
        return self

    @property
    def shows_refusals(self) -> bool:
        return bool(self.change_refusal_field or self.change_refusal_status)

    @property
    def api_path(self) -> str:
        return f"{self.admin_prefix}/api"

    @property
    def status_meanings(self) -> Mapping[str, StatusMeaning]:
        return {**STATUS_MEANINGS, **self.statuses}
