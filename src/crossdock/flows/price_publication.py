"""Prices out: the ERP's price lists become the storefront's, absolute, only what differs, in its largest batches.

The ERP owns prices: what a list of the storefront shows of its items, and the ERP does not list, goes. A read that was
not whole changes and removes nothing; a write nobody answered for is written again.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from crossdock.cases.kind import Finding, Remedy
from crossdock.cases.kinds import (
    PRICE_LIST_UNMAPPED,
    PRICE_WRITE_REJECTED,
    PRICE_ZERO,
    UNIT_QUANTITY_CONFLICT,
    UNIT_UNMAPPED,
)
from crossdock.decide.units import unit_conflict, unit_unmapped
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.price_lists import FEED, ListRead, read_list, refresh_prices, settle_reads
from crossdock.flows.soon import SOON_SECONDS, run_soon
from crossdock.flows.standing import Told, keep_told
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.model.faults import Accepted, ConfigFault, Outcome, Refused
from crossdock.model.price import ShownList, ShownPrice
from crossdock.ports.busy import Busy
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.price_book import Differences, ListFed, PriceRun, UnconfirmedUnit
from crossdock.ports.runtime import calling
from crossdock.ports.systems import PriceSink

FLOW = "price-publication"
LIST_RECORD, PRICE_RECORD = "price-list", "price"
SUBJECT_LENGTH = 200
NUMBERS = re.compile(r"\d+")
FED = "the ERP's list is shown in the storefront"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which ERP list is shown where. named: every ERP list to publish → the word it is mapped to, "" for none.

    there: the storefront's lists by key. fed: its key → the ERP lists shown in it; more than one is a mistake.
    """

    named: Mapping[str, str]
    there: Mapping[str, ShownList]
    fed: Mapping[str, Sequence[str]]


async def publish_prices(pairing: Pairing) -> Result:
    """One run: lists, what is shown, differences, writes. Raises what stopped the first list that could not be read.

    The lists that orders are compared with are read in any case.
    """
    sink, named = pairing.of_storefront(PriceSink), await named_lists(pairing)
    if sink is None or not named:
        return {**await _only_read(pairing), "idle": "no list is named in prices.lists or maps.price_list"}
    for feed in ("items", "targets"):
        if await pairing.reference.watermark(feed) is None:
            await run_soon(pairing, FLOW, delay_seconds=SOON_SECONDS)
            return {**await _only_read(pairing), "skipped": f"{feed} have not been read yet"}
    began = pairing.clock.now()
    try:
        async with pairing.prices.run() as run:
            plan = await plan_lists(sink, run, named)
            await _tell_unmapped(pairing, plan)
            reads = [await read_list(pairing, run, name) for name in dict.fromkeys((*named, *pairing.price_lists))]
            counts, problem = await _publish(pairing, sink, run, plan, reads)
    except Busy:
        return {"skipped": "another worker is at it"}
    if all(one.problem is None for one in reads):
        await pairing.reference.move_watermark(FEED, began)
    if any(one.problem for one in reads):
        calling.set(pairing.erp_name)  # whose fault it is; the shop was called since
    await settle_reads(pairing, reads)
    if problem is not None:
        calling.set(pairing.erp_name)
        raise problem
    return counts


async def _only_read(pairing: Pairing) -> Result:
    return await refresh_prices(pairing) if pairing.price_lists else {}


async def named_lists(pairing: Pairing) -> Mapping[str, str]:
    """The ERP lists to publish, with the storefront's word for each; "" where nobody mapped it."""
    mapped = (await pairing.reference.maps()).price_list
    return {name: mapped.get(name, "") for name in pairing.price_policy.lists or mapped}


async def plan_lists(sink: PriceSink, run: PriceRun, named: Mapping[str, str]) -> Plan:
    remembered = await run.lists_shown()
    there = await sink.find_price_lists([*filter(None, named.values()), *remembered])
    fed: dict[str, list[str]] = {}
    for name, word in named.items():
        if word in there:
            fed.setdefault(there[word].key, []).append(name)
    await run.forget_lists([key for key in remembered if key not in there], fed=list(fed))
    return Plan(named=named, there={one.key: one for one in there.values()}, fed=fed)


async def _tell_unmapped(pairing: Pairing, plan: Plan) -> None:
    """Lists mapped to nothing, to a list that is not there, or to one that another is mapped to as well."""
    shown = {name for names in plan.fed.values() for name in names}
    found = [_unmapped(name, f"It is mapped to {word!r}, which the storefront has not." if word else "")
             for name, word in plan.named.items() if name not in shown]  # fmt: skip
    for key, names in plan.fed.items():
        if len(names) > 1:
            both = f"{', '.join(names)} are mapped to one list, {plan.there[key].name}: give each its own."
            found += [_unmapped(name, both) for name in names]
    await keep_told(pairing, PRICE_LIST_UNMAPPED, LIST_RECORD, found, whole=True, reason=FED)


