"""What a channel holds, as plain JSON: for tests and for judging from outside."""

from typing import Any

from crossdock.sandbox.khaos_control.channel.book import Book, ChannelOrder, Imported, Return, Waiting
from crossdock.sandbox.khaos_control.channel.poller import Poller
from crossdock.sandbox.khaos_control.channel.statuses import order_status
from crossdock.sandbox.khaos_control.money import ZERO
from crossdock.sandbox.khaos_control.view import plain


def channel_state(poller: Poller) -> dict[str, Any]:
    book = poller.book
    return {
        "settings": book.settings.public(),
        "reference": poller.references.public(),
        "endpoints": {
            call: {"url": one.url, "format": one.form, "frequency_minutes": one.minutes}
            for call, one in (book.endpoints or {}).items()
        },
        "config_fetched": None if book.fetched is None else book.fetched.isoformat(),
        "continuations": dict(book.continuations),
        "imported_orders": [imported_state(row) for row in book.imported.values()],
        "imported_returns": [imported_state(row) for row in book.return_rows.values()],
        "imported_stock": [imported_state(row) for row in book.stock_rows.values()],
        "orders": [_order(book, held) for held in book.orders.values()],
        "returns": [return_state(one) for one in book.returns.values()],
        "waiting": [_waiting(one) for one in book.waiting],
        "given_up": [_waiting(one) for one in book.given_up],
        "unlinked": sorted(book.unlinked),
        "trouble": [{"kind": one.kind, "call": one.call, "left": one.left} for one in book.troubles],
    }


def imported_state(row: Imported) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "status": row.status,
        "reason": row.reason,
        "code": row.code,
        "times": row.times,
        "at": row.at.isoformat(),
    }


def return_state(one: Return) -> dict[str, Any]:
    credit = sum((line.amount.gross for line in one.lines), ZERO)
    return {
        "id": one.return_id,
        "code": one.code,
        "associated_ref": one.associated_ref,
        "company_code": one.company.code,
        "stage": one.stage,
        "credit_note": one.credit_code,
        "credit_net": str(sum((line.amount.net for line in one.lines), ZERO)),
        "credit_gross": str(credit),
        "exchange_order": one.exchange_order,
        "notes": one.notes,
        "lines": [
            {
                "sku": line.item.code,
                "quantity": plain(line.quantity),
                "reason": line.reason,
                "restock": line.restock,
                "net": str(line.amount.net),
                "tax": str(line.amount.tax),
                "source_order": None if line.source is None else line.source.code,
            }
            for line in one.lines
        ],
    }


def _order(book: Book, held: ChannelOrder) -> dict[str, Any]:
    return {
        "code": held.order.code,
        "associated_ref": held.order.associated_ref,
        "status": order_status(held.order, book.settings),
        "payment": held.payment,
        "custom_data": held.custom_data,
    }


def _waiting(one: Waiting) -> dict[str, Any]:
    return {"call": one.call, "entries": one.entries, "attempts": one.attempts}
