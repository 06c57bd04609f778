"""Which records are trade: those of companies whose class is none of those that the pairing leaves out."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from crossdock.decide.company_class import without
from crossdock.flows.pairing import RetailPairing
from crossdock.ports.systems import AccountSource

T = TypeVar("T")


async def trade_only(
    pairing: RetailPairing, records: Sequence[T], account_of: Callable[[T], str]
) -> tuple[list[T], Mapping[str, int]]:
    """(those that are trade, company class → how many were left out). What is not known of an account is asked for."""
    if not pairing.policy.non_commercial:
        return list(records), {}
    codes = sorted({account_of(one) for one in records} - {""})
    classes = await pairing.reference.company_classes(codes)
    unknown = [code for code in codes if code.casefold() not in classes]
    if unknown and (accounts := pairing.of_erp(AccountSource)) is not None:
        asked_at = pairing.clock.now()
        await pairing.reference.store_accounts(await accounts.find_accounts(unknown), as_of=asked_at)
        classes = await pairing.reference.company_classes(codes)
    return without(records, lambda one: classes.get(account_of(one).casefold(), ""), pairing.policy.non_commercial)
