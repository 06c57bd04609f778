"""The tables of the database, from the migrations that make them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from crossdock import store
from crossdock.reference.markdown import codes, page, table

VERSIONS = Path(store.__file__).parent / "migrations" / "versions"

MEANINGS: Mapping[str, str] = {
    "load_step": "the steps of an initial load, the newest run of each",
    "backfill": "how far the history of orders of a period has been taken in",
    "sales_order": "Every order captured: as placed, where it stands, what was sent, when to look next.",
    "sales_order_line": "SKU, unit and quantity of each line, for the arithmetic of what is in flight.",
    "raw_document": "Each document as the storefront sent it: addressed by its keyed hash, compressed, encrypted.",
    "raw_document_gone": "Documents that were kept long enough or belonged to an erased person: digest, size, times.",
    "secret": "Secrets of the settings, each sealed under the installation's key: name, who set it, when.",
    "desk_case": "Cases, open and closed. One open case for each kind and subject of a pairing.",
    "case_hold": "Which record is held by which case, why, and what it is worth.",
    "code_map": "Storefront code → ERP code, in versions: a new value ends the old one and keeps it.",
    "account_link": "Storefront company → ERP account, by the account's immutable id.",
    "account_opening": "Accounts people said shall be opened in the ERP: who, under which reference, what came of it.",
    "company": "Storefront companies as last read, what came of matching each, and what a person reads of it.",
    "stock_item": "The ERP's stock items, as last read.",
    "account": "The ERP's customer accounts, as last read.",
    "price": "The ERP's prices, as last read.",
    "price_shown": "what a storefront shows of its price lists, and whether we put it there",
    "item_offer": "which products are on sale, and what each other product or ERP item lacks",
    "item_unit": "the units an item is sold in, where the ERP lists them",
    "stock_position": "The ERP's stock figures, newest only.",
    "stock_moved": "How far each stock figure moved in a day, for a month.",
    "stock_target": "Every place where the storefront shows a level, and what one unit there holds.",
    "stock_part": "what a pack takes from each of its components",
    "stock_share": "how many places sell from one stock, where it is more than one",
    "stock_published": "What was last shown at each place.",
    "refund": "Goods that came back, one credit note each: what it comes to, how far it is, its number in the ERP.",
    "channel_fetched": "Up to which document a system that fetches has said that it has what was put out for it.",
    "order_change": "Changes of orders that were taken already: whose wish, how far it is, what was sent and answered.",
    "despatch": "Despatch notes found in the ERP, and whether the storefront was told.",
    "retail_level": "What shops tell of each place and item, newest only, and how far the ERP has booked it.",
    "retail_lag": "How long shop figures took until the ERP had them: counts by length of time, minute by minute.",
    "retail_despatch": "Goods that left a shop for an order of the ERP, and whether the ERP has booked it.",
    "retail_sent": "What a retail system was told: items, places, stock, sales; so that it is told only what changed.",
    "retail_proposal": "Transfers that a retail system would have made, while its list holds them.",
    "erp_order": "What an order of the ERP asks for, as it was last exported.",
    "retail_despatch_line": "What each of those despatches held.",
    "watermark": "Up to which moment each list was read to its end.",
    "cadence": "When each flow is due, how its last run went, and how often it failed in a row.",
    "channel_out": "Documents put out for a system that fetches them from us, in the order they were put out.",
    "catalogue_product": "a PIM's products and models: where each stands, its stock item, what the PIM shows of it",
    "catalogue_shape": "what shapes products: families, family variants, categories",
    "channel_in": "What a system that calls us brought: the newest of each record, by its own key.",
    "channel_wish": "Cancellations a system that calls us asked for, and what was decided.",
    "structure_change": "a plain stock item that becomes one of a family, or gives its place to one, and its step",
    "webhook_seen": "Webhook events taken, so that one delivered twice is worked once.",
    "completeness_run": "Each count of which ids are accounted for: the time it covers, and its report.",
    "completeness_entry": "What the storefront's list showed to the count under way; empty between two counts.",
    "order_left_out": "Orders that are not read, and why: the setting that leaves them out, or a person's word.",
    "order_hint": "Orders that an event spoke of and that we do not have yet.",
    "remote_budget": "Each remote system's tokens, `Retry-After` and circuit, shared by all workers.",
    "remote_failure": "Of each remote system the newest calls that failed, without secrets.",
    "remote_probe": "Of each remote system the newest probe that a person asked for.",
    "remote_slot": "Its numbered places for calls under way, each leased for seconds.",
    "remote_wish": "Which workers want to call it just now, so that they share fairly.",
    "reconciliation_run": "Each full compare: of what, for which period, when each side was read, what it counted. "
    "Never edited once it ended.",
    "reconciliation_difference": "What a run found: between which documents, why, and the case it stands in.",
    "reconciliation_sum": "What the columns of a period's money came to, by currency and company.",
    "reconciliation_held": "Which differences stand in cases now.",
    "reconciliation_waiver": "Differences a named person accepted: these two figures and no others.",
    "reconciliation_paper": "What a run under way has read of a period's money; empty between runs.",
    "reconciliation_ours": "One side of a compare under way; empty between runs.",
    "reconciliation_theirs": "The other side; empty between runs.",
    "person": "People who sign in: name, how they are shown, the argon2id hash of the password. Never deleted.",
    "person_grant": "What each person may do: a role, at one desk or all, in one pairing or all.",
    "saved_view": "Views of lists that people keep: whose, of which list, what it asks for.",
    "person_session": "Who is signed in: the digest of the token, when it was last seen, when it ends at the latest.",
    "person_factor": "Second factors: each a TOTP secret, sealed, and the newest code that was taken.",
    "recovery_code": "Keyed hashes of the codes that stand in for a second factor, once each.",
    "person_identity": "Whom an identity provider means: issuer and subject, bound to a person.",
    "sign_in_step": "Sign-ins under way: a code is still asked for, or an identity provider's answer was taken.",
    "sign_in_attempt": "Who tried to sign in during the last day, by name and address, for throttling.",
    "desk_contact": "How each desk is reached, where somebody said so in the console.",
    "api_token": "Tokens of the HTTP API: name, digest of the secret, whose, for what, until when. Never deleted.",
    "api_token_grant": "What each token may do at most, where it is less than its owner may.",
    "api_refusal": "From where wrong tokens came during the last day, for throttling.",
    "alert": "Incidents that rules found: since when, how many, who was told and who answered.",
    "alert_message": "What each channel is told: written before it is sent, settled after. Kept for 90 days.",
    "alert_digest": "Which desk had its digest of which day.",
    "worker_seen": "The processes that work, when each was last seen, and whether it stopped of its own will.",
    "audit_entry": "The audit trail: who did what to what, and when. Append-only.",
    "audit_seal": "The seals over it: each carries the hash of the one before.",
}

_HEAD = """\
Everything Crossdock knows is in PostgreSQL. Read it freely; write to it only through Crossdock, or the audit trail
no longer says what happened. Every table that holds records of an installation begins with `tenant`, which keeps
installations apart that share one database. Migrations run by themselves whenever a command opens the database."""

_TAIL = """\
Tables whose names begin with `pgqueuer` belong to the job queue, [PgQueuer](https://pypi.org/project/pgqueuer/).
`crossdock_schema` holds the number of our newest migration. What goes by age, and when, is
[a setting](../how-to/keep-and-erase-personal-data.md); `audit_entry` only grows."""


def tables_page() -> str:
    rows = [(f"`{name}`", MEANINGS[name], codes(columns)) for name, columns in tables().items()]
    return page("Database tables", _HEAD, table(["table", "holds", "columns"], rows), _TAIL)


def tables() -> dict[str, list[str]]:
    """Table → columns, in the order they are made."""
    found: dict[str, list[str]] = {}
    for path in sorted(VERSIONS.glob("*.sql")):
        sql = path.read_text("utf-8")
        for name, body in re.findall(r"^create (?:unlogged )?table (\w+) \((.*?)^\)", sql, re.S | re.M):
            found[name] = list(_columns(body))
        for name, column in re.findall(r"^alter table (\w+) add column (\w+)", sql, re.M):
            found[name].append(column)
        for name, column in re.findall(r"^alter table (\w+) drop column (\w+)", sql, re.M):
            found[name].remove(column)
    return found


def _columns(body: str) -> Iterator[str]:
    for line in body.splitlines():
        word = line.split()[0] if line.split() else ""
        if word and word not in ("primary", "unique", "foreign", "check", "constraint", "--"):
            yield word
