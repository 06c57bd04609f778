"""The made-up merchant that every simulator is loaded with: Harbour & Pine Trade Supplies, York.

One catalogue, one customer list, seen from each system as that system would hold it. Built from a seed; nothing here
knows a wire format. Trouble is part of the picture: an item the ERP never had, an account on stop, a company that
nobody linked.
"""

import random
from dataclasses import dataclass
from decimal import Decimal

STANDARD, REDUCED, ZERO = "STD", "RED", "ZER"
TAX_PERCENT = {STANDARD: Decimal(20), REDUCED: Decimal(5), ZERO: Decimal(0)}

_GOODS = (
    "Cordless drill", "Impact driver", "Hinge", "Door handle", "Wood screw", "Decking board", "Paint tray", "Sealant",
    "Ear defenders", "Work glove", "Cable tie", "Junction box", "Pipe clip", "Ball valve", "Sanding disc", "Chisel",
)  # fmt: skip
_FINISHES = ("brass", "black", "white", "oak", "steel", "heavy duty", "18 V", "trade pack", "M6", "M8")
_TOWNS = (("York", "YO1 9AA"), ("Leeds", "LS1 4DY"), ("Hull", "HU1 1UU"), ("Ripon", "HG4 1QP"), ("Selby", "YO8 4PU"))
_TRADES = ("Joinery", "Builders", "Electrical", "Plumbing & Heating", "Interiors", "Roofing", "Lettings", "Estates")


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateItem:
    """One thing that is counted and moved.

    net_price: pounds for one primary unit (`each`). units: selling unit code → how many eaches it holds.
    on_hand: eaches in the warehouse. in_erp: False for an item the storefront sells and the ERP never had.
    parent_sku, option: set on a size/colour child. components: (sku, eaches) of a pack or build.
    """

    sku: str
    name: str
    net_price: Decimal
    tax: str
    units: dict[str, int]
    on_hand: int
    in_erp: bool = True
    parent_sku: str = ""
    option: str = ""
    pack: tuple[tuple[str, int], ...] = ()
    build: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateCompany:
    """One buyer. storefront_id: its customer id in the shop. erp_code and erp_id: its account, "" and 0 if none.
    linked: the shop holds the ERP code as its external id."""

    storefront_id: str
    name: str
    erp_code: str
    erp_id: int
    linked: bool
    forename: str
    surname: str
    email: str
    phone: str
    street: str
    town: str
    postcode: str
    payment_term: str
    on_stop: bool = False
    po_required: bool = False

    @property
    def vat_number(self) -> str:
        """British, and valid: seven digits weighted 8 to 2 and two more that make up for them, modulo 97."""
        seven = f"{7_000_000 + 137 * int(self.storefront_id):07d}"
        check = 97 - sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), seven, strict=True)) % 97
        return f"GB{seven}{check:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Everything the merchant has. shipping: storefront method → (label, net charge). couriers: ERP code → name."""

    currency: str
    items: tuple[EstateItem, ...]
    companies: tuple[EstateCompany, ...]
    shipping: dict[str, tuple[str, Decimal]]
    couriers: dict[str, str]
    sites: tuple[str, ...]

    def item(self, sku: str) -> EstateItem:
        return next(item for item in self.items if item.sku == sku)


def build_estate(*, seed: int = 7, items: int = 120, companies: int = 30) -> Estate:
    """A merchant of the given size. The same seed gives the same merchant."""
    rng = random.Random(seed)
    plain = [_plain_item(rng, number) for number in range(items)]
    # "Oslo" is a size/colour family; its parent is a template that is never stocked or sold.
    family = [
        EstateItem(sku=f"OSLO-{size}-{colour}", name=f"Oslo handle {size} {colour}", net_price=Decimal("18.40"),
                   tax=STANDARD, units={"each": 1}, on_hand=60, parent_sku="OSLO", option=f"{size}/{colour}")
        for size in ("S", "L") for colour in ("BLK", "WHT")
    ]  # fmt: skip
    kits = [
        EstateItem(sku="KIT-DOOR", name="Door set", net_price=Decimal("49.90"), tax=STANDARD, units={"each": 1},
                   on_hand=0, pack=((plain[0].sku, 1), (plain[1].sku, 3))),
        EstateItem(sku="BLD-SHELF", name="Shelf, built", net_price=Decimal("32.00"), tax=STANDARD, units={"each": 1},
                   on_hand=15, build=((plain[2].sku, 2), (plain[3].sku, 4))),
    ]  # fmt: skip
    strays = [
        EstateItem(sku="GHOST-01", name="Lantern, discontinued", net_price=Decimal("24.00"), tax=STANDARD,
                   units={"each": 1}, on_hand=500, in_erp=False),
    ]  # fmt: skip
    return Estate(
        currency="GBP",
        items=(*plain, *family, *kits, *strays),
        companies=tuple(_company(rng, number) for number in range(companies)),
        shipping={"flat_rate_1": ("Flat rate", Decimal("7.90")), "flat_rate_2": ("Next day", Decimal("12.50"))},
        couriers={"DPD": "DPD Local", "PFW": "Parcelforce 24", "PAL": "Pallet network"},
        sites=("Main Warehouse", "Trade Counter"),
    )


def _plain_item(rng: random.Random, number: int) -> EstateItem:
    units = {"each": 1} if number % 3 else {"each": 1, "case": rng.choice((6, 12, 24))}
    tax = ZERO if number % 11 == 5 else REDUCED if number % 13 == 7 else STANDARD
    return EstateItem(
        sku=f"HP-{1000 + number}",
        name=f"{rng.choice(_GOODS)}, {rng.choice(_FINISHES)}",
        net_price=Decimal(rng.randrange(95, 9500)) / 100,
        tax=tax,
        units=units,
        on_hand=rng.randrange(300, 2000) if number % 7 else rng.randrange(12, 40),
    )


def _company(rng: random.Random, number: int) -> EstateCompany:
    town, postcode = rng.choice(_TOWNS)
    surname = rng.choice(("Hartley", "O'Neill", "Patel", "Brontë", "Nowak", "Lister", "Shaw"))
    stray = number % 29 == 28  # registered in the shop, never linked to an account
    return EstateCompany(
        storefront_id=str(101 + number),
        name=f"{surname} {rng.choice(_TRADES)} & Sons",
        erp_code="" if stray else f"HPT{1001 + number}",
        erp_id=0 if stray else 50001 + number,
        linked=not stray,
        forename=rng.choice(("Ida", "Tom", "Aisha", "Piotr", "Grace")),
        surname=surname,
        email=f"buyer{number}@customer{number}.example",
        phone=f"01904 {rng.randrange(100000, 999999)}",
        street=f"{rng.randrange(1, 180)} {rng.choice(('Foss', 'Mill', 'Station', 'Quay'))} Lane",
        town=town,
        postcode=postcode,
        payment_term="net 30" if number % 2 else "net 60",
        on_stop=number % 17 == 16,
        po_required=number % 13 == 12,
    )
