"""ExportPriceList, ExportPriceListEx and GetSOPData: lists per company class, quantity breaks, delivery rates."""

from collections.abc import Iterable
from decimal import Decimal

from crossdock.sandbox.khaos_control.markup import attr, cdata, el, flag, number, text, wrap
from crossdock.sandbox.khaos_control.model import NONE, StockItem
from crossdock.sandbox.khaos_control.money import HUNDRED, from_net, list_pence, pence
from crossdock.sandbox.khaos_control.settings import PriceListSetup
from crossdock.sandbox.khaos_control.store import Store

CLASS_AND_ITEM = "3"
NO_END = 999_999
STANDARD_TAX = 1


def export_price_list(store: Store, names: Iterable[str], kind: str = CLASS_AND_ITEM) -> str:
    """PriceLists of the named lists, all of them when none is named. Only company class / stock item lists are kept."""
    if kind != CLASS_AND_ITEM:
        return "<PriceLists/>"
    wanted = {name.casefold() for name in names}
    blocks = "".join(
        _class_list(store, name, setup)
        for name, setup in store.settings.price_lists.items()
        if not wanted or name.casefold() in wanted
    )
    if blocks and store.settings.price_wrapper:
        blocks = wrap("StockItem-CustomerClassificationsList", blocks)
    return wrap("PriceLists", blocks)


def _class_list(store: Store, name: str, setup: PriceListSetup) -> str:
    settings = store.settings
    rows = "".join(
        [_rows(store, name, setup, item) for item in store.items.values() if not item.children]
    )  # fmt: skip
    return (
        f'<StockItem-CustomerClassifications CompClass="{attr(name)}" CurrencyCode="{attr(settings.system_currency)}"'
        f' CurrencyID="1" {settings.price_attribute}="{flag(settings.price_lists_net)}">{rows}'
        "</StockItem-CustomerClassifications>"
    )


def list_price(store: Store, name: str, item: StockItem, quantity: Decimal) -> Decimal:
    """The net price one customer of the class pays; the sell price when there is no such list."""
    setup = store.settings.price_lists.get(name)
    if setup is None:
        return item.net_price
    bands = price_bands(store, name, setup, item)
    start = max((one for one in bands if one <= quantity), default=min(bands))
    return bands[start][0]


def price_bands(store: Store, name: str, setup: PriceListSetup, item: StockItem) -> dict[int, tuple[Decimal, Decimal]]:
    """Quantity from → (net price, percent off; 0 for a price set by hand)."""
    bands = {
        start: (list_pence(item.net_price * (HUNDRED - percent) / HUNDRED), percent)
        for start, percent in ((1, setup.discount), (setup.break_quantity, setup.break_discount))
    }
    for start, price in store.price_overrides.get((name, item.stock_id), {}).items():
        bands[start] = (price, NONE)
    return dict(sorted(bands.items()))


def _rows(store: Store, name: str, setup: PriceListSetup, item: StockItem) -> str:
    bands = price_bands(store, name, setup, item)
    starts = list(bands)
    ends = [start - 1 for start in starts[1:]] + [NO_END]
    return "".join(
        [_row(store, item, *bands[start], start, end) for start, end in zip(starts, ends, strict=True)]
    )  # fmt: skip


def _row(store: Store, item: StockItem, net: Decimal, percent: Decimal, start: int, end: int) -> str:
    rate = store.settings.tax_codes[item.tax_code]
    amount = from_net(net, rate)
    price = amount.net if store.settings.price_lists_net else amount.gross
    set_by_hand = percent == 0
    return (
        f"<StockItem><AmountValue>{number(price if set_by_hand else NONE)}</AmountValue>"
        f"<BuyPrice>{number(pence(item.net_price * 6 / 10))}</BuyPrice><BuyPriceMassage>0</BuyPriceMassage>"
        f"<CalcBranch>{1 if set_by_hand else 2}</CalcBranch><CalculatedPrice>{number(price)}</CalculatedPrice>"
        f"<Discontinued>{'True' if item.discontinued else 'False'}</Discontinued>"
        f"<DiscountValue>{number(percent)}</DiscountValue>"
        "<FlagsStrucDiscPerSOrderLine>False</FlagsStrucDiscPerSOrderLine><MarkUp>0</MarkUp>"
        f"<MassagedMarkUp>0</MassagedMarkUp><OriginalCalculatedPrice>{number(price)}</OriginalCalculatedPrice>"
        f"<QtyEnd>{end}</QtyEnd><QtyStart>{start}</QtyStart><SellPrice>{number(item.net_price)}</SellPrice>"
        f"{cdata('StockCode', item.code)}{cdata('StockDesc', item.name)}<StockID>{item.stock_id}</StockID>"
        f"<TaxPortion>{number(amount.tax)}</TaxPortion><TaxRate>{number(rate)}</TaxRate>"
        "<UseBuyPrice>False</UseBuyPrice></StockItem>"
    )


def sop_data(store: Store, *, couriers: bool, delivery_rates: bool) -> str:
    """SOPDATA: sales rules asked for by flag. Bandings, offers, prompts, keycodes and barred items are not set up."""
    parts = ""
    if couriers:
        parts += wrap(
            "COURIERS",
            "".join(f'<COURIER CODE="{attr(code)}">{text(name)}</COURIER>' for code, name in store.couriers.items()),
        )
    if delivery_rates:
        rates = zip(store.delivery_rates, [*store.couriers.items()] * len(store.delivery_rates), strict=False)
        parts += wrap(
            "DELRATES",
            "".join(
                _rate(store, net, courier, priority)
                for priority, ((_, net), courier) in enumerate(rates, start=1)
            ),
        )  # fmt: skip
    return wrap("SOPDATA", parts)


def _rate(store: Store, net: Decimal, courier: tuple[str, str], priority: int) -> str:
    amount = from_net(pence(net), store.settings.tax_codes.get(STANDARD_TAX, NONE))
    return (
        "<RATE><COUNTRY_CODE>GBR</COUNTRY_CODE><ZONE>UK</ZONE><POSTCODES/>"
        f"{el('COURIER_CODE', courier[0])}{el('COURIER_NAME', courier[1])}<COMPANY_CLASS/>"
        '<WEIGHT LOW="0" HIGH="30"/><VALUE LOW="0" HIGH="99999"/>'
        f'<POSTAGE GROSS="{amount.gross}" VAT="{amount.tax}" PERKG="0" ISKG="0"/><PRIORITY>{priority}</PRIORITY>'
        f"<CURRENCY_DESC>{text(store.settings.system_currency)}</CURRENCY_DESC><BRAND/><INVPRIORITY_ID/></RATE>"
    )
