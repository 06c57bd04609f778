"""An audit: both sides are read, recent orders are decided, and every gap is told with the orders it would stop.

Nothing is written, there or in the installation's database. What was read is kept in a folder of its own until the
audit has come to its end, so that one that was stopped goes on; then the folder is gone.
"""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import PRICE_LIST_UNMAPPED, SCHEMA_SURPRISE, STOCK_CODE_UNKNOWN
from crossdock.decide.despatch import new_despatches
from crossdock.decide.gaps import Gap, Stopped, find_gaps, tax_key, twice
from crossdock.decide.order_entry import Hold
from crossdock.decide.references import find_item
from crossdock.flows.missing import ask_for_missing
from crossdock.flows.order_entry import decide_file
from crossdock.flows.price_lists import refresh_prices
from crossdock.model.account import Account
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import StorefrontStatus
from crossdock.ports.order_book import OrderFile
from crossdock.ports.systems import Document, FulfilmentSource
from crossdock.store.lookups import order_ids, skus_twice, sold_items, unknown_skus
from crossdock.wiring.throw_away import Stage

CHUNK = 100
UNKNOWN_MAX = 2_000  # SKUs named one by one; of more than these the number is told
Tell = Callable[[str, int, int | None], None]


@dataclass(kw_only=True)
class Audit:
    """What was read and decided. stopped: orders that would wait. cancelled: left aside. more: there are more orders
    than were looked at. resumed: steps that an earlier run, which was stopped, had done."""

    items: int = 0
    accounts: int = 0
    skus: int = 0
    orders: int = 0
    cancelled: int = 0
    stopped: int = 0
    value: dict[str, Decimal] = field(default_factory=dict)
    more: bool = False
    resumed: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


async def run_audit(stage: Stage, *, since: datetime, limit: int, tell: Tell) -> Audit:
    """Raises what reading either side raises; what was read whole until then is not read again by the next one."""
    steps = _Steps(stage=stage, tell=tell)
    audit, extra = Audit(), list[Gap]()
    items = await steps.do("stock items", _read_items)
    accounts = await steps.do("accounts", _read_accounts)
    await steps.do("what the storefront sells", _read_targets)
    if stage.pairing.price_lists:
        await steps.do("price lists", _read_prices)
    orders = await steps.do(f"orders since {since:%d %B %Y}, at most {limit}", _reading_orders(since, limit))
    audit.items, audit.accounts, audit.orders = items["read"], accounts["read"], orders["read"]
    audit.more, audit.resumed = orders["more"], tuple(steps.before)
    extra += twice("Stock codes that differ in nothing but their case", items["twice"], desk="data", remedy=RECODE)
    extra += twice("Accounts with one code", accounts["codes"], desk="sales-ops", remedy=MERGE)
    extra += twice("Accounts with one VAT number", accounts["taxes"], desk="sales-ops", remedy=MERGE)
    extra += twice(
        "SKUs that differ in nothing but their case", await skus_twice(stage.pool, stage.tenant,
        stage.pairing.storefront_name), desk="data", remedy=RECODE,
    )  # fmt: skip
    stopped = await _decide(stage, audit, tell)
    others = await _others(stage, audit)
    audit.gaps = find_gaps(stopped, others, pairing=stage.pairing.name, extra=extra)
    return audit


RECODE = "Give one of them another code, where it is owned: systems that disregard case take them for one."
MERGE = (
    "Merge them in the ERP, or take the number off those it does not belong to: a company could be linked to either."
)


@dataclass(kw_only=True)
class _Steps:
    """The lists to read. before: those that an earlier run had read whole."""

    stage: Stage
    tell: Tell
    before: list[str] = field(default_factory=list)

    async def do(self, what: str, read: Callable[[Stage, Tell], Any]) -> Mapping[str, Any]:
        """What a step found; read only when no run before has."""
        done = (await self.stage.book.steps()).get(what)
        if done is not None and done.state == "done":
            self.before.append(what)
            return done.result
        self.tell(f"reading {what}", 0, None)
        await self.stage.book.begin(what)
        result: Mapping[str, Any] = await read(self.stage, self.tell)
        await self.stage.book.end(what, well=True, result=result)
        return result


