"""Products and models into the PIM: what was taken, what was left out in silence, and what nobody can say."""

from decimal import Decimal
from typing import Any

import orjson
import pytest
from aiohttp import web

from crossdock.connectors.akeneo.sink import NAMESPACE, uuid5
from crossdock.model.catalogue import AttributeValue, ProductChange, ProductModelChange
from crossdock.model.faults import Accepted, ConfigFault, Refused, Transient, Unknown
from tests.connectors.akeneo.bodies import OTHER, UUID, attribute, cell, done, model, product
from tests.connectors.akeneo.stub import Stub, lines, page, pim, refusal
from tests.connectors.stub import Asked

NEW = str(uuid5(NAMESPACE, "NSC-NEW"))
HOST = "https://pim.norrsken.example"


def value(attribute: str, data: Any, **where: str) -> AttributeValue:
    return AttributeValue(attribute=attribute, data=data, **where)


def shown(stub: Stub, *rows: Any, path: str = "products-uuid") -> None:
    """What the lists and the addresses of single records show."""
    stub.on("GET", path, page(list(rows)))
    for row in rows:
        stub.on("GET", f"{path}/{row.get('uuid') or row['code']}", row)


OFF = ProductChange(sku="", key=UUID, enabled=False)


async def test_a_change_is_sent_by_its_key_and_read_back() -> None:
    async with pim() as (connector, stub):
        shown(stub, product(enabled=False))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        assert await connector.write_products([OFF]) == [Accepted(UUID, UUID)]
        (sent,) = stub.calls("PATCH", "products-uuid")
        assert sent.lines == [{"uuid": UUID, "enabled": False}]
        assert sent.headers["Content-Type"] == "application/vnd.akeneo.collection+json"
        assert "Bracket" not in str(sent.query)
        assert connector.product_batch_max == 100


async def test_a_product_that_was_deleted_is_not_made_anew() -> None:
    async with pim() as (connector, stub):
        shown(stub)
        (outcome,) = await connector.write_products([OFF])
        assert (outcome.code, stub.calls("PATCH", "products-uuid")) == ("not-found", [])


async def test_a_product_is_found_by_its_sku_and_its_sku_left_alone() -> None:
    async with pim() as (connector, stub):
        shown(stub, product(family="helmets"))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        assert await connector.write_products([ProductChange(sku="nsc-hlm-01-m", family="helmets")]) == [
            Accepted("nsc-hlm-01-m", UUID)
        ]
        assert stub.calls("PATCH", "products-uuid")[0].lines == [{"uuid": UUID, "family": "helmets"}]


async def test_a_new_product_has_a_key_that_follows_from_its_sku() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([]))
        made = product(NEW, "NSC-NEW")
        stub.on("GET", f"products-uuid/{NEW}", refusal(404, "no"), made)
        stub.on("PATCH", "products-uuid", lines(done(1, NEW, 201)))
        assert await connector.write_products([ProductChange(sku="NSC-NEW")]) == [Accepted("NSC-NEW", NEW)]
        (sent,) = stub.calls("PATCH", "products-uuid")
        assert sent.lines == [{"uuid": NEW, "values": {"sku": [{"locale": None, "scope": None, "data": "NSC-NEW"}]}}]


async def test_a_key_whose_product_has_another_sku_now_is_not_taken() -> None:
    second = str(uuid5(NAMESPACE, "NSC-NEW#1"))
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([]))
        stub.on("GET", f"products-uuid/{NEW}", product(NEW, "NSC-RENAMED"))
        stub.on("GET", f"products-uuid/{second}", refusal(404, "no"), product(second, "NSC-NEW"))
        stub.on("PATCH", "products-uuid", lines(done(1, second, 201)))
        assert await connector.write_products([ProductChange(sku="NSC-NEW")]) == [Accepted("NSC-NEW", second)]


async def test_a_product_that_came_meanwhile_is_the_one_that_is_meant() -> None:
    taken = {"property": "identifier", "message": "is already used for another product"}
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([]), page([product(UUID, "NSC-NEW")]))
        stub.on("PATCH", "products-uuid",
                lines({"line": 1, "uuid": NEW, "status_code": 422, "message": "Validation failed.", "errors": [taken]}),
                lines(done(1)))  # fmt: skip
        assert await connector.write_products([ProductChange(sku="NSC-NEW")]) == [Accepted("NSC-NEW", UUID)]
        assert [call.lines[0]["uuid"] for call in stub.calls("PATCH", "products-uuid")] == [NEW, UUID]


