"""What all acts share: the database, finding things in it, and mistakes explained to whoever acts."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control.fulfilment import NotPossible
from crossdock.sandbox.khaos_control.loading import MAIN_SITE
from crossdock.sandbox.khaos_control.model import Company, Order, StockItem
from crossdock.sandbox.khaos_control.store import Store


class Desk:
    """One group of people. Every method a subclass adds without an underscore is an act of that name."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def acts(self) -> Mapping[str, Callable[..., Any]]:
        return {name: getattr(self, name) for name in vars(type(self)) if not name.startswith("_")}

    def find_order(self, ref: str) -> Order:
        order = self.store.orders_by_ref.get(ref) or self.store.orders.get(ref.casefold())
        if order is None:
            raise ActError(f"no order has the associated ref or code {ref!r}")
        return order

    def find_item(self, sku: str) -> StockItem:
        item = self.store.find_item(sku)
        if item is None:
            raise ActError(f"no stock item has the code {sku!r}")
        return item

    def find_site(self, name: str) -> int:
        site_id = self.store.site_id(name) if name else MAIN_SITE
        if site_id is None:
            raise ActError(f"no site is called {name!r}; there are {list(self.store.sites.values())}")
        return site_id

    def find_company(self, code: str) -> Company:
        company = self.store.companies_by_code.get(code.casefold())
        if company is None:
            raise ActError(f"no company has the code {code!r}")
        return company


def number(value: Any) -> Decimal:
    """From a JSON number or text. Raises ActError: on anything that is no finite number."""
    try:
        parsed = Decimal(str(value))
    except ArithmeticError:
        raise ActError(f"{value!r} is not a number") from None
    if not parsed.is_finite():
        raise ActError(f"{value!r} is not a number")
    return parsed


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """What cannot be done to an order is the actor's mistake."""
    try:
        yield
    except NotPossible as error:
        raise ActError(str(error)) from error