def _unmapped(name: str, evidence: str) -> Told:
    finding = PRICE_LIST_UNMAPPED.about(name, price_list=name)
    return Told(key=(LIST_RECORD, name), ref=name, finding=finding, evidence=evidence)


async def _publish(
    pairing: Pairing, sink: PriceSink, run: PriceRun, plan: Plan, reads: Sequence[ListRead]
) -> tuple[Result, ConfigFault | None]:
    """Bring the storefront's lists in line, those whose ERP list was read whole and is of the right kind."""
    lists, problem = fitting_lists(pairing, plan, reads)
    for one in lists:
        await learn_list(pairing, sink, run, one.shown_in)
    differences = await run.compare(
        lists, fed=list(plan.fed), doubtful=doubtful_codes(lists, reads), policy=pairing.price_policy,
        today=pairing.clock.now().date(),
    )  # fmt: skip
    names = {one.shown_in: one.price_list for one in lists}
    whole = len(lists) == len(plan.fed)
    await _tell_found(pairing, differences, names, whole=whole)
    counts: Result = {"prices": differences.wanted, "written": 0, "removed": 0, "rejected": 0}
    rejected = [_foreign(plan, key, currency) for key, currency in differences.foreign]
    await _write(pairing, sink, run, counts, rejected)
    await _remove(pairing, sink, run, counts, rejected)
    await keep_told(
        pairing, PRICE_WRITE_REJECTED, PRICE_RECORD, rejected, whole=whole, reason="the storefront took the price"
    )
    return counts, problem


def fitting_lists(pairing: Pairing, plan: Plan, reads: Sequence[ListRead]) -> tuple[list[ListFed], ConfigFault | None]:
    read = {one.price_list: one for one in reads if one.problem is None}
    is_net = pairing.price_policy.net
    kind = "net" if is_net else "gross"
    lists: list[ListFed] = []
    problems: list[ConfigFault] = []
    for key, (name, *others) in plan.fed.items():
        if others or name not in read:
            continue
        if read[name].kinds - {is_net}:
            text = f"the ERP's price list {name} is not {kind}, and the storefront's lists are; nothing of it is shown"
            problems.append(ConfigFault(text, setting="prices.hold"))
        else:
            currencies = plan.there[key].currencies
            lists.append(ListFed(price_list=name, shown_in=key, currencies=currencies, is_net=is_net))
    return lists, problems[0] if problems else None


def doubtful_codes(lists: Sequence[ListFed], reads: Sequence[ListRead]) -> list[tuple[str, str]]:
    shown_in = {one.price_list: one.shown_in for one in lists}
    return [
        (shown_in[read.price_list], one.stock_code)
        for read in reads
        if read.price_list in shown_in
        for one in read.unreadable
    ]


async def learn_list(pairing: Pairing, sink: PriceSink, run: PriceRun, key: str, *, now: bool = False) -> None:
    """See for ourselves what a list shows: the first time, and now and then; or now, whenever that was."""
    began, feed = pairing.clock.now(), f"prices-shown {key}"
    last = await pairing.reference.watermark(feed)
    if last is not None and not now and began - last < timedelta(seconds=pairing.price_policy.full_every_seconds):
        return
    async for page in sink.read_shown_prices(key):
        await run.see(page)
    await run.seen(key, began=began)
    await pairing.reference.move_watermark(feed, began)


async def _write(pairing: Pairing, sink: PriceSink, run: PriceRun, counts: Result, rejected: list[Told]) -> None:
    async for prices in _pages(run, sink, removals=False):
        await run.writing(prices, at=pairing.clock.now())
        outcomes = await sink.write_prices(prices)
        written = [
            replace(price, ref=outcome.their_id)
            for price, outcome in zip(prices, outcomes, strict=True)
            if isinstance(outcome, Accepted)
        ]
        await run.written(written)
        await run.refused(_refused(prices, outcomes, rejected))
        counts["written"] += len(written)
        counts["rejected"] = len(rejected)


async def _remove(pairing: Pairing, sink: PriceSink, run: PriceRun, counts: Result, rejected: list[Told]) -> None:
    async for prices in _pages(run, sink, removals=True):
        await run.removing(prices, at=pairing.clock.now())
        outcomes = await sink.remove_prices(prices)
        removed = [price for price, outcome in zip(prices, outcomes, strict=True) if isinstance(outcome, Accepted)]
        await run.removed(removed)
        _refused(prices, outcomes, rejected)
        counts["removed"] += len(removed)
        counts["rejected"] = len(rejected)


