"""Settings of one Prima. What nobody has published is a setting here, and what would cost money if guessed has no
default: it must be confirmed first."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from crossdock.connectors.bridge import BridgeSettings
from crossdock.connectors.prima.key_table import KeyTable, load_key_table
from crossdock.connectors.prima.mapping_file import Mapped, load_mapping
from crossdock.connectors.prima.wire_orders import Status
from crossdock.ports.config import Budget, FileName

Profile = Literal["prima-solutions-soap", "bridge-v1"]
MAPPING_FILE = Path(__file__).parent / "mappings" / "prima-solutions-soap.yaml"


class PrimaSettings(BridgeSettings):
    """How to reach one Prima: by its own SOAP service through a mapping file, or by a bridge beside it."""

    kind: str = Field("prima", pattern="^prima$", description="which connector speaks to it")
    profile: Profile = Field(
        "prima-solutions-soap", description="what answers at base_url: Prima's own SOAP service, or a bridge-v1 server"
    )
    timeout_seconds: float = Field(120.0, gt=0, description="longest wait for an answer; all stock comes in one")
    budget: Budget = Field(
        default_factory=lambda: Budget(requests_per_second=5.0, concurrency=2),
        description="rate, concurrency and circuit breaker; the ERP serves its own users besides",
    )
    stock_semantics_confirmed: bool = Field(
        default=False, description="the allocation probe has shown that `free` is what may be promised; before, none is"
    )
    allocation_probe_sku: str = Field(
        "", description="the probe orders this SKU, held, and cancels it again: it writes"
    )
    allocation_probe_account: str = Field("", description="account the allocation probe orders on")
    allocation_probe_quantity: Decimal = Field(Decimal(1), gt=0, description="how many the allocation probe orders")
    allocation_probe_price: Decimal = Field(Decimal(1), gt=0, description="unit price of the allocation probe's order")
    allocation_probe_currency: str = Field("GBP", description="currency of the allocation probe's order")
    allocation_probe_country: str = Field("GB", description="country of the address it is never sent to")
    allocation_probe_seconds: float = Field(
        30.0, ge=0, description="longest wait for the figure to follow the allocation probe's order"
    )
    settle_seconds: float = Field(300.0, ge=0, description="how long after a send 'not found' proves nothing")
    price_decimals: int = Field(2, ge=0, le=6, description="decimals a unit price may have")
    source: str = Field("crossdock", min_length=1, max_length=64, description="who we are, beside our reference")
    hold_orders: bool = Field(default=False, description="post every order held, for review over there")
    hold_reason: str = Field("", description="what a held order says")
    delivery_charge_code: str = Field("", description="charge code of carriage; an order with carriage needs it")
    delivery_address_code: str = Field("", description="delivery address of orders that name none")
    invoice_address_code: str = Field("", description="invoice address of every order; empty leaves it to the account")
    uom_mode: Literal["auto", "unit_sku", "unit_code"] = Field(
        "auto", description="bridge: whether each unit has its own SKU or a code beside the SKU; auto asks the bridge"
    )
    item_cache_seconds: float = Field(900.0, ge=0, description="bridge: how long an item's keys and units are trusted")
    credit_note_sign: Literal["positive", "negative"] = Field(
        "positive", description="bridge: the sign credit notes are printed with"
    )
    mapping_file: FileName | None = Field(None, description="soap: mapping file instead of the one that comes with us")
    key_table: FileName | None = Field(
        None, description="soap: CSV file of sku,product,m1,m2,m3,m4; native keys are never made out of SKUs"
    )
    company_id: str = Field("", description="soap: company to speak to, on an installation with several")
    pricing_mode: Literal["send_price", "erp_prices"] = Field(
        "send_price", description="soap: whether orders carry prices; a bridge says so itself"
    )
    price_meaning: Literal["unit", "line"] | None = Field(
        None, description="soap: what Prima reads a line's price as; no order is posted before this is confirmed"
    )
    blank_price: Literal["erp_prices"] | None = Field(
        None,
        description="soap: what a blank price does; with pricing_mode erp_prices nothing is posted before it is set",
    )
    not_found_on_error: Literal["ask", "absent"] | None = Field(
        None, description="soap: what an error on OrderStatus means; empty takes the mapping file's word"
    )
    order_statuses: Mapping[str, Status] = Field(
        default_factory=dict, description="soap: further status words of this Prima, and what they mean"
    )

    @model_validator(mode="after")
    def _files_can_be_read(self) -> Self:
        """So that a mistake in a mapping file is told at start-up, with its line."""
        if self.profile == "prima-solutions-soap":
            self.mapped()
            self.keys()
        if bool(self.allocation_probe_sku) != bool(self.allocation_probe_account):
            raise ValueError("the allocation probe needs both allocation_probe_sku and allocation_probe_account")
        return self

    def mapped(self) -> Mapped:
        """The mapping file. Raises ValueError naming line, key and fix."""
        return load_mapping(Path(self.mapping_file) if self.mapping_file else MAPPING_FILE)

    def keys(self) -> KeyTable:
        """The key table; empty without one. Raises ValueError naming the line."""
        return load_key_table(Path(self.key_table)) if self.key_table else KeyTable()

    @property
    def probes_allocation(self) -> bool:
        return bool(self.allocation_probe_sku and self.allocation_probe_account)

    def looking_only(self) -> Self:
        """Without the allocation probe, which places an order."""
        return self.model_copy(update={"allocation_probe_sku": "", "allocation_probe_account": ""})
