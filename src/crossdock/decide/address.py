"""Can goods be sent there? An ERP fails the whole order on a partial address."""

from collections.abc import Iterator

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ADDRESS_UNUSABLE
from crossdock.model.sales_order import Address, SalesOrder

_CODES = """
    AE AG AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GQ GY HK IE JM KI KM KN
    LC ML MO MR MW NR NU QA RW SB SC SL SR ST SY TD TG TK TL TO TV TZ UG VU WS YE ZW
"""
NO_POSTCODE = frozenset(_CODES.split())
"""Countries whose post needs no code (UPU addressing sheets), and Ireland, where many leave it out."""


def check_addresses(order: SalesOrder, *, require_delivery: bool) -> Finding | None:
    """What is wrong with either address, as one finding. An invoice address may be missing: the account has its own."""
    wrong = {
        "delivery": _wrong(order.delivery_address, required=require_delivery),
        "invoice": _wrong(order.invoice_address, required=False),
    }
    found = {which: problem for which, problem in wrong.items() if problem}
    if not found:
        return None
    words = [f"{which}: {problem}" for which, problem in found.items()] if len(found) > 1 else list(found.values())
    return ADDRESS_UNUSABLE.about(order.ref, which=" and ".join(found), order_ref=order.ref, problem="; ".join(words))


def _wrong(address: Address | None, *, required: bool) -> str:
    """What is wrong, "" if nothing is."""
    if address is None:
        return "it is missing" if required else ""
    return ", ".join(_problems(address))


def _problems(address: Address) -> Iterator[str]:
    if not (address.organisation or address.surname or address.forename):
        yield "it names nobody"
    if not address.line1:
        yield "it has no street"
    if not address.town:
        yield "it has no town"
    if len(address.country) != 2 or not address.country.isascii() or not address.country.isupper():
        yield f"its country {address.country!r} is no two-letter code"
    elif not address.postcode and address.country not in NO_POSTCODE:
        yield "it has no postcode"