def _pages(run: PriceRun, sink: PriceSink, *, removals: bool) -> AsyncIterator[Sequence[ShownPrice]]:
    return run.differences(removals=removals, batch=sink.price_batch_max)


def _refused(prices: Sequence[ShownPrice], outcomes: Sequence[Outcome], rejected: list[Told]) -> list[ShownPrice]:
    """Those that were refused, told with the storefront's words. An unknown one is written again at the next run."""
    found = []
    for price, outcome in zip(prices, outcomes, strict=True):
        if isinstance(outcome, Refused):
            found.append(price)
            words = " ".join(outcome.text.replace(price.sku, "(this SKU)").split())
            key = (PRICE_RECORD, price.price_list, price.sku, price.unit, price.currency, f"{price.quantity:f}")
            ref = f"{price.sku}/{price.unit} from {price.quantity:f}"
            rejected.append(Told(key=key, ref=ref, finding=_rejection(words, outcome.text), evidence=outcome.evidence))
    return found


def _rejection(words: str, reason: str) -> Finding:
    """The same words about another place of a list are the same cause."""
    return PRICE_WRITE_REJECTED.about(NUMBERS.sub("#", words)[:SUBJECT_LENGTH], reason=reason)


def _foreign(plan: Plan, key: str, currency: str) -> Told:
    there, (name, *_) = plan.there[key], plan.fed[key]
    takes = ", ".join(sorted(there.currencies)) or "no currency"
    words = f"its list {there.name} takes {takes}, and the ERP's list {name} has prices in {currency}"
    return Told(key=(PRICE_RECORD, key, currency), ref=f"{there.name} {currency}", finding=_rejection(words, words))


async def _tell_found(pairing: Pairing, differences: Differences, names: Mapping[str, str], *, whole: bool) -> None:
    zero = [
        Told(
            key=(PRICE_RECORD, key, sku), ref=f"{names[key]}/{sku}",
            finding=PRICE_ZERO.about(sku, sku=f"{sku}, by the ERP's price list {names[key]},"),
        )
        for key, sku in differences.zero
    ]  # fmt: skip
    await keep_told(pairing, PRICE_ZERO, PRICE_RECORD, zero, whole=whole, reason="the ERP lists a price for it")
    for kind, problem in ((UNIT_UNMAPPED, "unmapped"), (UNIT_QUANTITY_CONFLICT, "conflict")):
        found = [_unit(one) for one in differences.unconfirmed if one.problem == problem]
        await keep_told(pairing, kind, PRICE_RECORD, found, whole=whole, reason="the unit is confirmed")


def _unit(one: UnconfirmedUnit) -> Told:
    if one.problem == "conflict" and one.listed is not None:
        finding = unit_conflict(one.sku, one.unit, declared=one.declared, listed=one.listed)
    else:
        finding = unit_unmapped(one.sku, one.unit)
    return Told(key=(PRICE_RECORD, one.sku, one.unit), ref=f"{one.sku}/{one.unit}", finding=finding)


async def publish_again(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """A remedy may have freed prices: they are published at once, and the run says what of the case is left."""
    await run_soon(pairing, FLOW)


async def speak_for_itself(pairing: Pairing, one: Held, actor: str) -> None:
    """Prices are looked at all together, by the next run."""


async def foresee_list(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, int]:
    """How many prices a list would show, once it is mapped. Raises RemedyRefused: there is no such list over there, or
    another is shown in it."""
    sink = pairing.of_storefront(PriceSink)
    if wish.remedy is not Remedy.MAP_CODE or sink is None:
        return {}
    word = wish.params["code"].strip()
    there = (await sink.find_price_lists([word])).get(word)
    if there is None:
        raise RemedyRefused(f"the storefront has no price list {word!r}; give the key or the name of one it has")
    others = {name: one for name, one in (await named_lists(pairing)).items() if one and name != case.subject}
    shown = await sink.find_price_lists(list(others.values()))
    taken = [name for name, one in others.items() if one in shown and shown[one].key == there.key]
    if taken:
        raise RemedyRefused(f"{there.name} shows the ERP's list {taken[0]}; give {case.subject} a list of its own")
    feed = ListFed(
        price_list=case.subject, shown_in=there.key, currencies=there.currencies, is_net=pairing.price_policy.net
    )
    try:
        async with pairing.rehearsal() as stage, stage.prices.run() as run:
            found = await run.compare(
                [feed], fed=[there.key], doubtful=[], policy=pairing.price_policy,
                today=pairing.clock.now().date(),
            )  # fmt: skip
    except Busy:
        return {}
    return {"be published": found.wanted}
