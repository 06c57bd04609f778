"""How the people of a desk are reached: what may stand where others will write to."""

import re
from dataclasses import dataclass

WORDS_MAX, ADDRESS_MAX = 200, 254
ADDRESS = re.compile(r"[^@\s,;:<>\"()\[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """words: whom to ask, as the handbook says it. address: where the desk's mail goes. escalation: where it goes when
    a case of the desk is overdue. "" for what nobody has said."""

    words: str = ""
    address: str = ""
    escalation: str = ""


def contact_problem(contact: Contact) -> str:
    """Why this may not stand for a desk; "" when it may."""
    if len(contact.words) > WORDS_MAX or not contact.words.isprintable():
        return f"whom to ask is one line of at most {WORDS_MAX} characters"
    for what, address in (("address", contact.address), ("escalation", contact.escalation)):
        if address and not is_address(address):
            return f"{what}: {address!r} is no e-mail address"
    return ""


def is_address(text: str) -> bool:
    """One e-mail address and nothing else: no name, no list, nothing that a mail's head could not hold."""
    return len(text) <= ADDRESS_MAX and text.isprintable() and bool(ADDRESS.fullmatch(text))
