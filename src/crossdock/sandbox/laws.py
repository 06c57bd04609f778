"""The verdict on laws L1 to L11 after a run, judged from what the simulators hold.

`check_laws` is given the `/_sandbox/state` of a storefront and an ERP, and the book: what Crossdock believes, as plain
JSON. Where the two disagree, the simulators are right. It is meant for a moment of rest: work still under way counts as
not done.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

State = Mapping[str, Any]
Verdict = dict[str, Any]

AT_REST = frozenset({"withdrawn", "set_aside"})  # a person, or the shopper, took these out: they need no ERP order
SHOWN_MAX = 5


def check_laws(storefront: State, erp: State, book: State) -> dict[str, Verdict]:
    """Law id → {"pass": bool, "evidence": text}. Evidence counts what was looked at, and names the first offenders."""
    scene = _Scene(storefront, erp, book)
    return {law: verdict_of(*judge(scene)) for law, judge in _JUDGES.items()}


class _Scene:
    """Both sides, keyed the way the judges ask."""

    def __init__(self, storefront: State, erp: State, book: State) -> None:
        self.storefront, self.erp, self.book = storefront, erp, book
        self.sales = [one for one in storefront["orders"] if one["placed_by"] == "shopper"]
        self.posted: dict[str, list[State]] = defaultdict(list)
        for order in erp["orders"]:
            self.posted[order["associated_ref"]].append(order)
        self.file = {one["storefront_id"]: one for one in book["orders"]}
        # An order that a person set aside is not ours in the ERP, whoever typed one in under its number.
        self.pairs = [
            (sale, self.posted[sale["identifier"]][0])
            for sale in self.sales
            if self.posted.get(sale["identifier"]) and not self.set_aside(sale)
        ]

    def set_aside(self, sale: State) -> bool:
        row = self.file.get(sale["id"])
        return row is not None and row["state"] == "set_aside"

    def in_case(self, sale: State, of: str = "") -> bool:
        """of: cases of something of the order, which count besides its own."""
        row = self.file.get(sale["id"])
        return row is not None and row["open_cases"] + (row[of] if of else 0) > 0

    def accepted(self, sale: State) -> bool:
        """A named person took the difference as it is, with a reason that is in the audit trail."""
        row = self.file.get(sale["id"])
        return row is not None and bool(row["accepted"])


Judgement = tuple[list[str], str]  # what broke the law, and what was looked at


def _once(scene: _Scene) -> Judgement:
    broken = []
    for sale in scene.sales:
        count = len(scene.posted.get(sale["identifier"], ()))
        row = scene.file.get(sale["id"])
        settled = row is not None and (row["open_cases"] > 0 or row["state"] in AT_REST)
        if count > 1:
            broken.append(f"{sale['identifier']} is in the ERP {count} times")
        elif not count and not settled:
            broken.append(f"{sale['identifier']} is neither in the ERP nor in a case")
    known = {sale["identifier"] for sale in scene.storefront["orders"]} | {""}
    known |= {sale["identifier"] for sale in scene.storefront.get("deleted_orders", ())}
    strangers = set(scene.posted) - known
    broken += [f"{ref} is in the ERP and was never sold" for ref in sorted(strangers)]
    return broken, f"{len(scene.sales)} orders sold, {len(scene.pairs)} of them in the ERP"


def _checked(scene: _Scene) -> Judgement:
    accounts = {one["code"] for one in scene.erp["companies"]}
    couriers = set(scene.erp.get("couriers", ()))
    broken = []
    for sale, order in scene.pairs:
        if order["company_code"] not in accounts:
            broken.append(f"{sale['identifier']} is on account {order['company_code'] or '(none)'}, which is not there")
        if couriers and order["courier"] and order["courier"] not in couriers:
            broken.append(f"{sale['identifier']} goes by {order['courier']}, which is no courier")
        if any(line["tax_code"] in ("", None) for line in order["lines"] if not line.get("pack_parent")):
            broken.append(f"{sale['identifier']} has a line without a tax code")
    return broken, f"{len(scene.pairs)} posted orders have a known account, courier and tax code on every line"


def _to_the_penny(scene: _Scene) -> Judgement:
    broken = [
        f"{sale['identifier']}: sold at {sale['total']}, posted at {order['gross_total']}"
        for sale, order in scene.pairs
        if Decimal(sale["total"]) != Decimal(order["gross_total"]) and not (scene.in_case(sale) or scene.accepted(sale))
    ]
    total = sum((Decimal(order["gross_total"]) for _, order in scene.pairs), Decimal(0))
    return broken, f"{len(scene.pairs)} orders agree to the penny, {total:,.2f} in all"


def _never_oversell(scene: _Scene) -> Judgement:
    available: dict[str, Decimal] = defaultdict(Decimal)
    for row in scene.erp["stock"]:
        available[row["sku"].lower()] += Decimal(str(row["available"]))
    in_flight = _in_flight(scene)
    looked, broken = 0, []
    for level in scene.storefront["inventory"]:
        if not level["writes"] or level["sku"].lower() not in available:
            continue
        looked += 1
        shown = Decimal(str(level["quantity"])) * Decimal(str(level["units_per"]))
        free = available[level["sku"].lower()] - in_flight[level["sku"].lower()]
        if shown > max(Decimal(0), free):
            broken.append(f"{level['sku']}/{level['unit']} shows {shown}, there are {free} that nobody ordered")
    # What was bought while a level was on its way there, before anybody could have read of it, is for the buffer.
    put_back = Counter({sku.lower(): pieces for sku, pieces in scene.storefront.get("put_back", {}).items()})
    broken += [
        f"{one['sku']} is short by {one['short']}"
        for one in scene.erp["oversold"]
        if Decimal(str(one["short"])) > put_back[one["sku"].lower()]
    ]
    broken += [f"the storefront sold {one['sku']} below nothing" for one in scene.storefront.get("oversold", ())]
    return (
        broken,
        f"{looked} levels shown, none above what is available and not ordered; nothing sold that is not there",
    )


def _in_flight(scene: _Scene) -> dict[str, Decimal]:
    """What orders that are not in the ERP want, by SKU, in stock units."""
    holds = {(level["sku"], level["unit"]): Decimal(str(level["units_per"])) for level in scene.storefront["inventory"]}
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for sale in scene.sales:
        row = scene.file.get(sale["id"])
        if sale["identifier"] in scene.posted or row is None or row["state"] in AT_REST:
            continue
        for line in sale["lines"]:
            units = holds.get((line["sku"], line["unit"]), Decimal(1))
            wanted[line["sku"].lower()] += Decimal(str(line["quantity"])) * units
    return wanted


def _once_more(scene: _Scene) -> Judgement:
    broken, told = [], 0
    for sale, order in scene.pairs:
        boxes = [box["consignment"] for invoice in order["invoices"] for box in invoice["boxes"] if box["shipped"]]
        shown = Counter(tracking["number"] for tracking in sale["trackings"])
        told += len(shown)
        broken += [
            f"{sale['identifier']}: {number} shown {count} times" for number, count in shown.items() if count > 1
        ]
        if (missing := set(filter(None, boxes)) - set(shown)) and not scene.in_case(sale, "despatch_cases"):
            broken.append(f"{sale['identifier']}: the storefront was never told of {', '.join(sorted(missing))}")
        left = max(len(boxes), sum(1 for invoice in order["invoices"] if invoice["ship_date"]))
        if (extra := len(shown) - left) > 0:
            broken.append(f"{sale['identifier']}: {extra} despatches shown that never left")
    wrong, made = _credit_notes(scene)
    return broken + wrong, f"{told} despatches shown, each once; {made} credit notes, each of one refund"


def _credit_notes(scene: _Scene) -> tuple[list[str], int]:
    """What is wrong with them, and how many the ERP made of what it fetched."""
    made = scene.erp.get("channel", {}).get("returns", ())
    refunds = scene.book.get("refunds", ())
    count = Counter(one["associated_ref"] for one in made)
    worth = {one["associated_ref"]: Decimal(one["credit_gross"]) for one in made}
    broken = [f"refund {ref} was credited {times} times" for ref, times in count.items() if times > 1]
    broken += [f"{ref} was credited, and nothing came back" for ref in count if ref not in {r["key"] for r in refunds}]
    back: dict[str, Decimal] = defaultdict(Decimal)
    known: dict[str, Decimal] = defaultdict(Decimal)
    for one in refunds:
        ref = one["key"]
        back[one["ref"]] += worth.get(ref, Decimal(0))
        known[one["storefront_id"]] += Decimal("Infinity") if one["state"] == "unreadable" else Decimal(one["units"])
        if ref in worth and worth[ref] != Decimal(one["gross"]):
            broken.append(f"refund {ref} was credited at {worth[ref]} and was worth {one['gross']}")
        if ref not in worth and one["state"] == "credited" and not one["erp_ref"]:
            broken.append(f"refund {ref} counts as credited, and the ERP has no credit note of it")
    broken += [
        f"{sale['identifier']}: {sale['returned']} came back, and {known[sale['id']]} are known here"
        for sale in scene.sales
        if known[sale["id"]] < sale.get("returned", 0)
    ]
    broken += [
        f"{sale['identifier']}: {back[sale['identifier']]} credited of {order['gross_total']}"
        for sale, order in scene.pairs
        if back[sale["identifier"]] > Decimal(order["gross_total"])
    ]
    return broken, len(made)


def _floor_decides(scene: _Scene) -> Judgement:
    """Nothing was changed once picking began, and nothing left that was cancelled before."""
    made = scene.erp.get("changes", ())
    broken = [f"{one['ref']}: a {one['what']} was made after the floor began" for one in made if one["floor_began"]]
    gone = 0
    for sale, order in scene.pairs:
        cancelled = order.get("cancelled")
        row = scene.file.get(sale["id"])
        if row is not None and row["state"] == "cancelled" and not cancelled:
            broken.append(f"{sale['identifier']} counts as cancelled, and the ERP will send it")
        if not cancelled:
            continue
        gone += 1
        since = cancelled["at"] if isinstance(cancelled, dict) else ""  # where nobody says when, nothing may have left
        late = [one for one in order["invoices"] if one["ship_date"] and one["ship_date"] > since]
        broken += [f"{sale['identifier']} was shipped after it was cancelled" for _ in late]
    late_wishes = sum(1 for one in scene.book["orders"] if one["erp_ref"] and one["open_cases"])
    return broken, (
        f"{len(made)} changes made in the ERP, each before the floor began; {gone} orders cancelled, none of them "
        f"shipped since; {late_wishes} posted orders stand before a person"
    )


def _one_account(scene: _Scene) -> Judgement:
    used: dict[str, set[str]] = defaultdict(set)
    for sale, order in scene.pairs:
        used[sale["customer"]].add(order["company_code"])
    broken = [
        f"company {who} has orders on {', '.join(sorted(codes))}" for who, codes in used.items() if len(codes) > 1
    ]
    opened = {one["account_code"]: one for one in scene.book.get("openings", ()) if one["state"] == "opened"}
    made = [one["code"] for one in scene.erp["companies"] if one.get("origin") == "import"]
    broken += [
        f"account {code} was opened and nobody said so" for code in made if not opened.get(code, {}).get("actor")
    ]
    wishes = Counter(one["company_ref"] for one in opened.values())
    broken += [f"company {who} was given {count} accounts" for who, count in wishes.items() if count > 1]
    return broken, f"{len(used)} companies, each on one account; {len(made)} accounts opened, by a named person each"


def _owners(scene: _Scene) -> Judgement:
    writes = [label for label in scene.erp["calls"] if label == "SOAP ImportStockStatus"]
    broken = [f"{label} wrote what the ERP owns" for label in writes]
    changed = [one["identifier"] for one in scene.sales if one.get("lines_written_by_api")]
    broken += [f"lines of {ref} were rewritten" for ref in changed]
    return broken, "stock was only read from the ERP, orders only read from the storefront"


def _nothing_vanishes(scene: _Scene) -> Judgement:
    broken = [f"{sale['identifier']} was never captured" for sale in scene.sales if sale["id"] not in scene.file]
    idle = [
        one["ref"] for one in scene.book["orders"]
        if one["state"] in ("unreadable", "waiting") and not one["open_cases"]
    ]  # fmt: skip
    broken += [f"{ref} waits and no case says why" for ref in idle]
    return broken, f"{len(scene.sales)} orders placed, {len(scene.file)} in the book"


def _crash_proof(scene: _Scene) -> Judgement:
    repeats = scene.erp.get("imports_by_ref", {})
    again = sum(1 for count in repeats.values() if count > 1)
    broken = [f"{ref} was made twice" for ref, orders in scene.posted.items() if ref and len(orders) > 1]
    broken += [
        f"{one['ref']} is still under way" for one in scene.book["orders"]
        if one["state"] in ("captured", "posting") and not one["open_cases"]
    ]  # fmt: skip
    return (
        broken,
        f"{len(scene.posted)} ERP orders, none twice; {again} references reached it more than once",
    )


def _accountable(scene: _Scene) -> Judgement:
    audit = scene.book["audit"]
    broken = [audit["problem"]] if audit["problem"] else []
    broken += [f"{one['ref']} has no entry" for one in scene.book["orders"] if not one["audit_entries"]]
    return (
        broken,
        f"{audit['entries']} entries in {audit['seals']} sealed batches, the chain whole; {audit['unsealed']} newer",
    )


_JUDGES: Mapping[str, Callable[[_Scene], Judgement]] = {
    "L1": _once,
    "L2": _checked,
    "L3": _to_the_penny,
    "L4": _never_oversell,
    "L5": _once_more,
    "L6": _floor_decides,
    "L7": _one_account,
    "L8": _owners,
    "L9": _nothing_vanishes,
    "L10": _crash_proof,
    "L11": _accountable,
}


def verdict_of(broken: list[str], looked_at: str) -> Verdict:
    """broken: what breaks the law, a line each. looked_at: the evidence where nothing does."""
    if not broken:
        return {"pass": True, "evidence": looked_at}
    more = f" and {len(broken) - SHOWN_MAX} more" if len(broken) > SHOWN_MAX else ""
    return {"pass": False, "evidence": "; ".join(broken[:SHOWN_MAX]) + more}
