"""An event that is played back is too old, or its key is still known."""

from annotated_types import Le

from crossdock.settings.retention import Retention
from crossdock.wiring.systems import known_systems

WINDOWS = {"webhook_max_age_seconds", "event_max_age_seconds", "platform_event_max_age_seconds"}
UNSIGNED = "scayle"  # nothing is signed there, so nothing holds an age that could be proven


def bound(field: object, kind: type) -> float:
    return next(float(getattr(one, "le", None) or one.ge) for one in field.metadata if isinstance(one, kind))


def test_no_setting_lets_in_an_event_whose_key_may_be_forgotten() -> None:
    fields = [
        field
        for name, kind in known_systems().items()
        if name != UNSIGNED
        for label, field in kind.settings.model_fields.items()
        if label in WINDOWS
    ]
    assert len(fields) >= 5  # OroCommerce, both of Akeneo's, Prima's and WAIR's bridges
    shortest = min(one.ge for one in Retention.model_fields["webhook_keys_days"].metadata if hasattr(one, "ge"))
    assert all(bound(field, Le) < shortest * 86_400 for field in fields)
