"""The verdict on pairings that sell nothing: a PIM or shops with an ERP, judged from what the simulators hold.

Like `check_laws`, for a moment of rest, and where Crossdock and the simulators disagree the simulators are right. Only
the laws that such a pairing can break are judged.
"""

from collections.abc import Mapping
from decimal import Decimal

from crossdock.sandbox.laws import State, Verdict, verdict_of

IN_DOUBT = frozenset({"waiting", "unreadable"})


def check_catalogue(pim: State, erp: State, book: State) -> dict[str, Verdict]:
    """book: `catalogue`, rows of {sku, state}: every product Crossdock has taken in."""
    held = {item["sku"].lower() for item in erp["items"]}
    rows = {row["sku"].lower(): row["state"] for row in book["catalogue"]}
    released = [sku for sku, state in rows.items() if state == "released"]
    described = [one["identifier"] for one in pim["products"] if one["identifier"]]
    unheld = [f"{sku} was released for sale and the ERP does not hold it" for sku in released if sku not in held]
    unseen = [f"{sku} is described and was never looked at" for sku in described if sku.lower() not in rows]
    waiting = sum(1 for state in rows.values() if state in IN_DOUBT)
    return {
        "L2": verdict_of(unheld, f"{len(released)} products released for sale, each held by the ERP"),
        "L9": verdict_of(unseen, f"{len(described)} products described, {waiting} of them before a person"),
    }


def check_shelves(shops: State, erp: State, book: State, sites: Mapping[str, str]) -> dict[str, Verdict]:
    """book: `shelves`, rows of {location, sku, problem}. sites: location that the shops own → site of the ERP."""
    ledger = {(row["site"], row["sku"].lower()): Decimal(str(row["on_hand"])) for row in erp["stock"]}
    problems = {(row["location"], row["sku"].lower()): row["problem"] for row in book["shelves"]}
    wrong, unseen, looked = [], [], 0
    for level in shops["levels"]:
        place = level["location_code"], level["sku"].lower()
        if place[0] not in sites:
            continue
        looked += 1
        booked = ledger.get((sites[place[0]], place[1]))
        counted = max(Decimal(0), Decimal(level["physical"]))
        if place not in problems:
            unseen.append(f"{level['sku']} in {place[0]} was counted and never heard of")
        elif not problems[place] and booked != counted:
            wrong.append(f"{level['sku']} in {place[0]}: counted {counted}, booked {booked}")
    told = [
        f"{one['location_code']} was told a figure of {one['sku']}, which it counts itself"
        for one in shops["told_levels"]
        if one["location_code"] in sites
    ]
    return {
        "L8": verdict_of(told, f"{len(shops['told_levels'])} figures told to the shops, none of a place they count"),
        "L9": verdict_of([*unseen, *wrong], f"{looked} shelves counted, each booked as counted or before a person"),
    }