async def _read_items(stage: Stage, tell: Tell) -> Mapping[str, Any]:
    """twice: codes of different items that are one to whoever disregards case."""
    pairing, read, unreadable = stage.pairing, 0, 0
    named: dict[str, dict[str, str]] = {}
    async for page in pairing.erp.read_items(None):
        items = [one.value for one in page if one.value is not None]
        await pairing.reference.store_items(items)
        for item in items:
            named.setdefault(item.code.lower(), {})[item.item_id or item.code] = item.code
        read, unreadable = read + len(items), unreadable + len(page) - len(items)
        tell("reading stock items", read, None)
    await pairing.reference.share_out()
    await pairing.reference.move_watermark("items", pairing.clock.now())
    return {"read": read, "unreadable": unreadable, "twice": _several(named)}


async def _read_accounts(stage: Stage, tell: Tell) -> Mapping[str, Any]:
    """codes, taxes: accounts that share a code, or a VAT number."""
    pairing, read, began = stage.pairing, 0, stage.pairing.clock.now()
    codes: dict[str, dict[str, str]] = {}
    taxes: dict[str, dict[str, str]] = {}
    async for page in pairing.erp.read_accounts(None):
        accounts = [one.value for one in page if one.value is not None]
        await pairing.reference.store_accounts(accounts, as_of=began)
        for one in accounts:
            codes.setdefault(one.code.lower(), {})[one.account_id] = one.code
            if key := tax_key(one.tax_reference):
                taxes.setdefault(key, {})[one.account_id] = f"{one.code} {one.name}".strip()
        read += len(accounts)
        tell("reading accounts", read, None)
    await pairing.reference.move_watermark("accounts", pairing.clock.now())
    return {"read": read, "codes": _several(codes), "taxes": _several(taxes)}


def _several(named: Mapping[str, Mapping[str, str]]) -> list[list[str]]:
    return [sorted(of.values()) for _, of in sorted(named.items()) if len(of) > 1]


async def _read_targets(stage: Stage, tell: Tell) -> Mapping[str, Any]:
    pairing, read = stage.pairing, 0
    async for page in pairing.storefront.read_stock_targets():
        read += await pairing.reference.store_targets(page, seen_at=pairing.clock.now())
        tell("reading what the storefront sells", read, None)
    await pairing.reference.share_out()
    await pairing.reference.move_watermark("targets", pairing.clock.now())
    return {"read": read}


async def _read_prices(stage: Stage, tell: Tell) -> Mapping[str, Any]:
    return await refresh_prices(stage.pairing)


def _reading_orders(since: datetime, limit: int) -> Callable[[Stage, Tell], Any]:
    async def read_orders(stage: Stage, tell: Tell) -> Mapping[str, Any]:
        """Those that settings would leave out by their date are looked at too: they are the past to learn from."""
        read, more = 0, False
        pages = cast("AsyncGenerator[Sequence[Document[Any]]]", stage.pairing.storefront.read_orders(since))
        async with contextlib.aclosing(pages) as opened:
            async for page in opened:
                taken = page[: limit - read]
                await stage.pairing.orders.capture(taken, start_from=None)
                read += len(taken)
                tell("reading orders", read, None)
                if more := len(taken) < len(page) or read >= limit:
                    break
        return {"read": read, "more": more}

    return read_orders


async def _decide(stage: Stage, audit: Audit, tell: Tell) -> list[Stopped]:
    stopped: list[Stopped] = []
    ids = await order_ids(stage.pool, stage.tenant, stage.pairing.name)
    for start in range(0, len(ids), CHUNK):
        tell("deciding on orders", start, len(ids))
        files = await stage.pairing.orders.load_many(ids[start : start + CHUNK])
        stands = await _stands(stage, files)
        for file in files:
            if file.order is not None and file.order.status is StorefrontStatus.CANCELLED:
                audit.cancelled += 1
            elif findings := [
                *await _findings(stage, file),
                *_couriers(stage, stands.get(file.ref), await _maps(stage)),
            ]:
                stopped.append(_stopped(file, findings))
    for one in stopped:
        audit.stopped += 1
        if one.currency:
            audit.value[one.currency] = audit.value.get(one.currency, Decimal(0)) + one.total
    return stopped


