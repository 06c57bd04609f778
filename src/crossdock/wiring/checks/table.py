"""What a check is, and the table of all of them: the same that is run, listed and written into a handbook.

A check is one function with a row above it. A flow that wants one writes both into a module of this folder and names
the module in `__init__.py`:

    @check("money-agrees", WEEKLY, "Do orders, invoices and credit notes agree?", how="...", flows={Flow.LEDGER})
    async def money_agrees(desk: CheckDesk) -> Answer: ...
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crossdock.decide.checks import Answer
from crossdock.settings.pairing import AnyPairing, Flow
from crossdock.settings.pairing import Pairing as SalesSettings
from crossdock.store.checks import CheckBook
from crossdock.wiring.installation import Installation


class Often(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


DAILY, WEEKLY, MONTHLY = Often


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDesk:
    """What a check has to go by. settings: of the pairing, of whatever kind. every: flow → seconds between two runs."""

    here: Installation
    name: str
    settings: AnyPairing
    book: CheckBook
    every: Mapping[str, float]
    now: datetime

    @property
    def sales(self) -> SalesSettings:
        """The settings of a pairing with a storefront; only for checks whose flows are of such a pairing."""
        if not isinstance(self.settings, SalesSettings):
            raise TypeError(f"{self.name} is no pairing with a storefront")
        return self.settings


Ask = Callable[[CheckDesk], Awaitable[Answer]]
Applies = Callable[[AnyPairing], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """question, how it is answered: in plain words, for people. flows: it is asked where one of these runs; empty for
    every pairing. applies: what else the settings must say."""

    name: str
    often: Often
    question: str
    how: str
    flows: frozenset[Flow]
    applies: Applies
    ask: Ask

    def is_asked(self, settings: AnyPairing) -> bool:
        return (not self.flows or bool(self.flows & set(settings.runs()))) and self.applies(settings)


CHECKS: dict[str, Check] = {}
"""By name, in the order they are asked."""


def check(
    name: str,
    often: Often,
    question: str,
    *,
    how: str,
    flows: Iterable[Flow] = (),
    applies: Applies = lambda _: True,
) -> Callable[[Ask], Ask]:
    """Puts a function into the table."""

    def put(ask: Ask) -> Ask:
        if name in CHECKS:
            raise ValueError(f"there are two checks called {name}")
        CHECKS[name] = Check(
            name=name, often=often, question=question, how=how, flows=frozenset(flows), applies=applies, ask=ask
        )  # fmt: skip
        return ask

    return put