async def test_a_sku_of_two_products_is_nobodys() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([product(UUID, "NSC-1"), product(OTHER, "nsc-1")]))
        (outcome,) = await connector.write_products([ProductChange(sku="NSC-1", enabled=False)])
        assert isinstance(outcome, Refused)
        assert (outcome.code, stub.calls("PATCH", "products-uuid")) == ("ambiguous", [])


async def test_a_second_try_that_cannot_be_sent_leaves_the_refusal() -> None:
    taken = {"property": "identifier", "message": "is already used for another product"}
    refused = {"line": 1, "uuid": NEW, "status_code": 422, "message": "Validation failed.", "errors": [taken]}
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([]), page([product(UUID, "NSC-NEW")]))
        stub.on("PATCH", "products-uuid", lines(refused), refusal(403, "no more"))
        (outcome,) = await connector.write_products([ProductChange(sku="NSC-NEW")])
        assert isinstance(outcome, Refused)
        assert outcome.code == "identifier"


SENT = (
    value("name", "Aurora", locale="en_GB"),
    value("moq", Decimal("12.5")),
    value("price", ({"amount": Decimal("899"), "currency": "SEK"}, {"amount": Decimal("79.95"), "currency": "EUR"})),
    value("marks", ("cpsc", "en1078")),
    value("date", "2026-03-02"),
    value("photo", f"{HOST}/api/rest/v1/media-files/a/b.jpg/download"),
    value("old", None),
)
KEPT = {
    "name": [cell("Aurora ", "pim_catalog_text", locale="en_GB"), cell("Hjälm", "pim_catalog_text", locale="sv_SE")],
    "moq": [cell("12.5000", "pim_catalog_number")],
    "price": [cell([{"amount": "79.95", "currency": "EUR"}, {"amount": "899.00", "currency": "SEK"}],
                   "pim_catalog_price_collection")],
    "marks": [cell(["en1078", "cpsc"], "pim_catalog_multiselect")],
    "date": [cell("2026-03-02T00:00:00+01:00", "pim_catalog_date")],
    "photo": [cell("a/b.jpg", "pim_catalog_image",
                   _links={"download": {"href": f"{HOST}/api/rest/v1/media-files/a/b.jpg/download"}})],
}  # fmt: skip


async def test_values_kept_in_another_spelling_are_accepted() -> None:
    async with pim() as (connector, stub):
        shown(stub, product(values=KEPT))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        (outcome,) = await connector.write_products([ProductChange(sku="", key=UUID, values=SENT)])
        assert isinstance(outcome, Accepted), outcome


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize(
    "kept",
    [
        {"name": [cell("Aurora helmet", "pim_catalog_text", locale="en_GB")]},
        {"name": [cell("Aurora", "pim_catalog_text", locale="sv_SE")]},
        {"moq": [cell("12.0000", "pim_catalog_number")]},
        {"moq": []},
        {"price": [cell([{"amount": "899.00", "currency": "SEK"}], "pim_catalog_price_collection")]},
        {"marks": [cell(["cpsc"], "pim_catalog_multiselect")]},
        {"date": [cell("2026-03-03T00:00:00+01:00", "pim_catalog_date")]},
        {"photo": [cell("a/other.jpg", "pim_catalog_image", _links=KEPT["photo"][0]["_links"])]},
        {"old": [cell("still", "pim_catalog_text")]},
    ],
    ids=lambda kept: next(iter(kept)),
)
async def test_a_value_left_out_in_silence_is_refused_as_ignored(kept: dict[str, Any], *, typed: bool) -> None:
    values = {**KEPT, **kept}
    kinds = {name: one["attribute_type"] for name, cells in KEPT.items() for one in cells}
    if not typed:
        values = {name: [{key: part for key, part in one.items() if key != "attribute_type"} for one in cells]
                  for name, cells in values.items()}  # fmt: skip
    async with pim() as (connector, stub):
        shown(stub, product(values=values))
        stub.on("GET", "attributes", page([attribute(name, kind) for name, kind in kinds.items()]))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        (outcome,) = await connector.write_products([ProductChange(sku="", key=UUID, values=SENT)])
        assert isinstance(outcome, Refused)
        assert outcome.code == "ignored"
        assert f"{next(iter(kept))}" in outcome.text


