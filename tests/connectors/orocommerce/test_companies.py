"""Companies out of the shop and account codes into it, against the simulated shop: in order, and under fire."""

import pytest

from crossdock.connectors.orocommerce.connector import OroCommerce
from crossdock.connectors.orocommerce.fields import same_value
from crossdock.model.account import AccountLink
from crossdock.model.company import Company
from crossdock.model.faults import Accepted, ConfigFault, Refused, Unknown
from tests.connectors.orocommerce.test_contract import ESTATE, VERSIONS, market, strike


async def read(connector: OroCommerce) -> dict[str, Company]:
    found = {}
    async for page in connector.read_companies(None):
        for document in page:
            assert document.value is not None, document.fault
            found[document.ref] = document.value
    return found


def link(company: str, code: str) -> AccountLink:
    return AccountLink(company_ref=company, account_id="1", account_code=code)


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_company_comes_once_with_its_people_and_its_address(version: str) -> None:
    shop = {"version": version, "customer_fields": {"vatId": "string"}}
    async with market(simulator=shop, page_size=4, vat_field="vatId") as (connector, _):
        found = await read(connector)
    assert set(found) == {one.storefront_id for one in ESTATE.companies}
    for one in ESTATE.companies:
        company = found[one.storefront_id]
        assert (company.name, company.email, company.vat_number) == (one.name, one.email, one.vat_number)
        assert company.domains == (one.email.partition("@")[2],)
        assert company.address is not None
        assert (company.address.postcode, company.address.country) == (one.postcode, "GB")
        assert company.account_code == (one.erp_code if one.linked and version in ("6.1", "7.0") else "")


async def test_a_company_that_registers_is_in_the_next_sweep() -> None:
    async with market() as (connector, shop):
        made = await shop.act("register_company", {"name": "Dales Interiors", "email": "jo.dale@dales.example"})
        company = (await read(connector))[made["id"]]
    assert (company.name, company.domains, company.guest) == ("Dales Interiors", ("dales.example",), False)


async def test_codes_stick_and_are_safe_to_repeat() -> None:
    async with market() as (connector, shop):
        links = [link("101", "NEW-1"), link("102", "NEW-2")]
        for _ in range(2):
            assert await connector.write_account_links(links) == [Accepted("NEW-1", "101"), Accepted("NEW-2", "102")]
        held = {one["id"]: one["external_id"] for one in shop.state()["customers"]}
        assert (held["101"], held["102"]) == ("NEW-1", "NEW-2")


async def test_one_code_that_is_taken_stops_no_other() -> None:
    async with market() as (connector, _):
        taken, fine, long = await connector.write_account_links(
            [link("101", "HPT1002"), link("103", "NEW-3"), link("104", "X" * 37)]
        )
        assert isinstance(taken, Refused)
        assert taken.code == "not-unique"
        assert fine == Accepted("NEW-3", "103")
        assert isinstance(long, Refused)
        assert "36 characters" in long.text


@pytest.mark.parametrize("version", ["5.1", "6.0"])
async def test_a_shop_without_external_ids_says_so_for_each(version: str) -> None:
    async with market(simulator={"version": version}) as (connector, _):
        (refused,) = await connector.write_account_links([link("101", "NEW-1")])
        assert isinstance(refused, Refused)
        assert refused.code == "unsupported"


async def test_a_field_that_is_not_there_is_the_operators() -> None:
    async with market(account_field="erpAccount") as (connector, _):
        with pytest.raises(ConfigFault) as fault:
            await connector.write_account_links([link("101", "NEW-1")])
        assert fault.value.setting == "account_field"


async def test_a_field_that_is_ignored_is_noticed() -> None:
    shop = {"customer_fields": {"erpAccount": "string"}, "read_only_fields": ["erpAccount"]}
    async with market(simulator=shop, account_field="erpAccount") as (connector, _):
        with pytest.raises(ConfigFault, match="answered 200 and left erpAccount at None"):
            await connector.write_account_links([link("101", "NEW-1"), link("102", "NEW-2")])


async def test_a_lost_reply_is_unknown_and_the_next_write_settles_it() -> None:
    async with market() as (connector, shop):
        strike(shop, {"kind": "lost_reply", "match": "PATCH", "count": 1})
        (lost,) = await connector.write_account_links([link("101", "NEW-1")])
        assert isinstance(lost, Unknown)
        assert await connector.write_account_links([link("101", "NEW-1")]) == [Accepted("NEW-1", "101")]


@pytest.mark.parametrize(
    ("sent", "kept", "same"),
    [
        ("1000", "1000.0000", True), ("", None, True), (None, "", True), (None, "x", False), ("x", None, False),
        (True, True, True), (True, 1, False), (False, None, False), ("NET30", "NET30", True), ("NET30", "net30", False),
        ("0010", "10", True), (0, "0.0000", True),
    ],
)  # fmt: skip
def test_what_comes_back_is_the_same_value_as_the_shop_writes_it(sent: object, kept: object, same: bool) -> None:
    assert same_value(sent, kept) is same
