"""Every column that might hold personal data is classified."""

import re
from pathlib import Path

from crossdock import store
from crossdock.store.personal import PERSONAL, About, looks_personal
from crossdock.store.privacy import PAPERS
from crossdock.store.sql import statements

SCHEMA = (Path(store.__file__).parent / "schema.sql").read_text("utf-8")


def columns() -> dict[str, str]:
    """table.column → type, as the migrations make them."""
    found = {}
    for table, body in re.findall(r"^create (?:unlogged )?table (\w+) \((.*?)^\);", SCHEMA, re.S | re.M):
        for line in body.splitlines():
            words = line.split()
            if len(words) > 1 and words[0][0].islower():
                found[f"{table}.{words[0]}"] = words[1].rstrip(",")
    return found


def test_every_column_that_looks_personal_is_classified() -> None:
    looks = {name for name, kind in columns().items() if looks_personal(name.partition(".")[2], kind)}
    missing = sorted(looks - set(PERSONAL))
    assert not missing, f"say in crossdock/store/personal.py whose data these hold, and when it goes: {missing}"
    assert not sorted(set(PERSONAL) - set(columns())), "these columns are gone"


def test_what_is_about_a_buyer_says_when_it_goes() -> None:
    assert all(one.goes for one in PERSONAL.values() if one.about is not About.NOBODY)


def test_every_paper_of_an_order_that_is_about_a_buyer_is_voided() -> None:
    """The table and the statements that do it name the same columns."""
    said = {
        name
        for name, one in PERSONAL.items()
        if one.about is About.BUYER and one.goes.startswith("void by erasure, and after `retention.orders")
    }
    assert said == {".".join(name.rsplit("_", 1)) for name in PAPERS}
    read = set(re.findall(r"select '(\w+)'", statements("privacy")["order_documents"]))
    assert read == set(PAPERS)


def test_what_looks_personal_is_told_by_name_or_by_type() -> None:
    assert [looks_personal(*one) for one in (("buyer_email", "text"), ("anything", "jsonb"), ("body", "bytea"))] == [
        True
    ] * 3
    assert [looks_personal(*one) for one in (("raw_digest", "bytea"), ("quantity", "numeric"))] == [False] * 2
