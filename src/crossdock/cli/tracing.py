"""`crossdock trace`: one order's whole story, by whatever reference somebody has at hand."""

import shlex
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project, pool_of
from crossdock.cli.output import ago, details, heading, say, show, show_json, table
from crossdock.cli.settling import whoever_types
from crossdock.cli.told import PROBLEMS, Stop

if TYPE_CHECKING:
    from crossdock.settings.tree import Project
    from crossdock.store.lookups import Story


async def trace(
    ref: Annotated[
        str, typer.Argument(metavar="REF", help="Order number, storefront id, ERP number or tracking number.")
    ],
    raw: Annotated[bool, typer.Option("--raw", help="Also show the document as the storefront sent it.")] = False,
    config: Config = DEFAULT_FILE,
    as_json: AsJson = False,
) -> int:
    """Show an order's whole story: where it stands and why, what happened, its documents, cases and despatches."""
    from crossdock.store.archive import open_vault
    from crossdock.store.lookups import find_stories, read_raw

    project, _ = load_project(config)
    bodies: dict[int, bytes | None] = {}
    async with pool_of(project) as pool:
        stories = await find_stories(pool, project.tenant, ref.strip())
        known = [] if stories else [name for name in project.catalogues if await _is_product(pool, project, name, ref)]
        if raw:
            vault = open_vault(project.data_dir)
            bodies = {
                one.id: await read_raw(pool, vault, project.tenant, one, actor=whoever_types()) for one in stories
            }
    if not stories:
        text = f"no order goes by {ref!r}. Give its number, its storefront id, its ERP number or a tracking number."
        for name in known:
            text += f" It is a product: `crossdock products {name} {shlex.quote(ref.strip())}`."
        raise Stop(text, code=PROBLEMS, kind="not-found")
    now = datetime.now(UTC)
    if as_json:
        show_json({"reference": ref, "orders": [_public(one, now, bodies, raw=raw) for one in stories]})
        return 0
    if len(stories) > 1:
        say(f"{len(stories)} orders go by {ref!r}:")
    for one in stories:
        _show(one, now)
        if raw:
            body = bodies[one.id]
            show(
                heading("As the storefront sent it"),
                "(no longer kept)" if body is None else body.decode("utf-8", "replace"),
            )
    return 0


async def _is_product(pool: Any, project: "Project", name: str, ref: str) -> bool:
    from crossdock.store.catalogue_lookups import list_products

    return bool(await list_products(pool, project.tenant, name, code=ref.strip(), limit=1))


def _public(story: "Story", now: datetime, bodies: dict[int, bytes | None], *, raw: bool) -> dict[str, Any]:
    from crossdock.wiring.standing import standing

    document = {name: value for name, value in asdict(story).items() if name != "raw_digest"}
    document["stands"] = standing(story, now)
    if raw:
        body = bodies[story.id]
        document["raw"] = None if body is None else body.decode("utf-8", "replace")
    return document


def _show(story: "Story", now: datetime) -> None:
    from crossdock.wiring.standing import standing

    total = "" if story.total is None else f", {story.total:,.2f} {story.currency}"
    show(
        heading(f"Order {story.ref} ({story.pairing}): {story.state}{total}"),
        *(f"  {sentence}" for sentence in standing(story, now)),
        f"  storefront id {story.storefront_id}, company {story.company_name or story.company_ref or '?'}, "
        f"ERP account {story.account_code or '-'}, ERP number {story.erp_ref or '-'}, sends {story.attempts}",
        *(f"  accepted by a person: {kind} {subject}" for kind, subject in story.accepted),
        heading("\nTimeline"),
        table(
            "at",
            "who",
            "what",
            "detail",
            rows=[(one.at, one.actor, one.action, details(one.detail)) for one in story.timeline],
        ),
    )
    if story.document:
        _show_lines(story)
    if story.cases:
        cases = [
            (one["id"], one["kind"], one["desk"], one["state"], ago(one["due_at"], now), one["cause"])
            for one in story.cases
        ]
        show(heading("Cases"), table("#id", "kind", "desk", "state", "due", "cause", rows=cases))
    if story.despatches:
        despatches = [
            (one["key"], one["tracking_number"], one["carrier"], one["state"], one["published_at"])
            for one in story.despatches
        ]
        show(heading("Despatches"), table("despatch", "tracking", "carrier", "state", "told at", rows=despatches))
    _show_aftermath(story)


def _show_aftermath(story: "Story") -> None:
    if story.changes:
        wishes = [(one.what, one.origin, one.state, one.reason, one.asked_at, one.answered_at) for one in story.changes]
        show(heading("Changes asked for"), table("what", "by", "became", "why not", "asked", "answered", rows=wishes))
    if story.refunds:
        rows = [(one.key, one.state, one.erp_ref, one.gross, one.currency, one.credited_at) for one in story.refunds]
        show(heading("Refunds"), table("refund", "state", "credit note", "#comes to", "", "credited at", rows=rows))


def _show_lines(story: "Story") -> None:
    placed, resolved = story.document or {}, story.resolved or {}
    posted: dict[str, list[dict[str, Any]]] = {}
    for line in resolved.get("lines", ()):
        posted.setdefault(line["line_ref"], []).append(line)
    rows = []
    for line in placed.get("lines", ()):
        went = "; ".join(
            f"{one['quantity']} × {one['stock_code']} at {one['unit_price']}, tax code {one['tax_code'] or '-'}"
            for one in posted.get(line["line_ref"], ())
        )
        rows.append((line["sku"], line["quantity"], line["unit"], line["unit_price"], line["tax"], went))
    show(heading("Lines"), table("SKU", "#quantity", "unit", "#price", "#tax", "sent to the ERP as", rows=rows))
