"""What a load would do, read from the real systems and decided in a database that is thrown away."""

from collections.abc import Callable

from crossdock.flows.price_lists import refresh_prices
from crossdock.flows.reference import refresh_accounts, refresh_items, refresh_targets
from crossdock.wiring.account_rehearsal import rehearse_accounts
from crossdock.wiring.item_rehearsal import rehearse_items, sale_counts
from crossdock.wiring.rehearsal import Rehearsal, rehearse_stock
from crossdock.wiring.throw_away import Stage


async def rehearse_load(stage: Stage, *, tell: Callable[[str], None]) -> dict[str, int]:
    """How many of each there are, and how many stock levels would be written."""
    pairing, counts = stage.pairing, {}
    steps = [
        ("stock items", refresh_items, "items"), ("accounts", refresh_accounts, "accounts"),
        ("places where the storefront shows stock", refresh_targets, "targets"),
    ]  # fmt: skip
    if pairing.price_lists:
        steps.append(("prices", refresh_prices, "prices"))
    for what, refresh, counted in steps:
        tell(f"reading {what}")
        result = await refresh(pairing)
        counts[what] = int(result[counted])
        if result.get("unreadable"):
            counts[f"{what} that cannot be read"] = int(result["unreadable"])
    if "account-matching" in pairing.flows:
        matched = Rehearsal()
        await rehearse_accounts(stage, matched, tell=tell)
        outcomes = [one.outcome for one in matched.companies or ()]
        counts["companies that have their account"] = len(outcomes) - outcomes.count("wait")
        counts["companies that would wait for a person"] = outcomes.count("wait")
        counts["account codes that the storefront would be told"] = outcomes.count("tell")
    if "product-introduction" in pairing.flows:
        judged = Rehearsal()
        await rehearse_items(stage, judged, tell=tell)
        counts |= sale_counts(judged)
    if "stock-publication" in pairing.flows:
        found = Rehearsal()
        await rehearse_stock(stage, found, tell=tell)
        counts["stock levels that would be written"] = len(found.stock or ())
    return counts
