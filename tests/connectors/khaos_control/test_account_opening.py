"""Accounts opened by ImportCompany: what is sent, what the answer means, and one account whatever is lost."""

from dataclasses import replace

import pytest

from crossdock.connectors.khaos_control.config import Lengths
from crossdock.connectors.khaos_control.mapping_company_write import outcome_of_import, write_company
from crossdock.connectors.khaos_control.wire_results import ImportedCompany
from crossdock.model.account import NewAccount
from crossdock.model.company import Company
from crossdock.model.faults import Accepted, DataFault, Refused, Unknown, Unsupported
from crossdock.sandbox.khaos_control.countries import country_of
from tests.connectors.khaos_control.support import JOINERS
from tests.connectors.khaos_control.test_contract import estate

WANTED = NewAccount(
    ref="oro-khaos/129", currency="GBP", company_class="Trade",
    company=Company(
        ref="129", name="Brontë Joinery & Sons", vat_number="GB701383762", email="buyer3@customer3.example",
        address=JOINERS,
    ),
)  # fmt: skip


async def test_an_account_is_opened_found_by_our_reference_and_not_opened_twice() -> None:
    async with estate() as world:
        assert await world.khaos.find_opened(WANTED.ref) is None
        opened = await world.khaos.create_account(WANTED)
        assert isinstance(opened, Accepted)
        again = await world.khaos.create_account(WANTED)
        assert isinstance(again, Accepted)
        assert again.their_ref == opened.their_ref
        account = await world.khaos.find_opened(WANTED.ref)
        assert account is not None
        assert (account.code, account.name) == (opened.their_ref, "Brontë Joinery & Sons")
        assert (account.other_ref, account.currency, account.company_class) == (WANTED.ref, "GBP", "Trade")
        assert (account.tax_reference, account.email) == ("GB701383762", "buyer3@customer3.example")
        assert account.postcodes == ("YO1 9AA",)
        assert world.simulator.calls["SOAP ImportCompany"] == 1


@pytest.mark.parametrize("kind", ["lost_reply", "truncated_body", "html_page", "lost_request"])
async def test_a_reply_that_is_lost_is_unknown_and_the_account_is_looked_for(kind: str) -> None:
    async with estate() as world:
        world.trouble(kind, "ImportCompany", count=1)
        assert isinstance(await world.khaos.create_account(WANTED), Unknown)
        assert isinstance(await world.khaos.create_account(WANTED), Accepted)
        made = [one for one in world.simulator.state()["companies"] if one["origin"] == "import"]
        assert len(made) == 1


async def test_another_companys_login_is_never_taken_for_ours() -> None:
    """An account that has the buyer's e-mail as its web login stays what it is."""
    async with estate() as world:
        theirs = next(one for one in world.simulator.state()["companies"] if one["code"] == "HPT1001")
        taken = replace(WANTED, company=replace(WANTED.company, email=theirs["web_user"]))
        opened = await world.khaos.create_account(taken)
        assert isinstance(opened, Accepted)
        assert opened.their_ref != "HPT1001"
        after = next(one for one in world.simulator.state()["companies"] if one["code"] == "HPT1001")
        assert after == theirs


async def test_our_reference_on_two_accounts_is_nobodys() -> None:
    async with estate() as world:
        for code in ("A1", "A2"):
            given = {"name": code, "code": code, "other_ref": WANTED.ref}
            await world.simulator.act("create_company", given)
        with pytest.raises(DataFault, match="more than one account: A1, A2"):
            await world.khaos.find_opened(WANTED.ref)


async def test_what_the_server_refuses_is_refused_in_its_words() -> None:
    async with estate({"company_classes": ["Trade"]}, refuse_over_length=False) as world:
        long = replace(WANTED, company=replace(WANTED.company, address=replace(JOINERS, telephone="0" * 25)))
        refused = await world.khaos.create_account(long)
        assert isinstance(refused, Refused)
        assert "TEL" in refused.text


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"company": replace(WANTED.company, name=" ")}, "COMPANY/COMPANY_NAME"),
        ({"company_class": ""}, "COMPANY/COMPANY_CLASS"),
        ({"company": replace(WANTED.company, address=None)}, "COMPANY/COUNTRY_CODE"),
        ({"company": replace(WANTED.company, address=replace(JOINERS, country=""))}, "COMPANY/COUNTRY_CODE"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_sent(change: dict[str, object], place: str) -> None:
    with pytest.raises(DataFault) as fault:
        write_company(replace(WANTED, **change), Lengths())  # type: ignore[arg-type]
    assert fault.value.place == place


@pytest.mark.parametrize(
    "change",
    [
        {"ref": "x" * 31},
        {"ref": " "},
        {"company": replace(WANTED.company, name="x" * 51)},
        {"company": replace(WANTED.company, vat_number="9" * 21)},
        {"company": replace(WANTED.company, address=replace(JOINERS, line1="word " * 40))},
        {"company": replace(WANTED.company, name="bell \x07")},
    ],
)
def test_what_does_not_fit_is_refused_here(change: dict[str, object]) -> None:
    with pytest.raises(Unsupported):
        write_company(replace(WANTED, **change), Lengths())  # type: ignore[arg-type]


def test_the_class_of_the_settings_serves_where_none_is_named() -> None:
    document = write_company(replace(WANTED, company_class=""), Lengths(), company_class="Retail")
    assert "<COMPANY_CLASS>Retail</COMPANY_CLASS>" in document
    assert "<WEB_USER>" not in document
    assert country_of("GB", "").code3 in ("GBR",)


REF = WANTED.ref


@pytest.mark.parametrize(
    ("rows", "ending"),
    [
        ([ImportedCompany("W1", REF, True)], Accepted),
        ([ImportedCompany("W1")], Accepted),
        ([ImportedCompany("W1", REF.upper())], Accepted),
        ([ImportedCompany("", REF, False, "Invalid company")], Refused),
        ([ImportedCompany("W1", REF, False)], Refused),
        ([ImportedCompany("", REF, True)], Unknown),
        ([ImportedCompany("", "")], Unknown),
        ([], Unknown),
        ([ImportedCompany("W1", "somebody's")], Unknown),
        ([ImportedCompany("W1", REF), ImportedCompany("W2", REF)], Unknown),
    ],
)
def test_what_the_answer_means(rows: list[ImportedCompany], ending: type) -> None:
    assert isinstance(outcome_of_import(REF, rows), ending)
