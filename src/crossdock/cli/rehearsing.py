"""`crossdock rehearse`: go-live without fear. What would be written is shown, and nothing is written."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import console, heading, say, show, show_json, table
from crossdock.cli.told import PROBLEMS, Stop
from crossdock.cli.words import one_of

if TYPE_CHECKING:
    from crossdock.ports.systems import System
    from crossdock.wiring.rehearsal import CompanyLine, ItemLine, OrderLine, Rehearsal

ADD, CHANGE, WAIT, LEAVE = ("+", "green"), ("~", "cyan"), ("!", "yellow"), (" ", "dim")
OUTCOMES = {"post": ADD, "wait": WAIT, "in_erp": LEAVE, "withdraw": LEAVE, "unreadable": WAIT,
            "tell": CHANGE, "linked": LEAVE,
            "take_off": CHANGE, "put_on": ADD, "make": ADD, "withheld": WAIT}  # fmt: skip

SALE = {
    "take_off": "off sale:",
    "withheld": "stays on sale:",
    "put_on": "on sale",
    "make": "made, off sale",
}


async def rehearse(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    flow: Annotated[
        str | None,
        typer.Argument(
            metavar="[FLOW]",
            help="account-matching, order-entry, product-introduction, stock-publication or despatch; all it runs by "
            "default.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Look at most at so many orders.")] = 200,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
            help="Orders changed since then (UTC unless it says); the last 7 days by default.",
        ),
    ] = None,
    documents: Annotated[
        bool, typer.Option("--documents", help="Also print each order that would be posted, as the ERP would get it.")
    ] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Read the real systems, decide, and show what would be written to them. Nothing is written, there or here.

    Uses the mappings of the settings file, and those people made since. Exits 1 when an order or a company would wait
    for a person, or more products would go off sale than may at once.
    """
    from crossdock.settings.pairing import Flow
    from crossdock.wiring.account_rehearsal import rehearse_accounts
    from crossdock.wiring.item_rehearsal import rehearse_items
    from crossdock.wiring.rehearsal import rehearse_despatches, rehearse_orders, rehearse_stock
    from crossdock.wiring.throw_away import throw_away

    project, kinds = load_project(config)
    name = one_of(pairing, project.sales, what="pairing of a storefront")
    runs = project.sales[name].flows
    flows = [Flow(one_of(flow, list(Flow), what="flow"))] if flow else list(runs)
    if idle := [one for one in flows if one not in runs]:
        raise Stop(f"pairing {name} does not run {idle[0]}. Add it to pairings.{name}.flows first.")
    with Progress(quiet=as_json) as tell:
        tell("opening a database to throw away")
        async with throw_away(project, kinds, name) as stage:
            result = await rehearse_orders(stage, since=_since(since), limit=limit, tell=tell)
            if Flow.ACCOUNT_MATCHING in flows:
                await rehearse_accounts(stage, result, tell=tell)
            if Flow.PRODUCT_INTRODUCTION in flows:
                await rehearse_items(stage, result, tell=tell)
            if Flow.STOCK_PUBLICATION in flows:
                await rehearse_stock(stage, result, tell=tell)
            if Flow.DESPATCH in flows:
                await rehearse_despatches(stage, result, tell=tell)
            learned = stage.learned
    orders = Flow.ORDER_ENTRY in flows
    if as_json:
        show_json(_public(result, name, learned, orders=orders))
    else:
        _show(result, learned, orders=orders)
        if documents and orders:
            _show_documents(result, kinds[project.systems[project.sales[name].erp].kind])
    waiting = sum(1 for one in result.orders if OUTCOMES[one.outcome] is WAIT)
    untold = sum(1 for one in result.despatches or () if one.reason)
    strangers = any(OUTCOMES[one.outcome] is WAIT for one in result.companies or ())
    withheld = any(OUTCOMES[one.outcome] is WAIT for one in result.items or ())
    return PROBLEMS if (orders and waiting) or untold or strangers or withheld else 0


def _since(given: datetime | None) -> datetime:
    if given is None:
        return datetime.now(UTC) - timedelta(days=7)
    return given if given.tzinfo else given.replace(tzinfo=UTC)


class Progress:
    """On a terminal, one line that says what is being done; elsewhere nothing."""

    def __init__(self, *, quiet: bool) -> None:
        shown = console(to_stderr=True)
        self._status = shown.status("…") if shown.is_terminal and not quiet else None

    def __enter__(self) -> Callable[[str], None]:
        if self._status is None:
            return lambda _: None
        self._status.start()
        return self._status.update

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()


def _public(result: "Rehearsal", pairing: str, learned: int, *, orders: bool) -> dict[str, Any]:
    kinds = Counter(kind for one in result.orders for kind, _ in one.reasons if kind)
    return {
        "pairing": pairing, "orders_read": result.read, "more_orders": result.more, "mappings_taken_over": learned,
        "outcomes": Counter(one.outcome for one in result.orders) if orders else None,
        "would_wait": kinds if orders else None,
        "orders": result.orders if orders else None, "companies": result.companies,
        "items": result.items, "stock": result.stock, "despatches": result.despatches,
    }  # fmt: skip


