"""Who and where goes, what accounting needs stays, and nothing half."""

from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.privacy import (
    FACT_NAMES,
    NAME_KEYS,
    PERSON_KEYS,
    VOID,
    is_guest,
    personal_words,
    voided,
    without,
    without_facts,
)

ORDER = {
    "ref": "1001", "total": "119.76", "currency": "GBP", "company_name": "Hartley Joinery",
    "buyer_email": "j@h.example",
    "po_number": "PO-7", "notes": "", "guest": False,
    "lines": [{"sku": "DRILL", "tax_code": "T1", "note": "engrave Jane"}],
    "invoice_address": {
        "surname": "Hartley", "line1": "17 Lane", "country": "GB", "postcode": "BT1 1AA", "title": None,
    },
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*sorted(PERSON_KEYS | NAME_KEYS), "sku", "lines"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_who_and_where_goes_and_what_accounting_needs_stays() -> None:
    assert voided(ORDER, names=False) == {
        **ORDER, "buyer_email": VOID, "lines": [{"sku": "DRILL", "tax_code": "T1", "note": VOID}],
        "invoice_address": {"surname": VOID, "line1": VOID, "country": "GB", "postcode": VOID, "title": None},
    }  # fmt: skip
    assert voided(ORDER, names=True)["company_name"] == VOID


@given(document=JSON, names=st.booleans())
def test_twice_is_once_and_no_word_is_left(document: object, names: bool) -> None:
    once = voided(document, names=names)
    assert voided(once, names=names) == once
    assert personal_words(once, names=names) == frozenset()


def test_the_words_that_are_looked_for_elsewhere() -> None:
    assert personal_words(ORDER, names=False) == {"j@h.example", "engrave Jane", "Hartley", "17 Lane", "BT1 1AA"}
    assert personal_words([ORDER], names=True) - personal_words(ORDER, names=False) == {"Hartley Joinery"}
    assert personal_words({"surname": "Lee"}, names=True) == frozenset()


def test_a_guests_name_is_a_persons() -> None:
    assert (is_guest({"guest": True}), is_guest({"guest": False}), is_guest({})) == (True, False, False)


def test_words_are_replaced_wherever_and_however_they_stand() -> None:
    assert without("Ms HARTLEY of Hartley Joinery", ["Hartley", "Hartley Joinery"]) == f"Ms {VOID} of {VOID}"
    assert without("İstanbul and Straße", ["straße"]) == f"İstanbul and {VOID}"
    assert without("as it was", [""]) == "as it was"


@given(text=st.text(max_size=40), word=st.text(min_size=4, max_size=6))
def test_a_replaced_word_is_gone(text: str, word: str) -> None:
    assert without(f"{text}{word}{text}", [word]).count(VOID) >= 1
    assert without(text, []) == text


def test_a_closed_case_keeps_its_codes_and_loses_its_names() -> None:
    facts = {"company": "Jane Hartley", "sku": "DRILL", "what": "of Jane Hartley", "problem": "", "hint": "me"}
    kept, cause = without_facts(facts, "Jane Hartley asks for DRILL, me too")
    assert kept == {"company": VOID, "sku": "DRILL", "what": f"of {VOID}", "problem": "", "hint": VOID}
    assert cause == f"{VOID} asks for DRILL, me too"
    assert {"company", "problem"} <= FACT_NAMES
