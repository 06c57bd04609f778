"""`crossdock items`: which products are on sale, which are not, and what exactly each of those lacks."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import say, show, show_json, table
from crossdock.cli.told import PROBLEMS, Stop
from crossdock.cli.words import one_of

Row = Mapping[str, Any]


async def items(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing, by name.")],
    sku: Annotated[str | None, typer.Argument(metavar="SKU", help="Only this one.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="Only those, such as blocked or unlisted.")
    ] = None,
    after: Annotated[str, typer.Option("--after", metavar="SKU", help="Begin behind this one.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 200,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """List products and ERP items: on sale or not, what each lacks to be sold, and the cases that tell of it.

    on-sale and lacking are sold, the second although something is missing; hidden was taken off sale by Crossdock;
    blocked and ready are off sale; unlisted is in the ERP and no product.
    """
    from crossdock.decide.offers import OfferState
    from crossdock.store.item_offers import count_offers, list_offers

    project, _ = load_project(config)
    name = one_of(pairing, project.sales, what="pairing of a storefront")
    chosen = state and one_of(state, list(OfferState), what="state")
    async with pool_of(project) as pool:
        rows = await list_offers(pool, project.tenant, name, state=chosen, sku=sku, after=after, limit=limit)
        counts = await count_offers(pool, project.tenant, name)
    if sku and not rows:
        text = f"{name} knows no product or item {sku!r}; they are looked at every few minutes."
        raise Stop(text, code=PROBLEMS, kind="not-found")
    following = rows[-1]["sku"] if len(rows) == limit else None
    if as_json:
        show_json({"pairing": name, "counts": counts, "items": rows, "next_after": following})
        return
    if not counts:
        runs = "product-introduction" in project.sales[name].flows
        say("No product was looked at yet." if runs else f"Pairing {name} does not run product-introduction.")
        return
    _show(rows, counts)
    if following is not None:
        say(f"There may be more: --after {following}")


def _show(rows: Sequence[Row], counts: Mapping[str, int]) -> None:
    lines = [(row["sku"], row["state"], _lacks(row), " ".join(str(one) for one in row["cases"])) for row in rows]
    show(table("sku", "state", "lacks", "cases", rows=lines))
    show(", ".join(f"{count} {state}" for state, count in counts.items()))


def _lacks(row: Row) -> str:
    accepted = frozenset(row["accepted"])
    return "; ".join(f"{one} (accepted)" if one in accepted else one for one in row["missing"])
