"""Problem codes of this bridge beyond the shared ones. Those of status 200 are notices inside a row's result."""

from collections.abc import Mapping

from crossdock.sandbox.bridge import Kind

EXTRA: Mapping[str, Kind] = {
    "sku-not-found": Kind(422, "There is no such SKU here"),
    "location-unknown": Kind(422, "There is no such location"),
    "location-not-owner": Kind(409, "Another system owns this location's stock"),
    "basis-not-accepted": Kind(422, "This figure is not taken here"),
    "figure-inconsistent": Kind(422, "Available is not physical less allocated"),
    "parent-stock-refused": Kind(422, "A parent has no stock of its own"),
    "stale-sequence": Kind(200, "A newer level is already known"),
    "readiness-mismatch": Kind(200, "The body map is not the one held here"),
}