def _show(result: "Rehearsal", learned: int, *, orders: bool) -> None:
    if orders:
        show(heading("Orders → ERP"), *(_line(one) for one in result.orders if OUTCOMES[one.outcome] is not LEAVE))
        counts, kinds = (
            Counter(one.outcome for one in result.orders),
            Counter(kind for one in result.orders for kind, _ in one.reasons if kind),
        )
        show(
            f"{result.read} read: {counts['post']} would be posted, {counts['wait']} would wait, {counts['in_erp']} "
            f"are in the ERP already, {counts['withdraw']} are no longer wanted, "
            f"{counts['unreadable']} cannot be read.\n"
        )
        if kinds:
            show(table("would wait for", "#orders", rows=kinds.most_common()))
    if result.companies is not None:
        show(heading("Accounts → companies"), *_companies(result.companies))
    if result.items is not None:
        show(heading("Sale of items → storefront"), *_items(result.items))
    if result.stock is not None:
        show(heading("Stock levels → storefront"), *_stock(result))
    if result.despatches is not None:
        show(heading("Despatches → storefront"), *_despatches(result))
    if result.more:
        say("There are more orders: --limit looks at more of them, --since at later ones.")
    if learned:
        say(f"Mappings and account links taken over from the installation's database: {learned}.")
    say("Nothing was written.")


def _show_documents(result: "Rehearsal", erp: "System") -> None:
    """With the connector's default settings, as `translate` writes them."""
    translation = erp.translations.get("sales-order")
    if translation is None or translation.write is None:
        raise Stop(f"{erp.title} cannot show its documents; leave out --documents")
    for one in result.orders:
        if one.resolved is not None:
            show(heading(f"{one.ref}"), translation.write(one.resolved).decode("utf-8", "replace"))


def _line(one: "OrderLine") -> Text:
    mark, style = OUTCOMES[one.outcome]
    total = "" if one.total is None else f"{one.total:,.2f} {one.currency}"
    match one.outcome:
        case "post" if one.resolved is not None:
            lines = ", ".join(f"{line.quantity} × {line.stock_code}" for line in one.resolved.lines)
            says = f"post on account {one.resolved.account_code}: {lines}"
        case "in_erp":
            says = f"is there already as {one.erp_ref}"
        case "unreadable":
            says = "cannot be read"
        case _:
            says = "; ".join(f"{kind}: {cause}" if kind else cause for kind, cause in one.reasons)
    return Text(f"{mark} {one.ref}  {total}  {says}", style=style)


def _companies(companies: "Sequence[CompanyLine]") -> Iterator[Text | str]:
    for one in companies:
        mark, style = OUTCOMES[one.outcome]
        if OUTCOMES[one.outcome] is not LEAVE:
            says = "; ".join(one.reasons) if one.outcome == "wait" else f"the storefront would hold {one.account}"
            yield Text(f"{mark} {one.ref} {one.name}  {says}", style=style)
    counts = Counter(one.outcome for one in companies)
    yield (
        f"{len(companies)} read: {counts['linked'] + counts['tell']} have their account, "
        f"{counts['wait']} would wait for a person.\n"
    )


def _items(items: "Sequence[ItemLine]") -> Iterator[Text | str]:
    for one in items:
        mark, style = OUTCOMES[one.outcome]
        yield Text(f"{mark} {one.sku}  {SALE[one.outcome]}  {'; '.join(one.missing)}".rstrip(), style=style)
    counts = Counter(one.outcome for one in items)
    yield (
        f"{counts['take_off']} would go off sale, {counts['put_on']} on sale, {counts['make']} would be made"
        + (
            f"; {counts['withheld']} at once are too many (items.hide_max), and none goes off"
            * bool(counts["withheld"])
        )
        + ".\n"
    )


def _stock(result: "Rehearsal") -> Iterator[Text | str]:
    for one in result.stock or ():
        mark, style = ADD if one.shown is None else CHANGE
        yield Text(
            f"{mark} {one.sku} ({one.unit})  {'?' if one.shown is None else f'{one.shown:f}'} → {one.level:f}",
            style=style,
        )
    yield f"{len(result.stock or ())} levels would change.\n"


def _despatches(result: "Rehearsal") -> Iterator[Text | str]:
    for one in result.despatches or ():
        mark, style = WAIT if one.reason else ADD
        last = ", the last of the order" if one.final else ""
        yield Text(
            f"{mark} {one.order_ref}  {one.reason or f'{one.tracking_number} with {one.carrier}{last}'}", style=style
        )
    told = sum(1 for one in result.despatches or () if not one.reason)
    yield f"{told} despatches would be told.\n"