@pytest.mark.parametrize(
    ("change", "kept", "accepted"),
    [
        ({"parent": "mdl"}, {"parent": "mdl"}, True),
        ({"parent": "mdl"}, {"parent": None}, False),
        ({"parent": ""}, {"parent": None}, True),
        ({"family": ""}, {"family": None}, True),
        ({"family": "shoes"}, {"family": "helmets"}, False),
        ({"enabled": True}, {"enabled": False}, False),
        ({"categories": ("b", "a")}, {"categories": ["a", "b"]}, True),
        ({"categories": ("a",)}, {"categories": ["a", "b"]}, False),
        ({"categories": ("a",)}, {"categories": ["a", "b"], "parent": "mdl"}, True),  # its model's are shown too
        ({"categories": ("a", "c")}, {"categories": ["a", "b"], "parent": "mdl"}, False),
    ],
)
async def test_the_rest_of_a_product_is_compared(change: dict[str, Any], kept: dict[str, Any], *, accepted: bool
                                                 ) -> None:  # fmt: skip
    async with pim() as (connector, stub):
        shown(stub, product(**kept))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        (outcome,) = await connector.write_products([ProductChange(sku="", key=UUID, **change)])
        assert isinstance(outcome, Accepted) is accepted


async def test_a_list_that_is_behind_is_checked_at_the_record_itself() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([product(enabled=True)]))
        stub.on("GET", f"products-uuid/{UUID}", product(enabled=False))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        assert await connector.write_products([OFF]) == [Accepted(UUID, UUID)]


@pytest.mark.parametrize(("there", "kind"), [(False, Accepted), (True, Unknown)])
@pytest.mark.parametrize("answer", [3.0, web.Response(status=502), web.Response(body=b"<html>")])
async def test_after_a_lost_answer_a_look_decides(answer: Any, kind: type[Any], *, there: bool) -> None:
    async with pim(timeout_seconds=0.3) as (connector, stub):
        shown(stub, product(enabled=there))
        stub.on("PATCH", "products-uuid", answer)
        (outcome,) = await connector.write_products([OFF])
        assert isinstance(outcome, kind)


async def test_when_nobody_can_look_it_is_unknown() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([product()]), refusal(403, "no"))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        (outcome,) = await connector.write_products([OFF])
        assert isinstance(outcome, Unknown)


async def test_what_was_not_sent_is_transient_and_what_may_not_be_is_the_operators() -> None:
    async with pim() as (connector, stub):
        shown(stub, product())
        stub.on("PATCH", "products-uuid", web.Response(status=429))
        with pytest.raises(Transient):
            await connector.write_products([OFF])
        stub.on("PATCH", "products-uuid", refusal(403, "You are not allowed to create or update products."))
        with pytest.raises(ConfigFault) as caught:
            await connector.write_products([OFF])
        assert caught.value.setting == "username"


async def test_each_line_has_its_own_end_and_unsayable_ones_stop_no_other() -> None:
    async with pim() as (connector, stub):
        shown(stub, product(enabled=False), product(OTHER, "B"))
        bad = {"line": 2, "uuid": OTHER, "status_code": 422, "message": "Validation failed.",
               "errors": [{"property": "family", "message": "no such family"}]}  # fmt: skip
        stub.on("PATCH", "products-uuid", lines(done(1), bad))
        outcomes = await connector.write_products([
            OFF,
            ProductChange(sku="", key=OTHER, family="nowhere"),
            ProductChange(sku="", key=OTHER, values=(value("moq", 1.5),)),
            ProductChange(sku=""),
        ])  # fmt: skip
        assert [outcome.code if isinstance(outcome, Refused) else "in" for outcome in outcomes] == [
            "in", "family", "unsupported", "unsupported"
        ]  # fmt: skip


async def test_two_changes_of_one_product_are_sent_one_after_the_other() -> None:
    async with pim() as (connector, stub):
        state = {"enabled": True}

        def patch(asked: Asked) -> web.StreamResponse:
            state["enabled"] = orjson.loads(asked.raw)["enabled"]
            return lines(done(1))(asked)

        stub.on("GET", "products-uuid", lambda asked: page([product(**state)])(asked))
        stub.on("PATCH", "products-uuid", patch)
        on = ProductChange(sku="", key=UUID, enabled=True)
        assert await connector.write_products([OFF, on]) == [Accepted(UUID, UUID)] * 2
        assert [call.lines[0]["enabled"] for call in stub.calls("PATCH", "products-uuid")] == [False, True]


