"""ERP price lists into our memory, one by one: a list that could not be read whole leaves what we knew of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.cases.kinds import SCHEMA_SURPRISE
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.standing import Told, keep_told
from crossdock.model.faults import RemoteFault, Transient
from crossdock.model.price import Price
from crossdock.ports.busy import Busy
from crossdock.ports.price_book import PriceRun
from crossdock.ports.systems import UnreadablePrice

ROW_RECORD = "price row"
FEED = "prices"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRead:
    """What came of reading one list. problem: why it was not read to its end; then nothing of it was taken.

    read: prices that came. kinds: whether they are net, gross, or both. unreadable: rows nobody can understand.
    """

    price_list: str
    read: int = 0
    kinds: frozenset[bool] = frozenset()
    changed: int = 0
    unreadable: tuple[UnreadablePrice, ...] = ()
    problem: RemoteFault | None = None


async def refresh_prices(pairing: Pairing) -> Result:
    """The price lists this pairing compares storefront prices with. Raises what stopped the first that was stopped."""
    began = pairing.clock.now()
    try:
        async with pairing.prices.run() as run:
            reads = [await read_list(pairing, run, name) for name in pairing.price_lists]
    except Busy:
        return {"skipped": "another worker is at it"}
    await settle_reads(pairing, reads)
    await pairing.reference.move_watermark(FEED, began)
    return {
        "prices": sum(one.read for one in reads),
        "changed": sum(one.changed for one in reads),
        "unreadable": sum(len(one.unreadable) for one in reads),
    }


async def settle_reads(pairing: Pairing, reads: Sequence[ListRead]) -> None:
    """Tell the desk of rows nobody can read. Raises what stopped the first list that was stopped."""
    found = [_told(pairing, at, one) for read in reads for at, one in enumerate(read.unreadable)]
    whole = all(read.problem is None for read in reads)
    await keep_told(pairing, SCHEMA_SURPRISE, ROW_RECORD, found, whole=whole, reason="its price can be read again")
    for read in reads:
        if read.problem is not None:
            raise read.problem


async def read_list(pairing: Pairing, run: PriceRun, price_list: str) -> ListRead:
    """Read one list to its end and take it over. Before any price is called gone the list is read once more."""
    unreadable: dict[tuple[str, str], UnreadablePrice] = {}
    try:
        await run.begin()
        read = await _stage(pairing, run, price_list, unreadable)
        if await run.missing(price_list):
            await _stage(pairing, run, price_list, unreadable)
    except (RemoteFault, OSError) as fault:
        return ListRead(
            price_list=price_list, problem=fault if isinstance(fault, RemoteFault) else Transient(str(fault))
        )
    bad = tuple(unreadable.values())
    kinds = await run.kinds()
    changed = await run.take(
        price_list, unreadable=[one.stock_code for one in bad], whole=all(one.stock_code for one in bad)
    )
    return ListRead(price_list=price_list, read=read, kinds=kinds, changed=changed, unreadable=bad)


async def _stage(
    pairing: Pairing, run: PriceRun, price_list: str, unreadable: dict[tuple[str, str], UnreadablePrice]
) -> int:
    read = 0
    async for page in pairing.erp.read_prices([price_list]):
        prices = [one for one in page if isinstance(one, Price)]
        await run.stage(prices)
        read += len(prices)
        for one in page:
            if isinstance(one, UnreadablePrice):
                unreadable[one.stock_code, one.fault.problem] = one
    return read


def _told(pairing: Pairing, at: int, one: UnreadablePrice) -> Told:
    finding = SCHEMA_SURPRISE.about(
        f"{pairing.erp_name} price {one.fault.problem}", what="price", system=pairing.erp_name, place=one.fault.place,
        problem=one.fault.problem,
    )  # fmt: skip
    ref = f"{one.price_list}/{one.stock_code or f'row {at + 1}'}"
    return Told(key=(ROW_RECORD, one.price_list, one.stock_code, one.fault.problem), ref=ref, finding=finding,
                evidence=one.fault.evidence)  # fmt: skip
