"""May it be sold, and if not, what exactly is missing. One reason is one cause, whatever the product."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.offers import (
    ENDED,
    FAMILY,
    NO_PRICE,
    NO_TAX,
    NOT_HELD,
    OfferFacts,
    OfferPolicy,
    OfferState,
    OfferUnit,
    Verdict,
    judge_offer,
    judge_unlisted,
)
from crossdock.model.code_map import TaxCode
from crossdock.model.offer import BareProduct
from crossdock.model.stock import ItemUnit, StockItem

TAXES = {"STD": TaxCode(code="1", percent=Decimal(20)), "RED": TaxCode(code="2", percent=Decimal(5))}
REPORT, STRICT = OfferPolicy(), OfferPolicy(unknown="hide", blocked="hide", ready="offer", create=True)
ITEM = StockItem(code="LAMP", item_id="1", description="Lamp", tax_percent=Decimal(20))
EACH = OfferUnit(unit="each", item=ITEM)
WHOLE = OfferFacts(on_sale=True, units=(EACH,), tax_code="STD", priced=True)


def missing(policy: OfferPolicy = REPORT, **facts: object) -> tuple[str, ...]:
    return judge_offer(replace(WHOLE, **facts), TAXES, policy).missing  # type: ignore[arg-type]


def unit(name: str = "case", problem: str = "", **item: object) -> OfferUnit:
    return OfferUnit(unit=name, item=replace(ITEM, **item), problem=problem)  # type: ignore[arg-type]


def test_a_whole_product_is_left_as_it_is() -> None:
    assert judge_offer(WHOLE, TAXES, STRICT) == Verdict(state=OfferState.ON_SALE)
    assert judge_offer(replace(WHOLE, on_sale=False), TAXES, REPORT) == Verdict(state=OfferState.READY)


def test_a_whole_product_goes_on_sale_where_we_took_it_off_or_the_policy_says_so() -> None:
    on = Verdict(state=OfferState.ON_SALE, switch=True)
    assert judge_offer(replace(WHOLE, on_sale=False, hidden=True), TAXES, REPORT) == on
    assert judge_offer(replace(WHOLE, on_sale=False), TAXES, STRICT) == on


def test_every_reason_is_told_once() -> None:
    assert missing(units=(OfferUnit(unit="each", item=None), OfferUnit(unit="case", item=None))) == (NOT_HELD,)
    assert missing(units=(EACH, OfferUnit(unit="case", item=None))) == ("the ERP holds no stock code for its case",)
    assert missing(units=(unit(discontinued=True), unit(discontinued=True))) == (ENDED,)
    assert missing(units=(unit(template=True),)) == (FAMILY,)
    assert missing(units=(unit(problem="unmapped"),)) == ("nobody has confirmed what its case holds",)
    assert missing(priced=False) == (NO_PRICE,)
    assert missing(priced=None) == ()
    assert missing(tax_code="") == (NO_TAX,)
    assert missing(OfferPolicy(default_tax_code="STD"), tax_code="") == ()
    assert missing(tax_code="LUX") == ("its tax code LUX is mapped to none of the ERP's",)
    assert missing(tax_code="RED") == ("its tax code RED stands for 5 %, and the ERP taxes it at 20 %",)
    assert missing(tax_code="RED", units=(unit(tax_percent=None),)) == ()
    assert missing(priced=False, tax_code="") == (NO_PRICE, NO_TAX)


def test_units_that_disagree_are_told_with_both_figures() -> None:
    conflict = OfferUnit(unit="case", item=ITEM, problem="conflict", declared=Fraction(12), listed=Decimal("10.00"))
    assert missing(units=(conflict,)) == ("of its case, the storefront counts 12 in one, the ERP 10",)
    unlisted = replace(conflict, listed=None)
    assert missing(units=(unlisted,)) == ("nobody has confirmed what its case holds",)


def test_what_is_done_about_it_is_the_policy_s() -> None:
    unknown = replace(WHOLE, units=(OfferUnit(unit="each", item=None),))
    blocked = replace(WHOLE, priced=False)
    for facts, policy, state, switch in (
        (unknown, REPORT, OfferState.LACKING, None),
        (unknown, replace(REPORT, blocked="hide"), OfferState.LACKING, None),
        (unknown, replace(REPORT, unknown="hide"), OfferState.HIDDEN, False),
        (blocked, REPORT, OfferState.LACKING, None),
        (blocked, replace(REPORT, unknown="hide"), OfferState.LACKING, None),
        (blocked, replace(REPORT, blocked="hide"), OfferState.HIDDEN, False),
    ):
        verdict = judge_offer(facts, TAXES, policy)
        assert (verdict.state, verdict.switch, verdict.told) == (state, switch, verdict.missing)


def test_of_what_is_off_sale_only_what_somebody_wants_sold_is_told() -> None:
    lacking = replace(WHOLE, on_sale=False, priced=False)
    ended = replace(WHOLE, on_sale=False, units=(unit(discontinued=True),))
    assert judge_offer(lacking, TAXES, REPORT).told == ()
    assert judge_offer(lacking, TAXES, STRICT).told == (NO_PRICE,)
    assert judge_offer(ended, TAXES, STRICT).told == ()
    ours = judge_offer(replace(ended, hidden=True), TAXES, REPORT)
    assert (ours.state, ours.switch, ours.told) == (OfferState.HIDDEN, None, (ENDED,))


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "unknown", "unmapped", "conflict"]), st.booleans(), st.booleans()), min_size=1
    ),
    st.booleans(), st.booleans(), st.sampled_from(["", "STD", "RED", "LUX"]), st.sampled_from([None, True, False]),
    st.sampled_from([REPORT, STRICT]),
)  # fmt: skip
def test_nothing_that_lacks_anything_is_ever_put_on_sale(
    units: list[tuple[str, bool, bool]], on_sale: bool, hidden: bool, tax: str, priced: bool | None, policy: OfferPolicy
) -> None:
    sold = tuple(
        OfferUnit(unit=str(at), item=replace(ITEM, discontinued=ended) if held else None, problem=problem)
        for at, (problem, held, ended) in enumerate(units)
    )
    facts = OfferFacts(on_sale=on_sale, units=sold, tax_code=tax, priced=priced, hidden=hidden)
    verdict = judge_offer(facts, TAXES, policy)
    is_whole = all(held and not problem and not ended for problem, held, ended in units)
    is_whole = is_whole and priced is not False and tax == "STD"
    assert (verdict.missing == ()) is is_whole
    if verdict.switch is not None:
        assert verdict.switch is is_whole
        assert verdict.switch is not on_sale
    assert set(verdict.told) <= set(verdict.missing)


def make(item: StockItem = ITEM, policy: OfferPolicy = STRICT, priced: bool | None = True) -> Verdict | BareProduct:
    return judge_unlisted(item, TAXES, policy, sku=item.code, priced=priced)


def told(found: Verdict | BareProduct) -> tuple[str, ...]:
    assert isinstance(found, Verdict)
    return found.told


def test_a_bare_product_is_what_the_erp_says_and_no_more() -> None:
    assert make() == BareProduct(sku="LAMP", name="Lamp", units=(("each", Fraction(1)),), tax_code="STD")
    assert make(replace(ITEM, description="")) == BareProduct(
        sku="LAMP", name="LAMP", units=(("each", Fraction(1)),), tax_code="STD"
    )


def test_its_units_are_the_erp_s_the_smallest_first() -> None:
    units = (
        ItemUnit(unit="pallet", base_sku="LAMP", base_quantity=Decimal(480)),
        ItemUnit(unit="each", base_sku="LAMP", base_quantity=Decimal(1)),
    )
    found = make(replace(ITEM, units=units))
    assert isinstance(found, BareProduct)
    assert found.units == (("each", Fraction(1)), ("pallet", Fraction(480)))
    unsure = (*units, ItemUnit(unit="case", base_sku="LAMP", base_quantity=Decimal(12), confirmed=False))
    assert told(make(replace(ITEM, units=unsure))) == ("nobody has confirmed what its case holds",)


def test_what_stands_against_a_product_is_told_unless_nobody_would_sell_it() -> None:
    assert told(make(priced=False)) == (NO_PRICE,)
    assert isinstance(make(priced=None), BareProduct)
    ended = make(replace(ITEM, discontinued=True), priced=False)
    assert isinstance(ended, Verdict)
    assert (ended.missing, ended.told) == ((ENDED, NO_PRICE), ())
    assert told(make(replace(ITEM, template=True))) == ()


def test_its_tax_code_is_the_only_one_of_its_rate_or_the_default() -> None:
    taxes = {**TAXES, "STD2": TaxCode(code="1", percent=Decimal(20))}
    none = "none of the storefront's tax codes alone is taxed at 20 %"
    assert told(judge_unlisted(ITEM, taxes, STRICT, sku="LAMP", priced=None)) == (none,)
    default = replace(STRICT, default_tax_code="STD2")
    found = judge_unlisted(ITEM, taxes, default, sku="LAMP", priced=None)
    assert isinstance(found, BareProduct)
    assert found.tax_code == "STD2"
    rateless = replace(ITEM, tax_percent=None)
    assert told(make(rateless)) == ("the ERP tells no tax rate of it, and orders.default_tax_code is not set",)
    found = make(rateless, default)
    assert isinstance(found, BareProduct)
    assert found.tax_code == "STD2"
    assert told(make(replace(ITEM, tax_percent=Decimal(17)))) == (none.replace("20", "17"),)