async def test_a_second_round_that_cannot_be_sent_makes_the_first_no_less_done() -> None:
    async with pim() as (connector, stub):
        shown(stub, product(enabled=False))
        stub.on("PATCH", "products-uuid", lines(done(1)), web.Response(status=429))
        outcomes = await connector.write_products([OFF, OFF])
        assert [type(outcome) for outcome in outcomes] == [Accepted, Unknown]


async def test_a_record_that_cannot_be_looked_at_is_unknown() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([product(enabled=True)]))
        stub.on("GET", f"products-uuid/{UUID}", refusal(403, "no"))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        (outcome,) = await connector.write_products([OFF])
        assert isinstance(outcome, Unknown)


async def test_a_sku_that_too_many_products_gave_up_is_refused() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", page([]))
        for key in (NEW, *(str(uuid5(NAMESPACE, f"NSC-NEW#{turn}")) for turn in range(1, 9))):
            stub.on("GET", f"products-uuid/{key}", product(key, "NSC-RENAMED"))
        (outcome,) = await connector.write_products([ProductChange(sku="NSC-NEW")])
        assert isinstance(outcome, Refused)
        assert outcome.code == "unsupported"


async def test_a_value_kept_as_something_else_is_ignored_and_a_code_in_another_case_is_not() -> None:
    kept = {"moq": [cell("many", "pim_catalog_number")], "colour": [cell("Red", "pim_catalog_simpleselect")]}
    async with pim() as (connector, stub):
        shown(stub, product(values=kept, categories=["Sale"], family="Helmets"))
        stub.on("PATCH", "products-uuid", lines(done(1)))
        good = ProductChange(sku="", key=UUID, family="helmets", categories=("sale",), values=(value("colour", "red"),))
        bad = ProductChange(sku="", key=UUID, values=(value("moq", Decimal(6)),))
        accepted, ignored = await connector.write_products([good, bad])
        assert accepted == Accepted(UUID, UUID)
        assert isinstance(ignored, Refused)


async def test_by_identifier_the_sku_is_the_key() -> None:
    async with pim(product_by="identifier") as (connector, stub):
        stub.on("GET", "products", page([product(identifier="NSC-1", code="NSC-1", enabled=False)]))
        stub.on("PATCH", "products", lines(done(1, "NSC-1", name="identifier")))
        assert await connector.write_products([ProductChange(sku="NSC-1", enabled=False)]) == [
            Accepted("NSC-1", "NSC-1")
        ]
        assert stub.calls("PATCH", "products")[0].lines == [{"identifier": "NSC-1", "enabled": False}]


async def test_flags_of_a_write_go_with_it() -> None:
    async with pim(create_missing_options=True, update_parent_values=True) as (connector, stub):
        shown(stub, product(enabled=False))
        stub.on("PATCH", f"products-uuid/{UUID}", web.Response(status=204))
        assert await connector.write_products([OFF]) == [Accepted(UUID, UUID)]
        (sent,) = stub.calls("PATCH", f"products-uuid/{UUID}")
        assert sent.query == {"create_missing_options": "true", "update_parent_values": "true"}


async def test_models_are_made_and_changed_by_their_code() -> None:
    async with pim() as (connector, stub):
        shown(stub, model(values={"name": [cell("Aurora", "pim_catalog_text")]}), path="product-models")
        stub.on("PATCH", "product-models", lines(done(1, "mdl-aurora", 201, name="code")))
        change = ProductModelChange(code="mdl-aurora", family_variant="helmets_by_colour_size", parent="",
                                    values=(value("name", "Aurora"),))  # fmt: skip
        outcomes = await connector.write_product_models([change, ProductModelChange(code="")])
        assert outcomes[0] == Accepted("mdl-aurora", "mdl-aurora")
        assert isinstance(outcomes[1], Refused)
        stub.on("PATCH", "product-models", lines(done(1, "mdl-aurora", 204, name="code")))
        (left,) = await connector.write_product_models([ProductModelChange(code="mdl-aurora", parent="other")])
        assert isinstance(left, Refused)
        assert left.code == "ignored"
