"""Reference data: sites, classes, sources, countries, mailing statuses, customs codes."""

from typing import Any

from crossdock.sandbox.khaos_control.countries import COUNTRIES
from crossdock.sandbox.khaos_control.store import Store

COMPANY_STATUSES = ["Active", "Dormant"]
MAILING_STATUSES = [
    {"ID": "1", "Description": "Our use and any third party"},
    {"ID": "2", "Description": "Our use and selected third parties"},
    {"ID": "3", "Description": "Our use, no third party"},
    {"ID": "4", "Description": "Catalogues and order mail only"},
    {"ID": "5", "Description": "Order mail only"},
    {"ID": "6", "Description": "Do not use"},
    {"ID": "7", "Description": "Gone away"},
    {"ID": "8", "Description": "Deceased"},
]
DUTY = 2.7


def site_list(store: Store) -> dict[str, Any]:
    return {"List": [{"SiteID": site_id, "SiteName": name} for site_id, name in store.sites.items()]}


def country_list() -> dict[str, Any]:
    rows = [
        {
            "CountryName": one.name,
            "CountryCode2": one.code2,
            "CountryCode3": one.code3,
            "EUMember": one.eu_member,
            "PaysVAT": one.pays_vat,
            "CurrencyName": one.currency_name,
            "CurrencyCode": one.currency_code,
            "Zone": one.zone,
        }
        for one in COUNTRIES
    ]
    return {"Count": len(rows), "List": rows}


def harmonisation_codes(store: Store) -> list[dict[str, Any]]:
    """Customs codes, each with the items that carry it and their duty in percent."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in store.items.values():
        if item.harmonisation:
            groups.setdefault(item.harmonisation, []).append({"StockCode": item.code, "Duty": DUTY})
    return [{"Code": code, "StockItems": rows} for code, rows in groups.items()]
