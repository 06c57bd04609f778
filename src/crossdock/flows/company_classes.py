"""Which orders are trade: those of companies whose class is none of those that the pairing leaves out."""

from collections.abc import Mapping, Sequence

from crossdock.decide.company_class import without
from crossdock.flows.pairing import RetailPairing
from crossdock.model.despatch import Fulfilment
from crossdock.ports.systems import AccountSource

SETTING = "non_commercial_classes"


async def trade_only(
    pairing: RetailPairing, orders: Sequence[Fulfilment]
) -> tuple[list[Fulfilment], Mapping[str, int]]:
    """(those that are trade, company class → how many were left out). Each one that is left out is listed."""
    classes: Mapping[str, str] = {}
    if pairing.policy.non_commercial:
        classes = await classes_of(pairing, [one.account_code for one in orders])
    kept, counts = without(
        orders, lambda one: classes.get(one.account_code.casefold(), ""), pairing.policy.non_commercial
    )
    trade = {one.erp_code for one in kept}
    left_out = {
        one.erp_code: f"pairings.{pairing.name}.{SETTING}: {classes[one.account_code.casefold()]}"
        for one in orders
        if one.erp_code not in trade
    }
    await pairing.sent.leave_out(left_out, kept=sorted(trade))
    return kept, counts


async def classes_of(pairing: RetailPairing, accounts: Sequence[str]) -> Mapping[str, str]:
    """Account code, casefolded → company class. What is not known of an account is asked for by name."""
    codes = sorted(set(accounts) - {""})
    classes = await pairing.reference.company_classes(codes)
    unknown = [code for code in codes if code.casefold() not in classes]
    if unknown and (source := pairing.of_erp(AccountSource)) is not None:
        asked_at = pairing.clock.now()
        await pairing.reference.store_accounts(await source.find_accounts(unknown), as_of=asked_at)
        classes = await pairing.reference.company_classes(codes)
    return classes
