"""`crossdock products`: where each product stands on its way from the PIM to the ERP, what waits, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import details, heading, say, show, show_json, table
from crossdock.cli.told import PROBLEMS, Stop
from crossdock.cli.words import one_of

Row = Mapping[str, Any]


async def products(
    pairing: Annotated[str, typer.Argument(metavar="PAIRING", help="The pairing of a PIM, by name.")],
    sku: Annotated[
        str | None, typer.Argument(metavar="SKU", help="One product, or product model, with its whole story.")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="Only those, such as waiting or put-out.")
    ] = None,
    after: Annotated[int, typer.Option("--after", metavar="ID", help="Begin behind this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 200,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> None:
    """List products and models: where each stands on its way to the ERP and back, what waits, and why."""
    from crossdock.model.product_state import ProductState
    from crossdock.store.catalogue_lookups import count_products, list_products, product_timeline

    project, _ = load_project(config)
    name = one_of(pairing, project.catalogues, what="pairing of a PIM")
    chosen = state and one_of(state, list(ProductState), what="state")
    async with pool_of(project) as pool:
        rows = await list_products(pool, project.tenant, name, state=chosen, code=sku, after_id=after, limit=limit)
        counts = await count_products(pool, project.tenant, name)
        stories = {
            row["id"]: await product_timeline(pool, project.tenant, row["kind"], row["id"]) for row in rows if sku
        }
    if sku and not rows:
        text = f"{name} knows no product or model {sku!r}. It is read when it changes in the PIM, and once a day."
        raise Stop(text, code=PROBLEMS, kind="not-found")
    following = rows[-1]["id"] if len(rows) == limit else None
    if as_json:
        told = [{**row, **({"timeline": [asdict(one) for one in stories[row["id"]]]} if sku else {})} for row in rows]
        show_json({"pairing": name, "counts": counts, "products": told, "next_after": following})
        return
    _show(rows, counts)
    for row in rows if sku else ():
        story = stories[row["id"]]
        show(
            heading(f"{row['kind']} {row['code']}"),
            table("at", "who", "what", "detail",
                  rows=[(one.at, one.actor, one.action, details(one.detail)) for one in story]),
        )  # fmt: skip
    if following is not None:
        say(f"There may be more: --after {following}")


def _show(rows: Sequence[Row], counts: Mapping[str, Mapping[str, int]]) -> None:
    for kind, states in counts.items():
        if states:
            show(f"{kind}s: {', '.join(f'{count} {state}' for state, count in sorted(states.items()))}")
    if not any(counts.values()):
        say("No product was read yet: start `crossdock run`.")
        return
    lines = [(row["kind"], row["code"], row["state"], row["root"], row["item_code"], _why(row)) for row in rows]
    show(table("what", "code", "state", "model", "in the ERP as", "waits for", rows=lines))


def _why(row: Row) -> str:
    told = [f"case {one['id']}: {one['cause']}" for one in row["cases"]]
    if row["change"] is not None:
        told.append(f"its place is being changed ({row['change']['kind']} {row['change']['old_code']}): reached "
                    f"{row['change']['step']}")  # fmt: skip
    return "; ".join(told) or _WAITS.get(row["state"], "")


_WAITS = {
    "captured": "its turn", "ready": "its family's template to be in the ERP", "put_out": "the ERP to show it",
    "confirmed": "the PIM to be told",
}  # fmt: skip
