"""What a reference by ID, Code or Name may mean here: a site, class, currency, source, courier, tax rate or reason.

IDs are assigned by place and shown in the state: whoever sets up the other side types them in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crossdock.sandbox.khaos_control.channel.settings import ChannelSettings
from crossdock.sandbox.khaos_control.channel.wire import DataItem
from crossdock.sandbox.khaos_control.countries import COUNTRIES
from crossdock.sandbox.khaos_control.documents import Refused
from crossdock.sandbox.khaos_control.markup import number
from crossdock.sandbox.khaos_control.store import Store

SITE, CLASS, CURRENCY, SOURCE, BRAND = "Site", "CompanyClass", "Currency", "SalesSource", "Brand"
COURIER, COUNTRY, TAX, REASON = "Courier", "Country", "TaxRate", "ReturnReason"
NO_CODE = frozenset({SOURCE, BRAND})
EXACT = frozenset({CLASS, SOURCE, BRAND})


@dataclass(frozen=True, slots=True)
class Known:
    """codes: any of them is accepted. key: what the rest of the system calls it."""

    id: str
    codes: tuple[str, ...]
    name: str
    key: Any


class References:
    """Raises Refused from `need`, never from `find`."""

    def __init__(self, store: Store, settings: Callable[[], ChannelSettings]) -> None:
        self.store, self.settings = store, settings

    def find(self, kind: str, item: DataItem | None) -> Any | None:
        """The key of what is meant, None when there is no such thing. ID counts before Code, Code before Name."""
        if not item:
            return None
        return next((one.key for one in self._kind(kind) if self._is(kind, one, item)), None)

    def need(self, kind: str, item: DataItem | None) -> Any:
        key = self.find(kind, item)
        if key is None:
            raise Refused(f"{kind} not found: {item or ''}")
        return key

    def public(self) -> dict[str, list[dict[str, str]]]:
        kinds = (SITE, CLASS, CURRENCY, SOURCE, BRAND, COURIER, COUNTRY, TAX, REASON)
        return {
            kind: [{"ID": one.id, "Code": "/".join(one.codes), "Name": one.name} for one in self._kind(kind)]
            for kind in kinds
        }

    @staticmethod
    def _is(kind: str, one: Known, item: DataItem) -> bool:
        if item.id:
            return item.id == one.id
        if item.code:
            return kind not in NO_CODE and item.code.upper() in one.codes
        return item.name == one.name if kind in EXACT else item.name.casefold() == one.name.casefold()

    def _kind(self, kind: str) -> Iterable[Known]:
        settings = self.store.settings
        match kind:
            case "Site":
                return [Known(str(site_id), (), name, site_id) for site_id, name in self.store.sites.items()]
            case "CompanyClass":
                return _named(settings.company_classes)
            case "Currency":
                return _coded({code: code for code in settings.currencies})
            case "SalesSource":
                return _named(settings.sale_sources)
            case "Brand":
                return _named(settings.brands)
            case "Courier":
                return _coded(self.store.couriers)
            case "Country":
                return [
                    Known(str(place), (one.code2, one.code3), one.name, one)
                    for place, one in enumerate(COUNTRIES, start=1)
                ]
            case "TaxRate":
                return [
                    Known(str(code), (str(code),), f"VAT {number(percent)}%", code)
                    for code, percent in settings.tax_codes.items()
                ]
            case _:
                return _named(self.settings().return_reasons)


def _named(names: Iterable[str]) -> list[Known]:
    return [Known(str(place), (), name, name) for place, name in enumerate(names, start=1)]


def _coded(names: Mapping[str, str]) -> list[Known]:
    return [Known(str(place), (code,), name, code) for place, (code, name) in enumerate(names.items(), start=1)]


def kc_id(letter: str, number: int) -> str:
    """An ID as Khaos Control writes them: 15 characters that never change. letter: what it is of."""
    return f"HPTSIM{letter}{number:08d}"


def of_kc_id(letter: str, text: str) -> int | None:
    """The number in such an ID, None when it is of nothing of that letter."""
    head = f"HPTSIM{letter}"
    return int(text[len(head) :]) if text.startswith(head) and text[len(head) :].isdecimal() else None
