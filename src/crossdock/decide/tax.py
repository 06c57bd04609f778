"""Which tax code a line falls under, and what the ERP will reckon for it."""

from collections.abc import Sequence
from decimal import Decimal

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import TAX_CODE_UNMAPPED
from crossdock.decide.policy import OrderPolicy
from crossdock.model.code_map import CodeMaps, TaxCode
from crossdock.model.money import Rounding, allocate
from crossdock.model.sales_order import OrderLine, Shipping

NONE = Decimal(0)
UNTAXED = TaxCode(code="", percent=NONE)
PLAIN = ("",)


def line_tax(
    line: OrderLine, maps: CodeMaps, policy: OrderPolicy, contexts: Sequence[str] = PLAIN
) -> TaxCode | Finding:
    """contexts: whose entries of the map hold: with ("DE", "EU") "DE/19", then "EU/19"; "" stands for plain "19"."""
    return _mapped(line.tax_code or policy.default_tax_code, maps, contexts)


def shipping_tax(
    shipping: Shipping, maps: CodeMaps, policy: OrderPolicy, contexts: Sequence[str] = PLAIN
) -> TaxCode | Finding:
    """Free carriage needs no code, whatever it says."""
    if not shipping.net and not shipping.tax:
        return UNTAXED
    return _mapped(shipping.tax_code or policy.shipping_tax_code or policy.default_tax_code, maps, contexts)


def _mapped(code: str, maps: CodeMaps, contexts: Sequence[str]) -> TaxCode | Finding:
    """What is missing is missed where the closest entry would stand: mapped there, it changes no other sale."""
    for context in contexts:
        if (found := maps.tax.get(_key(context, code))) is not None:
            return found
    word = _key(contexts[0], code or "(none)")
    return TAX_CODE_UNMAPPED.about(word, tax_code=word)


def _key(context: str, code: str) -> str:
    return f"{context}/{code}" if context else code


def tax_on(net: Decimal, percent: Decimal, rule: Rounding, decimals: int) -> Decimal:
    """net: as invoiced. percent: 20 for a fifth."""
    return rule(net * percent / 100, decimals)


def tax_per_line(taxed: Sequence[tuple[Decimal, TaxCode]], rule: Rounding, decimals: int) -> tuple[Decimal, ...]:
    """The tax of each (net, code), rounded one by one."""
    return tuple([tax_on(net, code.percent, rule, decimals) for net, code in taxed])


def tax_per_order(taxed: Sequence[tuple[Decimal, TaxCode]], rule: Rounding, decimals: int) -> tuple[Decimal, ...]:
    """The tax of each (net, code) when the ERP rounds once per code: the rounded sum, shared out over its parts."""
    shares = [NONE] * len(taxed)
    for code in dict.fromkeys(code for _, code in taxed):
        places = [place for place, (_, one) in enumerate(taxed) if one == code]
        nets = [taxed[place][0] for place in places]
        whole = tax_on(sum(nets, NONE), code.percent, rule, decimals)
        for place, share in zip(places, allocate(whole, nets, decimals=decimals), strict=True):
            shares[place] = share
    return tuple(shares)