async def _maps(stage: Stage) -> Mapping[str, str]:
    return (await stage.pairing.reference.maps()).courier or stage.pairing.carriers


async def _findings(stage: Stage, file: OrderFile) -> Sequence[Finding]:
    """What would stop the order if it were placed today. One that is closed by now is looked at as if it were open."""
    if file.order is None:
        return [_unreadable(stage, file)]
    today = replace(file, order=replace(file.order, status=StorefrontStatus.OPEN))
    decision = decide_file(stage.pairing, today)
    if isinstance(decision, Hold) and await ask_for_missing(stage.pairing, today, decision.findings):
        again = await stage.pairing.orders.load(file.id)
        if again is not None and again.order is not None:
            today = replace(again, order=replace(again.order, status=StorefrontStatus.OPEN))
            decision = decide_file(stage.pairing, today)
    return decision.findings if isinstance(decision, Hold) else []


def _unreadable(stage: Stage, file: OrderFile) -> Finding:
    system = stage.pairing.storefront_name
    return SCHEMA_SURPRISE.about(
        f"{system} sales-order",
        what="sales order",
        system=system,
        place="the document",
        problem=f"see order {file.ref}",
    )


def _stopped(file: OrderFile, findings: Sequence[Finding]) -> Stopped:
    total, currency = (Decimal(0), "") if file.order is None else (file.order.total, file.order.currency)
    return Stopped(ref=file.ref, total=total, currency=currency, findings=findings)


async def _stands(stage: Stage, files: Sequence[OrderFile]) -> Mapping[str, Fulfilment | DataFault]:
    """Where those stand that the ERP has already; none before go-live."""
    erp = stage.pairing.of_erp(FulfilmentSource)
    if erp is None or "despatch" not in stage.pairing.flows:
        return {}
    return await erp.read_fulfilments([file.ref for file in files])


def _couriers(stage: Stage, stand: Fulfilment | DataFault | None, carriers: Mapping[str, str]) -> list[Finding]:
    """Couriers of the ERP that stand for no carrier of the storefront."""
    if not isinstance(stand, Fulfilment) or not carriers:
        return []
    return [one for one in new_despatches(stand, (), carriers=carriers) if isinstance(one, Finding)]


async def _others(stage: Stage, audit: Audit) -> list[tuple[Finding, int]]:
    """Gaps that no recent order met, and that the next one may."""
    pairing = stage.pairing
    here = (stage.pool, stage.tenant, pairing.name, pairing.storefront_name, pairing.erp_name)
    unknown = await unknown_skus(*here)
    found = [(STOCK_CODE_UNKNOWN.about(sku, sku=sku), 1) for sku in unknown[:UNKNOWN_MAX]]
    if len(unknown) > UNKNOWN_MAX:
        rest = len(unknown) - UNKNOWN_MAX
        found.append((STOCK_CODE_UNKNOWN.about(f"{rest} more SKUs", sku=f"for {rest} more SKUs"), rest))
    audit.skus = len(unknown)
    async for sku, item in sold_items(*here):
        audit.skus += 1
        if isinstance(finding := find_item(sku, {sku: item}), Finding):
            found.append((finding, 1))
    found += [one async for one in _price_lists(stage)]
    return found


async def _price_lists(stage: Stage) -> AsyncIterator[tuple[Finding, int]]:
    """Lists of accounts that recent buyers have, where lists are published and these stand for none."""
    if "price-publication" not in stage.pairing.flows:
        return
    known = (await stage.pairing.reference.maps()).price_list
    wanted: dict[str, set[str]] = {}
    ids = await order_ids(stage.pool, stage.tenant, stage.pairing.name)
    for start in range(0, len(ids), CHUNK):
        for file in await stage.pairing.orders.load_many(ids[start : start + CHUNK]):
            for account in _accounts(file):
                for name in account.price_lists:
                    wanted.setdefault(name, set()).add(account.code)
    for name, accounts in sorted(wanted.items()):
        if name not in known:
            yield PRICE_LIST_UNMAPPED.about(name, price_list=name), len(accounts)


def _accounts(file: OrderFile) -> Sequence[Account]:
    return [file.account] if file.account is not None else file.candidates
