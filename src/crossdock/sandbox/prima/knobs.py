"""The simulator's settings: whatever is configurable in an installation, or not publicly known about Prima."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from crossdock.sandbox.bridge import BridgeKnobs
from crossdock.sandbox.kernel import ActError

STATUS_WORDS: Mapping[str, str] = {
    "received": "Received", "held": "On Hold", "accepted": "Open", "rejected": "Rejected",
    "part_despatched": "Part Despatched", "despatched": "Despatched", "cancelled": "Cancelled",
}  # fmt: skip
ROW_SPELLING: Mapping[str, str] = {"ProductAvailableToSell": "sku", "MultiAvailableToSell": "SKU"}

CHOICES: Mapping[str, tuple[str, ...]] = {
    "backend": ("prima-solutions", "prima-software", "other"),
    "uom_mode": ("unit_sku", "unit_code"),
    "unit_stock": ("none", "derived"),
    "base_quantity_means": ("per_unit", "total"),
    "pricing_mode": ("erp_prices", "send_price", "send_and_compare"),
    "tax_rounding": ("per_line", "per_code"),
    "stock_policy": ("back_order", "refuse"),
    "on_hold_account": ("refuse", "hold"),
    "erp_number": ("external_ref", "own"),
    "rejected_ref": ("replayed", "reusable"),
    "validate_answers": ("problem", "report"),
    "credit_sign": ("positive", "negative"),
    "price_means": ("unit", "line"),
    "blank_price": ("erp_prices", "zero", "error"),
    "repeated_order_number": ("rejected", "duplicated", "ignored"),
    "unknown_sku_row": ("omit", "zero", "error"),
    "non_latin1": ("question_mark", "keep", "error"),
}
DOORS = ("soap", "bridge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What is played when nobody says otherwise. The settings of `BridgeKnobs` may stand beside these.

    Both doors. doors: which are open. backend: the name told in capabilities. warehouses: their codes; the second
    holds a twentieth of the stock. price_tolerance: pounds per line that `variance` forgives. tax_rounding: tax is
    rounded per line or per VAT code. stock_policy: an order beyond free stock waits, or is refused. held_allocates: a
    held order takes stock. on_hold_account: its orders are refused, or taken as held. erp_number: the ERP takes the
    caller's reference as its number, or counts its own. invoice_at_despatch: each despatch is invoiced at once.

    Items and units. uom_mode: each saleable unit has its own SKU, or lines carry a unit code. unit_items: unit SKUs are
    item records of their own as well. unit_stock: a unit SKU has no stock record, or one derived from its base.
    base_quantity_means: a line's base_quantity is one unit's, or the whole line's. unconfirmed_skus: unit SKUs whose
    base quantity nobody has confirmed yet.

    Bridge. pricing_mode: as in capabilities. zero_price_trap: no price is told as 0.00 (Prima Software's price service
    does that for an unknown SKU). per_warehouse: stock rows per warehouse, otherwise one row `ALL`. stock_delta,
    stock_sequence: offered or not. stock_age_seconds: how old the figures say they are. free_is_net: `free` really is
    net of allocations. free_field, semantics_confirmed: as in capabilities. queue: orders are only queued (202);
    queue_seconds: then decided at the first call after so long, null for the act `run_queue` only. cancel: offered.
    rejected_ref: what a create under the reference of a rejected order gets: that order, or a new attempt.
    validate_answers: what validate finds is a problem, or a report in a 200. credit_sign: of a credit note's amounts.
    unsupported: operations that answer 501.

    SOAP. soap_path, wsdl_path, target_uri: of the OpenEdge web service. input_part, output_part, company_part: names
    of the operations' parameters. reply_root, row_spelling, status_words: names and words in replies. companies:
    company id → its warehouses, empty for a single company. company_required: wsomhandler is refused. ats_per_company:
    available to sell counts the company's warehouses only. available_to_sell_net: net of allocations. price_means: a
    line's Price is one unit's or the line's. blank_price: what no Price means. repeated_order_number: what becomes of
    it. multi_order_atomic: one bad order stops its whole MultiNewOrder. unknown_sku_row: what is said of a product that
    is not on file. non_latin1: raw characters outside Latin-1 in a request (numeric references always survive).
    """

    doors: tuple[str, ...] = DOORS
    backend: str = "prima-solutions"
    warehouses: tuple[str, ...] = ("MAIN", "TRADE")
    price_tolerance: str = "0.01"
    tax_rounding: str = "per_line"
    stock_policy: str = "back_order"
    held_allocates: bool = True
    on_hold_account: str = "refuse"
    erp_number: str = "external_ref"
    invoice_at_despatch: bool = True

    uom_mode: str = "unit_sku"
    unit_items: bool = True
    unit_stock: str = "none"
    base_quantity_means: str = "per_unit"
    unconfirmed_skus: tuple[str, ...] = ()

    pricing_mode: str = "send_price"
    zero_price_trap: bool = False
    per_warehouse: bool = True
    stock_delta: bool = True
    stock_sequence: bool = True
    stock_age_seconds: float = 0
    free_is_net: bool = True
    free_field: str = "AvailableQuantity"
    semantics_confirmed: bool = False
    queue: bool = False
    queue_seconds: float | None = 0
    cancel: bool = True
    rejected_ref: str = "replayed"
    validate_answers: str = "problem"
    credit_sign: str = "positive"
    unsupported: tuple[str, ...] = ()

    soap_path: str = "/wsa/prima"
    wsdl_path: str = "/wsa/prima/wsdl"
    target_uri: str = "urn:omlink"
    input_part: str = "ipcXml"
    output_part: str = "opcXml"
    company_part: str = "ipcCompany"
    reply_root: str = "Response"
    row_spelling: Mapping[str, str] = field(default_factory=lambda: ROW_SPELLING)
    status_words: Mapping[str, str] = field(default_factory=lambda: STATUS_WORDS)
    companies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    company_required: bool = False
    ats_per_company: bool = True
    available_to_sell_net: bool = True
    price_means: str = "unit"
    blank_price: str = "erp_prices"
    repeated_order_number: str = "rejected"
    multi_order_atomic: bool = True
    unknown_sku_row: str = "omit"
    non_latin1: str = "question_mark"

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "Knobs":
        """Raises ActError: on a setting nobody knows, or a value nobody plays."""
        own = {one.name for one in fields(cls)}
        if unknown := set(settings) - own - BridgeKnobs.names():
            raise ActError(f"prima settings: unknown {sorted(unknown)}; known {sorted(own | BridgeKnobs.names())}")
        taken = {name: value for name, value in settings.items() if name in own}
        for name in ("doors", "warehouses", "unconfirmed_skus", "unsupported"):
            if name in taken:
                taken[name] = tuple(taken[name])
        for name, whole in (("row_spelling", ROW_SPELLING), ("status_words", STATUS_WORDS)):
            if name in taken:
                taken[name] = {**whole, **taken[name]}
        if "companies" in taken:
            taken["companies"] = {str(id_): tuple(codes) for id_, codes in taken["companies"].items()}
        knobs = cls(**taken)
        knobs._check()
        return knobs

    def _check(self) -> None:
        for name, values in CHOICES.items():
            if getattr(self, name) not in values:
                raise ActError(f"setting {name}: {getattr(self, name)!r} is none of {', '.join(values)}")
        if not self.doors or set(self.doors) - set(DOORS):
            raise ActError(f"setting doors: {list(self.doors)} is not made of {', '.join(DOORS)}")
        if not self.warehouses:
            raise ActError("setting warehouses: there must be one at least")
        for id_, codes in self.companies.items():
            if strange := set(codes) - set(self.warehouses):
                raise ActError(f"setting companies: {id_} has unknown warehouses {sorted(strange)}")
