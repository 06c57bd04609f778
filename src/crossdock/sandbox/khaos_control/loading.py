"""The merchant as Khaos Control holds it: what a new simulator starts with."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from crossdock.sandbox.estate import TAX_PERCENT, Estate, EstateCompany, EstateItem
from crossdock.sandbox.khaos_control.markup import london
from crossdock.sandbox.khaos_control.model import Address, Company, Contact, Level, StockItem
from crossdock.sandbox.khaos_control.settings import Settings
from crossdock.sandbox.khaos_control.store import Store

SETUP_DAY = datetime(2024, 1, 1, 9, 0, tzinfo=UTC)
MAIN_SITE = 1
HARMONISATION_CODES = ("83024110", "39259080", "82057000")
TRADE_CLASS = "Trade"


def load_store(estate: Estate, settings: Settings, now: Callable[[], datetime]) -> Store:
    store = Store(
        settings,
        now=now,
        sites=(*estate.sites, *settings.more_sites),
        couriers=dict(estate.couriers),
        delivery_rates=estate.shipping.values(),
    )
    for item in estate.items:
        if item.in_erp:
            _load_item(store, item)
    for item in estate.items:
        if item.in_erp:
            _link_components(store, item)
    for company in estate.companies:
        if company.erp_code:
            store.add_company(_company(store, company))
    return store


def tax_code_of(settings: Settings, percent: Decimal) -> int:
    """The order line tax code for a percentage. Raises ValueError: when no code has it."""
    for code, rate in settings.tax_codes.items():
        if rate == percent:
            return code
    raise ValueError(f"no tax code has {percent} %; codes are {dict(settings.tax_codes)}")


def new_item(store: Store, *, code: str, name: str, net_price: Decimal, tax_code: int, on_hand: Decimal) -> StockItem:
    """A stock item as a user would type it in, with its first level at the main site; not yet in the store."""
    stock_id = store.next_id("stock", 700_001)
    stamp = store.wall()
    return StockItem(
        stock_id=stock_id,
        code=code,
        name=name,
        net_price=net_price,
        tax_code=tax_code,
        revised=stamp,
        moved=stamp,
        barcode=f"50{stock_id:011d}",
        harmonisation=HARMONISATION_CODES[stock_id % len(HARMONISATION_CODES)],
        levels={site_id: Level(on_hand if site_id == MAIN_SITE else Decimal(0)) for site_id in store.sites},
    )


def _load_item(store: Store, source: EstateItem) -> None:
    parent = _parent_of(store, source) if source.parent_sku else None
    item = new_item(
        store,
        code=source.sku,
        name=source.name,
        net_price=source.net_price,
        tax_code=tax_code_of(store.settings, TAX_PERCENT[source.tax]),
        on_hand=Decimal(source.on_hand),
    )
    item.revised = item.moved = london(SETUP_DAY)
    item.other_ref = f"REF-{source.sku}"
    item.controlled = not source.pack
    if parent is not None:
        item.parent = parent
        item.option = tuple(source.option.split("/"))
        parent.children.append(item)
    store.add_item(item)


def _parent_of(store: Store, child: EstateItem) -> StockItem:
    """The size/colour template: described by the first child's name, never stock controlled, never sold."""
    known = store.find_item(child.parent_sku)
    if known is not None:
        return known
    words = child.name.split()[: -len(child.option.split("/"))]
    parent = new_item(
        store,
        code=child.parent_sku,
        name=" ".join(words) or child.parent_sku,
        net_price=child.net_price,
        tax_code=tax_code_of(store.settings, TAX_PERCENT[child.tax]),
        on_hand=Decimal(0),
    )
    parent.revised = parent.moved = london(SETUP_DAY)
    parent.controlled = False
    store.add_item(parent)
    return parent


def _link_components(store: Store, source: EstateItem) -> None:
    item = store.items_by_code[source.sku.casefold()]
    item.pack = [(store.items_by_code[sku.casefold()], Decimal(count)) for sku, count in source.pack]
    item.build = [(store.items_by_code[sku.casefold()], Decimal(count)) for sku, count in source.build]


def _company(store: Store, source: EstateCompany) -> Company:
    return Company(
        company_id=source.erp_id,
        code=source.erp_code,
        name=source.name,
        origin="load",
        created=SETUP_DAY,
        updated=SETUP_DAY,
        web_user=source.email,
        tax_reference=source.vat_number,
        class_name=TRADE_CLASS,
        currency=store.settings.system_currency,
        locked=source.on_stop,
        po_required=source.po_required,
        credit_limit=store.settings.credit_limit,
        addresses=[
            Address(
                address_id=store.next_id("address", 80_001),
                kind=1,
                lines=(source.street, "", ""),
                town=source.town,
                postcode=source.postcode,
                email=source.email,
                phone=source.phone,
            )
        ],
        contacts=[
            Contact(
                contact_id=store.next_id("contact", 90_001),
                forename=source.forename,
                surname=source.surname,
                email=source.email,
                phone=source.phone,
            )
        ],
    )
