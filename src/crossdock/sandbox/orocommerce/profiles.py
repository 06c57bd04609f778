"""What each OroCommerce release has and has not, as far as a caller of the back-office API can tell."""

from collections.abc import Mapping
from dataclasses import dataclass

OLD_INTERNAL_STATUSES = ("open", "cancelled", "closed", "shipped", "archived")
NEW_INTERNAL_STATUSES = ("open", "cancelled", "closed", "pending", "processing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One release.

    orders_many: line items and trackings point at `orders` (to-many); before, at `order` (to-one).
    freeze: closed and cancelled orders refuse every edit (EditOrderVoter).
    padded_stock: stock quantities are written with ten decimals.
    """

    version: str
    orders_many: bool
    subtotals: bool
    shipping_status: bool
    external_status: bool
    sync_batch: bool
    validate: bool
    freeze: bool
    external_id: bool
    webhooks: bool
    padded_stock: bool
    internal_statuses: tuple[str, ...]


def _old(version: str, *, six: bool) -> Profile:
    return Profile(
        version=version, orders_many=False, subtotals=False, shipping_status=False, external_status=six,
        sync_batch=six, validate=False, freeze=False, external_id=False, webhooks=False, padded_stock=not six,
        internal_statuses=OLD_INTERNAL_STATUSES,
    )  # fmt: skip


def _new(version: str) -> Profile:
    """6.1.10 and 7.0.2 onwards: external ids and webhooks are in both."""
    return Profile(
        version=version, orders_many=True, subtotals=True, shipping_status=True, external_status=True,
        sync_batch=True, validate=True, freeze=True, external_id=True, webhooks=True, padded_stock=False,
        internal_statuses=NEW_INTERNAL_STATUSES,
    )  # fmt: skip


PROFILES: Mapping[str, Profile] = {
    "5.1": _old("5.1", six=False),
    "6.0": _old("6.0", six=True),
    "6.1": _new("6.1"),
    "7.0": _new("7.0"),
}
