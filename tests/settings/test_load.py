"""Every mistake at once, each with its line and the way to mend it."""

import textwrap
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from crossdock.decide.policy import Authority, OrderPolicy, StockPolicy
from crossdock.model.code_map import TaxCode
from crossdock.settings.load import load
from crossdock.settings.orders import OrderSettings
from crossdock.settings.pairing import Flow
from crossdock.settings.problem import Problem, SettingsError
from crossdock.settings.stock import StockSettings
from tests.settings.kinds import KINDS, complaints, read

SOUND = """\
systems:
  shop:
    kind: orocommerce
    base_url: https://shop.example/
    client_id: crossdock
    client_secret: ${ORO}
  khaos:
    kind: khaos_control
    base_url: https://khaos.example
    exe: KhaosHPT.exe
  shelf: {kind: shelf, base_url: "http://shelf.example"}
  ledger: {kind: ledger, base_url: "http://ledger.example"}
  kiosk: {kind: kiosk, base_url: "http://kiosk.example"}
pairings:
  oro-khaos:
    storefront: shop
    erp: khaos
    orders:
      currencies: [GBP]
"""


def test_five_mistakes_are_five_problems_with_their_lines_and_fixes(tmp_path: Path) -> None:
    text = """\
tenant: main
http:
  port: 80800
systems:
  shop:
    kind: orocommerce
    base_url: shop.example
    client_id: crossdock
    client_secret: hunter2
  khaos:
    kind: khaos_control
    base_url: http://khaos.example
    exee: KhaosHPT.exe
pairings:
  oro-khaos:
    storefront: oro
    erp: khaos
    orders: {currencies: [GBP]}
"""
    assert "\n".join(complaints(tmp_path, text)) == textwrap.dedent("""\
        crossdock.yaml:3:3  http.port: must be at most 65535, was "80800".
        crossdock.yaml:7:5  systems.shop.base_url: must begin with http:// or https://, was "shop.example".
        crossdock.yaml:9:5  systems.shop.client_secret: is a secret written in clear. Write ${NAME} for an environment \
variable, file:PATH, or db:NAME for one kept in the database.
        crossdock.yaml:13:5  systems.khaos.exee: is not a setting. Did you mean "exe"?
        crossdock.yaml:16:5  pairings.oro-khaos.storefront: names the system "oro", which is not under systems. \
Did you mean "shop"?""")


MISTAKES = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text("utf-8"))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_is_one_problem(tmp_path: Path, mistake: str) -> None:
    one = MISTAKES[mistake]
    assert "find" not in one or one["find"] in SOUND
    text = SOUND.replace(one["find"], one["put"], 1) if "find" in one else one["put"]
    lines = complaints(tmp_path, text, ORO="s3cret", EMPTY="", MYSQL="mysql://db.example")
    assert len(lines) == 1 + one.get("more", 0), lines
    assert lines[0].startswith(f"crossdock.yaml:{one['at']}  {one['says']}"), lines[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tenant: \x00", "1:1  is not YAML: special characters are not allowed."),
        ("tenant: " + "[" * 5000, "1:1  is nested too deeply, or repeated too often."),
        (
            "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9 if n else ''}]\n" for n in range(9)),
            "1:1  is nested too deeply, or",
        ),
    ],
    ids=["a control character", "deep", "aliases that multiply"],
)
def test_a_file_made_to_hurt_is_turned_away(tmp_path: Path, text: str, said: str) -> None:
    assert complaints(tmp_path, text)[0].startswith(f"crossdock.yaml:{said}")


def test_a_sound_file_is_read_as_it_says(tmp_path: Path) -> None:
    project = read(tmp_path, SOUND, ORO="s3cret")
    assert project.data_dir == tmp_path / "data"
    assert project.database_url is None
    assert project.systems["shop"].base_url == "https://shop.example"
    assert type(project.systems["shop"]) is KINDS["orocommerce"].settings
    assert {Flow.ORDER_ENTRY, Flow.STOCK_PUBLICATION, Flow.DESPATCH} <= set(project.sales["oro-khaos"].flows)
    assert project.sales["oro-khaos"].orders.start_from is None


def test_flows_default_to_what_both_systems_can(tmp_path: Path) -> None:
    text = SOUND.replace("erp: khaos", "erp: shelf")
    assert read(tmp_path, text, ORO="s").sales["oro-khaos"].flows == (Flow.STOCK_PUBLICATION,)


def test_an_owner_may_be_who_it_likes_where_no_flow_writes(tmp_path: Path) -> None:
    text = SOUND.replace(
        "erp: khaos", "erp: khaos\n    owners: {stock: storefront}\n    flows: [order-entry, despatch]"
    )
    assert complaints(tmp_path, text, ORO="s") == []


def test_what_is_acknowledged_to_nobody_may_be_any_storefront(tmp_path: Path) -> None:
    text = SOUND.replace("storefront: shop", "storefront: kiosk\n    acknowledge: no")
    assert complaints(tmp_path, text, ORO="s") == []


def test_a_price_check_needs_prices(tmp_path: Path) -> None:
    KINDS["mute"] = KINDS["khaos_control"].__class__(
        kind="mute", title="", role="erp", settings=KINDS["khaos_control"].settings, connect=KINDS["shelf"].connect,
        capabilities=KINDS["khaos_control"].capabilities - {"PriceSource"},
    )  # fmt: skip
    try:
        text = SOUND.replace("kind: khaos_control", "kind: mute")
        text = text.replace("[GBP]", "[GBP]\n      price_check: hold\n      price_lists: [Trade]")
        said = complaints(tmp_path, text, ORO="s")
    finally:
        del KINDS["mute"]
    assert len(said) == 1
    assert (
        "20:7  pairings.oro-khaos.orders.price_check: mute does not list its prices. Write price_check: off." in said[0]
    )


