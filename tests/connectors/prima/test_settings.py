"""What a Prima is told of itself, and what is refused before it is saved."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from crossdock.connectors.prima import SYSTEM
from crossdock.connectors.prima.config import PrimaSettings
from tests.connectors.bridge.support import WEBHOOK_SECRET
from tests.connectors.prima.support import bridge_settings, soap_settings


def test_defaults_confirm_nothing() -> None:
    settings = PrimaSettings(base_url="http://prima.internal:8080/wsa/prima")
    assert settings.profile == "prima-solutions-soap"
    assert (settings.price_meaning, settings.blank_price, settings.not_found_on_error) == (None, None, None)
    assert settings.stock_semantics_confirmed is False
    assert settings.budget.concurrency == 2


def test_every_setting_says_what_it_does() -> None:
    assert [name for name, field in PrimaSettings.model_fields.items() if not field.description] == []


def test_secrets_are_not_printed() -> None:
    settings = bridge_settings(auth="bearer_static", bearer_token="s3cret", webhook_secrets=[WEBHOOK_SECRET])
    assert "s3cret" not in f"{settings!r}{settings.model_dump_json()}"
    assert WEBHOOK_SECRET not in f"{settings!r}{settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"base_url": "https://prima.example.com"}, "auth none is for a private network"),
        ({"profile": "prima-software"}, "Input should be"),
        ({"price_meaning": "gross"}, "Input should be"),
        ({"allocation_probe_sku": "ST100-080"}, "needs both"),
        ({"mapping_file": "/nowhere.yaml"}, "mapping_file /nowhere.yaml: cannot be read"),
        ({"key_table": "/nowhere.csv"}, "key_table /nowhere.csv: cannot be read"),
        ({"order_statuses": {"Open": "open"}}, "Input should be"),
        ({"price_decimals": 7}, "less than or equal to 6"),
        ({"settle_second": 1}, "Extra inputs"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_saved(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        soap_settings(**changes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: the header lacks sku, product"),
        ("sku,m1\nA,B\n", "line 1: the header lacks product"),
        ("sku,product,size\n", "line 1: unknown column 'size'"),
        ("sku,product\nA,\n", "line 2: sku and product must both be given"),
        ("sku,product\nA,P,F\n", "line 2: more values than columns"),
        ("sku,product\nA,P\nA,Q\n", "line 3: SKU A stands in the table twice"),
        ("sku,product,m1\nA,P,F\nB,P,F\n", "line 3: P/F is A already"),
    ],
)
def test_a_mistake_in_the_key_table_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    table = tmp_path / "keys.csv"
    table.write_text(text)
    with pytest.raises(ValidationError, match=says):
        soap_settings(key_table=str(table))


def test_a_key_table_reads_both_ways(tmp_path: Path) -> None:
    table = tmp_path / "keys.csv"
    table.write_bytes("\ufeffsku,product,m2\nA-1,P,1\nA-2,P,\n".encode())
    keys = soap_settings(key_table=str(table)).keys()
    assert keys.by_key["P", "", "1", "", ""] == "A-1"
    assert keys.native_key("A-2") == {"product": "P", "m1": "", "m2": "", "m3": "", "m4": ""}
    assert keys.native_key("a-1") is None


def test_capabilities_are_those_of_the_profile() -> None:
    assert SYSTEM.capabilities_of(soap_settings()) == {"OrderSink", "FulfilmentSource", "StockSource"}
    bridge = SYSTEM.capabilities_of(bridge_settings())
    assert bridge == SYSTEM.capabilities - {"WebhookReceiver"}
    assert SYSTEM.capabilities_of(bridge_settings(webhook_secrets=[WEBHOOK_SECRET])) == SYSTEM.capabilities


def test_a_bridge_needs_no_mapping_file() -> None:
    assert bridge_settings(mapping_file="/nowhere.yaml").profile == "bridge-v1"
