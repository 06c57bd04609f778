"""Everything one Khaos Control database holds, with the indexes that keep a call from ever scanning it."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

from crossdock.sandbox.khaos_control.markup import london
from crossdock.sandbox.khaos_control.model import Company, Invoice, LedgerEntry, Order, StockItem
from crossdock.sandbox.khaos_control.settings import Settings


class Store:
    """now: the server's clock, in UTC. Codes are compared without case and without spaces around them.

    open_orders: neither complete nor cancelled. price_overrides: (list, stock_id) → quantity from → price set by hand.
    merged: (company_id, company_id merged into, when). changes: what the web service changed of orders that were there.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        sites: Iterable[str],
        couriers: dict[str, str],
        delivery_rates: Iterable[tuple[str, Decimal]],
    ) -> None:
        self.settings = settings
        self.now = now
        self.sites = dict(enumerate(sites, start=1))
        self.couriers = couriers
        self.delivery_rates = tuple(delivery_rates)
        self.items: dict[int, StockItem] = {}
        self.items_by_code: dict[str, StockItem] = {}
        self.items_by_ref: dict[str, StockItem] = {}
        self.items_by_barcode: dict[str, StockItem] = {}
        self.items_by_name: dict[str, StockItem] = {}
        self.companies: dict[int, Company] = {}
        self.companies_by_code: dict[str, Company] = {}
        self.companies_by_ref: dict[str, Company] = {}
        self.companies_by_web_user: dict[str, Company] = {}
        self.orders: dict[str, Order] = {}
        self.orders_by_ref: dict[str, Order] = {}
        self.open_orders: dict[str, Order] = {}
        self.skipped: list[dict[str, str]] = []
        self.imports_by_ref: Counter[str] = Counter()
        self.changes: list[dict[str, object]] = []
        self.ledger: dict[str, LedgerEntry] = {}
        self.price_overrides: dict[tuple[str, int], dict[int, Decimal]] = {}
        self.merged: list[tuple[int, int, datetime]] = []
        self.disabled_stages = set(settings.disabled_stages)
        self._sites_by_name = {name.casefold(): site_id for site_id, name in self.sites.items()}
        self._last: Counter[str] = Counter()

    def wall(self) -> datetime:
        """The office's wall clock, which is what Khaos Control stamps on records."""
        return london(self.now())

    def next_id(self, kind: str, first: int) -> int:
        """Unique and increasing per kind, starting at `first`."""
        self._last[kind] += 1
        return first + self._last[kind] - 1

    def new_invoice(self, *, stage: int, short: bool = False) -> Invoice:
        return Invoice(
            invoice_id=self.next_id("invoice", 500_001),
            code=self.settings.unprinted_code,
            stage=stage,
            lines={},
            short=short,
            trail=[stage],
        )

    def site_id(self, name: str) -> int | None:
        return self._sites_by_name.get(name.strip().casefold())

    def find_item(self, code: str) -> StockItem | None:
        return self.items_by_code.get(code.strip().casefold())

    def add_item(self, item: StockItem) -> None:
        self.items[item.stock_id] = item
        self.items_by_code[item.code.casefold()] = item
        if item.other_ref:
            self.items_by_ref[item.other_ref.casefold()] = item
        if item.barcode:
            self.items_by_barcode[item.barcode] = item
        self.items_by_name.setdefault(item.name.casefold(), item)

    def recode_item(self, item: StockItem, code: str) -> None:
        """The stock code changes; STOCK_ID does not."""
        del self.items_by_code[item.code.casefold()]
        item.code = code
        item.revised = self.wall()
        self.items_by_code[code.casefold()] = item

    def add_company(self, company: Company) -> None:
        self.companies[company.company_id] = company
        self.companies_by_code[company.code.casefold()] = company
        self._index(self.companies_by_ref, company.other_ref, company)
        self._index(self.companies_by_web_user, company.web_user, company)

    def name_company(self, company: Company, *, other_ref: str, web_user: str) -> None:
        """Set what an account is found by; an empty one stays as it is."""
        if other_ref and other_ref != company.other_ref:
            self._forget(self.companies_by_ref, company.other_ref, company)
            company.other_ref = other_ref
            self._index(self.companies_by_ref, other_ref, company)
        if web_user and web_user != company.web_user:
            self._forget(self.companies_by_web_user, company.web_user, company)
            company.web_user = web_user
            self._index(self.companies_by_web_user, web_user, company)

    def merge_company(self, company: Company, into: Company) -> None:
        """Delete an account; its orders go to another."""
        for order in self.orders.values():
            if order.company is company:
                order.company = into
        into.balance += company.balance
        into.updated = self.now()
        del self.companies[company.company_id]
        del self.companies_by_code[company.code.casefold()]
        self._forget(self.companies_by_ref, company.other_ref, company)
        self._forget(self.companies_by_web_user, company.web_user, company)
        self.merged.append((company.company_id, into.company_id, self.now()))

    @staticmethod
    def _index(index: dict[str, Company], key: str, company: Company) -> None:
        if key:
            index.setdefault(key.casefold(), company)  # where two share a key, the older account is the one found

    @staticmethod
    def _forget(index: dict[str, Company], key: str, company: Company) -> None:
        if index.get(key.casefold()) is company:
            del index[key.casefold()]

    def add_order(self, order: Order) -> None:
        self.orders[order.code.casefold()] = order
        if order.associated_ref:
            self.orders_by_ref[order.associated_ref] = order
        self.open_orders[order.code] = order

    def touch(self, order: Order) -> None:
        """After any change of an order or its invoices."""
        order.changed = self.wall()
        if order.cancelled is not None or order.complete:
            self.open_orders.pop(order.code, None)
