"""Where personal data stands: every column that holds some, or looks so. A test holds it against the schema."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class About(StrEnum):
    """Whose data it is."""

    BUYER = "buyers"
    STAFF = "people who work here"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Holds:
    """what: it holds. goes: when by itself, and what an erasure does to it."""

    about: About
    what: str
    goes: str = ""


BUYER, STAFF, NOBODY = About.BUYER, About.STAFF, About.NOBODY
PAPER = "void by erasure, and after `retention.orders_people_days`"
MIRROR = "emptied by erasure; read again from where it is owned, so erase there too"
CASE = "void by erasure, and after `retention.closed_cases_days`"
GOODS = Holds(NOBODY, "goods, quantities and codes")
COUNTS = Holds(NOBODY, "counts and settings of a run")
WORDS = Holds(NOBODY, "our own words on a failure")
WHO = Holds(STAFF, "the name of who did it, or `crossdock`", "kept: it says who is accountable")

PERSONAL: Mapping[str, Holds] = {
    "sales_order.document": Holds(BUYER, "the order as placed: addresses, e-mail, telephone, notes", PAPER),
    "sales_order.resolved": Holds(BUYER, "the order as sent to the ERP: the same", PAPER),
    "sales_order.sold": Holds(BUYER, "the order as the ERP has it: the same", PAPER),
    "sales_order.company_name": Holds(BUYER, "the firm; a person where a guest bought", "a guest's as the document's"),
    "sales_order.company_ref": Holds(NOBODY, "a key of the storefront"),
    "sales_order.acknowledge_problem": WORDS,
    "sales_order.shown_problem": WORDS,
    "sales_order.waivers": Holds(NOBODY, "kinds and subjects of cases"),
    "order_change.document": Holds(BUYER, "what was asked for, with a reason in words", PAPER),
    "order_change.wanted": Holds(BUYER, "the order as it shall be", PAPER),
    "order_change.sale": Holds(BUYER, "the order as it was", PAPER),
    "order_change.reason": Holds(NOBODY, "why it was refused, in our words or those of who decided"),
    "refund.document": Holds(BUYER, "what came back, with notes", PAPER),
    "refund.credit": Holds(BUYER, "the credit note as sent", PAPER),
    "despatch.document": Holds(BUYER, "parcels and tracking", PAPER),
    "channel_out.document": Holds(BUYER, "orders and returns put out for an ERP that fetches them", PAPER),
    "channel_in.document": Holds(BUYER, "accounts and items an ERP brought", MIRROR),
    "channel_wish.document": Holds(NOBODY, "ids of what shall be cancelled, and a reason"),
    "channel_wish.reason": Holds(NOBODY, "our answer"),
    "raw_document.body": Holds(
        BUYER,
        "documents as they came, compressed and encrypted",
        "deleted by erasure, and after `retention.raw_documents_days`",
    ),
    "company.document": Holds(BUYER, "name, VAT number, address and e-mail of a storefront's company", MIRROR),
    "company.candidates": Holds(BUYER, "names of accounts that may be its own", "replaced when it is matched"),
    "company.shown": Holds(NOBODY, "account code, credit and price lists as shown"),
    "company.shown_problem": WORDS,
    "account.document": Holds(BUYER, "name and e-mail of an ERP account", MIRROR),
    "account_link.company_ref": Holds(NOBODY, "a key of the storefront"),
    "account_link.told_problem": WORDS,
    "account_link.actor": WHO,
    "account_opening.company_ref": Holds(NOBODY, "a key of the storefront"),
    "account_opening.problem": WORDS,
    "account_opening.actor": WHO,
    "desk_case.cause": Holds(BUYER, "plain words, with a firm's name at times", CASE),
    "desk_case.facts": Holds(BUYER, "codes and amounts, with a firm's name at times", CASE),
    "desk_case.evidence": Holds(BUYER, "the request and the reply, secrets removed", CASE),
    "desk_case.assignee": Holds(STAFF, "who looks at it", "kept with the case"),
    "case_hold.cause": Holds(BUYER, "the case's words for one record", "gone when the case closes"),
    "code_map.actor": WHO,
    "code_map.value": GOODS,
    "code_map.reason": Holds(NOBODY, "why it was mapped so"),
    "code_map.ended_by": WHO,
    "code_map.ended_because": Holds(NOBODY, "why it ended"),
    "reconciliation_run.actor": WHO,
    "reconciliation_run.counts": COUNTS,
    "reconciliation_run.progress": COUNTS,
    "reconciliation_run.unknowns": COUNTS,
    "reconciliation_difference.company": Holds(NOBODY, "which of the merchant's own companies"),
    "reconciliation_difference.cause": Holds(NOBODY, "a code"),
    "reconciliation_difference.waived_by": WHO,
    "reconciliation_difference.document": Holds(NOBODY, "the number of a document"),
    "reconciliation_difference.note": WORDS,
    "reconciliation_difference.facts": Holds(NOBODY, "codes and amounts"),
    "reconciliation_paper.company": Holds(NOBODY, "which of the merchant's own companies"),
    "reconciliation_paper.note": WORDS,
    "reconciliation_ours.detail": COUNTS,
    "reconciliation_theirs.detail": COUNTS,
    "reconciliation_sum.company": Holds(NOBODY, "which of the merchant's own companies"),
    "reconciliation_waiver.actor": WHO,
    "reconciliation_waiver.reason": Holds(NOBODY, "why a difference was accepted"),
    "person.name": Holds(STAFF, "who signs in", "never deleted: the audit trail names them; disable the person"),
    "person.display": Holds(STAFF, "how they are shown", "the same"),
    "person_session.agent": Holds(STAFF, "what their browser says of itself", "after `retention.sessions_days`"),
    "person_session.address": Holds(STAFF, "from which address they signed in", "after `retention.sessions_days`"),
    "person_factor.sealed": Holds(STAFF, "the seed of their second factor, encrypted", "with the factor"),
    "sign_in_attempt.name": Holds(STAFF, "who tried", "after `retention.sign_ins_days`"),
    "sign_in_attempt.address": Holds(STAFF, "from which address", "after `retention.sign_ins_days`"),
    "desk_contact.address": Holds(STAFF, "how a desk is reached", "changed in the console"),
    "desk_contact.words": Holds(STAFF, "how a desk is reached, in words", "changed in the console"),
    "desk_contact.changed_by": WHO,
    "api_token.name": Holds(NOBODY, "what a program is called"),
    "api_token.made_by": WHO,
    "api_refusal.address": Holds(STAFF, "from which address a wrong token came", "soon: they only throttle"),
    "secret.name": Holds(NOBODY, "what the settings call it"),
    "secret.sealed": Holds(NOBODY, "a secret, encrypted"),
    "secret.set_by": WHO,
    "saved_view.name": Holds(NOBODY, "what a person calls a set of filters"),
    "alert.text": Holds(NOBODY, "what is wrong: kinds, counts and ages"),
    "alert.answered_by": WHO,
    "alert_message.body": Holds(
        BUYER, "what was told; the words of cases may stand in it", "deleted 90 days after it was sent"
    ),
    "alert_message.html": Holds(BUYER, "the same", "deleted 90 days after it was sent"),
    "alert_message.problem": WORDS,
    "audit_entry.actor": WHO,
    "audit_entry.detail": Holds(NOBODY, "numbers, keys, codes and reasons: no name and no address of a buyer"),
    "erp_order.document": GOODS,
    "retail_despatch.document": GOODS,
    "retail_despatch.sent": GOODS,
    "retail_proposal.document": GOODS,
    "retail_level.problem": WORDS,
    "catalogue_product.document": GOODS,
    "catalogue_product.wanted": GOODS,
    "catalogue_product.told": GOODS,
    "catalogue_product.due": GOODS,
    "catalogue_product.content": Holds(NOBODY, "a hash"),
    "catalogue_shape.document": GOODS,
    "structure_change.change": GOODS,
    "stock_item.document": GOODS,
    "backfill.counts": COUNTS,
    "cadence.result": COUNTS,
    "remote_failure.problem": WORDS,
    "remote_probe.actor": WHO,
    "completeness_run.report": COUNTS,
    "load_step.result": COUNTS,
}

LOOKS = re.compile(
    r"name|problem|html|mail|phone|addr|company|contact|person_?name|agent|display|docu|evidence|facts|cause|body|reason|note(?!d)|detail"
    r"|assignee|actor|street|town|city|postcode|birth|recipient|_by$|words|comment|text"
)
OPEN = frozenset({"jsonb", "json", "bytea"})
"""Types that could hold anything: a column of these is classified, unless it is a digest or a hash."""
HASHES = re.compile(r"digest|hash|previous")


def looks_personal(column: str, kind: str) -> bool:
    """Whether a column must be classified, by its name and type."""
    return not HASHES.search(column) and (bool(LOOKS.search(column)) or kind in OPEN)
