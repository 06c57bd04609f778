"""Whose remedies a case takes: those of the kind of pairing it belongs to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from crossdock.flows import remedies
from crossdock.flows.catalogue_records import RECORDS as CATALOGUE_RECORDS
from crossdock.flows.held_records import RECORDS, RecordKind
from crossdock.flows.pairing import CataloguePairing, Ground, RetailPairing
from crossdock.flows.plain_remedies import Remedies
from crossdock.flows.retail_records import RETAIL_RECORDS
from crossdock.flows.wish import Rehearsal, RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.wiring.alert_remedies import House, house
from crossdock.wiring.installation import Installation

G = TypeVar("G", bound=Ground)
CATALOGUE: Remedies[CataloguePairing] = Remedies(records=CATALOGUE_RECORDS)
RETAIL: Remedies[RetailPairing] = Remedies(records=RETAIL_RECORDS)
Does = Callable[[CaseRow, Wish], Awaitable[Rehearsal]]
Again = Callable[..., Awaitable[int]]


class PairingGone(RemedyRefused):
    """The settings no longer have the pairing of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settler:
    """rehearse, apply: a remedy to a case of this pairing. Both raise RemedyRefused."""

    pairing: Ground | House
    rehearse: Does
    apply: Does


def settler_of(here: Installation, case: CaseRow) -> Settler:
    """Raises PairingGone."""
    if (found := settler(here, case.pairing)) is None:
        raise PairingGone(f"The settings no longer have the pairing {case.pairing}. Put it back first.")
    return found


def settler(here: Installation, name: str) -> Settler | None:
    """name "": what belongs to no pairing. None: the settings no longer have that pairing."""
    if not name:
        own = house(here.pool, here.project)
        return Settler(pairing=own, rehearse=own.rehearse, apply=own.apply)
    if (sales := here.pairings.get(name)) is not None:
        return Settler(
            pairing=sales, rehearse=partial(remedies.rehearse, sales), apply=partial(remedies.apply, sales)
        )  # fmt: skip
    if (catalogue := here.catalogues.get(name)) is not None:
        return _plain(CATALOGUE, catalogue)
    if (retail := here.retail.get(name)) is not None:
        return _plain(RETAIL, retail)
    return None


def _plain(of: Remedies[G], pairing: G) -> Settler:
    return Settler(pairing=pairing, rehearse=partial(of.rehearse, pairing), apply=partial(of.apply, pairing))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """recheck: look again at everything that a case of this pairing holds, by its number. records: what cases hold
    besides orders, and what can be done about it."""

    pairing: Ground
    recheck: Again
    records: Mapping[str, RecordKind[Any]]


def looker(here: Installation, name: str) -> Looker | None:
    """None: the settings have no such pairing."""
    if (sales := here.pairings.get(name)) is not None:
        return Looker(pairing=sales, recheck=partial(remedies.recheck, sales), records=RECORDS)
    if (catalogue := here.catalogues.get(name)) is not None:
        return Looker(pairing=catalogue, recheck=partial(CATALOGUE.recheck, catalogue), records=CATALOGUE.records)
    if (retail := here.retail.get(name)) is not None:
        return Looker(pairing=retail, recheck=partial(RETAIL.recheck, retail), records=RETAIL.records)
    return None