def test_text_stays_the_text_that_was_written(tmp_path: Path) -> None:
    maps = """\
    maps:
      tax: {01: {code: 04, percent: 17.5}}
      unit: {case: 12, CABLE/drum: "1/3", roll: 0.1}
      courier: {NO: 1e5, yes: 0x1F}
      sku: {2024-01-01: 1_000}
"""
    pairing = read(tmp_path, SOUND + maps, ORO="s").sales["oro-khaos"]
    maps_read = pairing.code_maps()
    assert maps_read.tax == {"01": TaxCode(code="04", percent=Decimal("17.5"))}
    assert maps_read.unit == {"case": Fraction(12), "CABLE/drum": Fraction(1, 3), "roll": Fraction(1, 10)}
    assert maps_read.courier == {"NO": "1e5", "yes": "0x1F"}
    assert pairing.maps.sku == {"2024-01-01": "1_000"}


def test_policies_say_what_the_settings_say(tmp_path: Path) -> None:
    text = SOUND.replace("[GBP]", "[GBP, EUR]\n      authority: erp\n      tolerance: 0.02\n      site: Main Warehouse")
    pairing = read(tmp_path, text + "    stock: {buffer: 2, buffers: {HP-1: 5}}\n", ORO="s").sales["oro-khaos"]
    orders, stock = pairing.order_policy(price_decimals=3), pairing.stock_policy()
    assert orders.currencies == frozenset({"GBP", "EUR"})
    assert (orders.authority, orders.tolerance) == (Authority.ERP, Decimal("0.02"))
    assert (orders.tolerance_per_line, orders.may_differ(3)) == (Decimal("0.01"), Decimal("0.05"))
    assert (orders.site, orders.price_decimals, orders.rounding) == ("Main Warehouse", 3, "half-up")
    assert [stock.buffer_for(sku) for sku in ("hp-1", "HP-2")] == [Decimal(5), Decimal(2)]
    assert stock.stale_seconds == 3600


def test_settings_and_policies_have_the_same_defaults() -> None:
    settings, policy = OrderSettings(currencies=("GBP",)), OrderPolicy(currencies=frozenset({"GBP"}))
    assert settings.policy(price_decimals=policy.price_decimals) == policy
    assert StockSettings().policy() == StockPolicy()


def test_a_buffer_nobody_writes_is_what_the_storefront_asks_for(tmp_path: Path) -> None:
    silent, said = (
        read(tmp_path, SOUND + text, ORO="s").sales["oro-khaos"] for text in ("", "    stock: {buffer: 0}\n")
    )
    assert (silent.stock_policy().buffer, silent.stock_policy(Decimal(1)).buffer) == (0, 1)
    assert said.stock_policy(Decimal(1)).buffer == 0, "nothing kept back is a word too"


def test_numbers_and_switches_of_a_closed_list_are_read(tmp_path: Path) -> None:
    text = SOUND.replace("exe: KhaosHPT.exe", "exe: K.exe\n    mapping_type: 2\n    stock_date_types: [-1]")
    khaos = read(tmp_path, text, ORO="s").systems["khaos"].model_dump()
    assert (khaos["mapping_type"], khaos["stock_date_types"]) == (2, (-1,))


def test_a_setting_left_empty_is_one_left_out(tmp_path: Path) -> None:
    project = read(tmp_path, f"desks:\nhttp:\n  port:\n{SOUND}", ORO="s")
    assert (project.desks, project.http.port) == ({}, 8080)


def test_the_database_comes_from_the_environment_unless_the_file_names_one(tmp_path: Path) -> None:
    url = "postgresql://crossdock:pw@db.example/crossdock"
    project = read(tmp_path, SOUND, ORO="s", CROSSDOCK_DATABASE_URL=url)
    assert project.database_url is not None
    assert project.database_url.get_secret_value() == url
    own = read(tmp_path, f"database_url: ${{DB}}\n{SOUND}", ORO="s", CROSSDOCK_DATABASE_URL=url, DB="postgres://other")
    assert own.database_url is not None
    assert own.database_url.get_secret_value() == "postgres://other"
    assert complaints(tmp_path, SOUND, ORO="s", CROSSDOCK_DATABASE_URL="mysql://pw@x") == [
        "crossdock.yaml:1:1  database_url: must begin with postgresql://, like postgresql://user:password@host/name."
    ]


def test_paths_are_seen_from_the_file(tmp_path: Path) -> None:
    text = SOUND.replace("exe: K", "ca_bundle: certs/ca.pem\n    exe: K")
    project = read(tmp_path, f"data_dir: ../kept\n{text}", ORO="s")
    assert project.data_dir == tmp_path / "../kept"
    assert project.systems["khaos"].ca_bundle == str(tmp_path / "certs/ca.pem")


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"cannot be read: no such file or directory\. Make one with `crossdock init`"
    ):
        load(tmp_path / "none.yaml", systems=KINDS, environ={})
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="it is not UTF-8 text"):
        load(tmp_path / "bytes.yaml", systems=KINDS, environ={})


def test_problems_carry_their_parts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, SOUND.replace("erp: khaos", "erp: kaos"), ORO="s")
    assert caught.value.problems == (
        Problem(
            line=17, column=5, path="pairings.oro-khaos.erp", fix='Did you mean "khaos"?',
            message='names the system "kaos", which is not under systems',
        ),
    )  # fmt: skip
