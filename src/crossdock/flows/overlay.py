"""A remedy laid over one order's facts, in memory only: what the rules would say if it were applied."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from crossdock.cases.kind import Remedy
from crossdock.flows.pairing import Pairing
from crossdock.model.code_map import CodeMaps, TaxCode
from crossdock.ports.memory import CaseRow, OrderFile


async def laid_over(
    pairing: Pairing, case: CaseRow, remedy: Remedy, params: Mapping[str, str], file: OrderFile
) -> OrderFile:
    """The order with its facts as they would be."""
    match remedy:
        case Remedy.ACCEPT:
            return replace(file, waivers=file.waivers | {(case.kind, case.subject)})
        case Remedy.LINK_ACCOUNT:
            found = await pairing.erp.find_accounts([params["account"]])
            return replace(file, account=found[0] if len(found) == 1 else None)
        case Remedy.MAP_CODE if case.kind in ("stock-code-unknown", "item-invalid-for-erp"):
            items = await pairing.erp.find_items([params["code"]])
            return replace(file, items={**file.items, case.subject: items[0]}) if items else file
        case Remedy.MAP_CODE:
            return replace(file, maps=mapped(file.maps, case, params))
        case _:
            return file


def mapped(maps: CodeMaps, case: CaseRow, params: Mapping[str, str]) -> CodeMaps:
    """The short lists with one entry more."""
    match case.kind:
        case "tax-code-unmapped":
            code = TaxCode(code=params["code"], percent=Decimal(params["percent"]))
            return replace(maps, tax={**maps.tax, case.subject: code})
        case "unit-unmapped" | "unit-quantity-conflict":
            key = case.subject.rpartition("/")[2] if params.get("for_all") == "yes" else case.subject
            return replace(maps, unit={**maps.unit, key: Fraction(params["units"])})
        case "shipping-method-unmapped":
            return replace(maps, shipping={**maps.shipping, case.subject: params["code"]})
        case "payment-term-unmapped":
            return replace(maps, payment_term={**maps.payment_term, case.subject: params["code"]})
        case _:
            return maps
