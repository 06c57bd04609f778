"""What every part of the connector shares."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from crossdock.connectors.scayle.client import Api
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.ports.runtime import Clock

RUN_MAX = 10_000


@dataclass(slots=True)
class Stamps:
    """One clock for all stock, to the second, that never gives one target the same or an earlier second twice.

    SCAYLE ignores a quantity whose changedAt is older than the last, so two figures must never share a second.
    """

    clock: Clock
    lag_seconds: float
    last: dict[str, datetime] = field(default_factory=dict)

    def next(self, ref: str, as_of: datetime | None = None) -> datetime:
        """as_of: up to when the figure knows of every order; now, when nobody says."""
        now = ((as_of or self.clock.now()) - timedelta(seconds=self.lag_seconds)).replace(microsecond=0)
        last = self.last.get(ref)
        given = now if last is None or now > last else last + timedelta(seconds=1)
        if len(self.last) > RUN_MAX:
            self.last = {key: at for key, at in self.last.items() if at >= now}
        self.last[ref] = given
        return given


@dataclass(slots=True)
class Session:
    """The shop countries of one system, connected."""

    settings: ScayleSettings
    api: Api
    clock: Clock
    stamps: Stamps

    @classmethod
    def of(cls, settings: ScayleSettings, api: Api, clock: Clock) -> "Session":
        return cls(settings, api, clock, Stamps(clock, settings.changed_at_lag_seconds))

    @property
    def orders_path(self) -> str:
        """Of one order: shop and country must be there and are no filter, so the first country does for all."""
        return self._orders_of(self.settings.country_code)

    @property
    def order_lists(self) -> tuple[str, ...]:
        """Each country of the shop that is ours has its own list."""
        return tuple(self._orders_of(one) for one in (self.settings.country_code, *self.settings.more_countries))

    def _orders_of(self, country: str) -> str:
        return f"/shops/{quote(self.settings.shop_key, safe='')}/countries/{quote(country, safe='')}/orders"


class Part:
    """A part of the connector: what it can do of one capability. All parts share one session."""

    def __init__(self, session: Session) -> None:
        self._session = session


@dataclass(slots=True)
class Told:
    """Fulfilment calls that left and are not shown yet: units by (order, key). A call that was taken is never made
    again while this process lives; one without an answer not before `settle_seconds` are over."""

    clock: Clock
    settle_seconds: float
    calls: dict[tuple[str, str], tuple[tuple[int, ...], datetime | None]] = field(default_factory=dict)

    def note(self, order: str, key: str, units: tuple[int, ...], *, taken: bool) -> None:
        until = None if taken else self.clock.now() + timedelta(seconds=self.settle_seconds)
        self.calls[order, key] = units, until

    def open(self, order: str) -> dict[str, tuple[int, ...]]:
        """Those of an order that may still take effect, by key."""
        now = self.clock.now()
        self.calls = {at: call for at, call in self.calls.items() if call[1] is None or call[1] > now}
        return {key: units for (one, key), (units, _) in self.calls.items() if one == order}

    def forget(self, order: str, key: str) -> None:
        self.calls.pop((order, key), None)
