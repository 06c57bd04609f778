"""Code maps out to a CSV file and in again: looked at first, line by line, and then all of it or nothing."""

from collections.abc import Collection
from dataclasses import replace

from crossdock.decide.map_file import PROBLEMS_MAX, FilePlan, FileProblem, plan_file, read_file, write_file
from crossdock.decide.mappings import desk_of
from crossdock.decide.rights import Person, may_settle
from crossdock.flows.wish import RemedyRefused
from crossdock.model.code_map import MapKind
from crossdock.store.mappings import current_maps
from crossdock.wiring.installation import Installation
from crossdock.wiring.map_changes import Effect, MapsChanged, ground_of, missing_items, save_changes, scope_of
from crossdock.wiring.mappings import company_names, in_settings


def maps_of(person: Person, pairing: str) -> list[MapKind]:
    """The maps of a pairing that this person may change."""
    return [one for one in MapKind if may_settle(person, desk=desk_of(one), pairing=pairing)]


async def export_maps(here: Installation, pairing: str, kinds: Collection[MapKind]) -> bytes:
    """Every current entry of these maps. Raises RemedyRefused."""
    current = await current_maps(scope_of(ground_of(here, pairing).pairing), kinds)
    return write_file((kind, key, value) for (kind, key), (_, value) in current.items())


async def plan_maps(here: Installation, pairing: str, data: bytes, *, kinds: Collection[MapKind]) -> FilePlan:
    """What a file would do, or everything that is wrong with it. kinds: the maps that this person may change."""
    ground = ground_of(here, pairing).pairing
    rows, problems = read_file(data)
    if problems:
        return FilePlan(problems=tuple(problems))
    plan = plan_file(
        rows, await current_maps(scope_of(ground), list(MapKind)), kinds=kinds,
        in_file=in_settings(here.project.pairings[pairing]), companies=company_names(here, pairing),
    )  # fmt: skip
    missing = {code.casefold() for code in (await missing_items(ground, scope_of(ground), plan.changes))[1]}
    unknown = [
        FileProblem(line=one.line, what=f"the ERP holds no stock item {code!r}", fix="Give one it holds.")
        for one in plan.planned
        if one.change.kind is MapKind.SKU and (code := (one.change.value or {}).get("code", "")).casefold() in missing
    ]
    wrong = sorted((*plan.problems, *unknown), key=lambda one: one.line)
    return replace(plan, planned=(), problems=tuple(wrong[:PROBLEMS_MAX])) if wrong else plan


async def save_maps_file(
    here: Installation, pairing: str, data: bytes, *, kinds: Collection[MapKind], stamp: str, actor: str, reason: str
) -> tuple[FilePlan, Effect]:
    """All of it or nothing. stamp: of the plan that the person saw. Raises RemedyRefused, MapsChanged."""
    plan = await plan_maps(here, pairing, data, kinds=kinds)
    if plan.problems:
        more = f", and {len(plan.problems) - 1} more" if len(plan.problems) > 1 else ""
        raise RemedyRefused(f"{plan.problems[0]}{more}")
    if plan.stamp != stamp:
        raise MapsChanged(())
    return plan, await save_changes(here, pairing, plan.changes, actor=actor, reason=reason)
