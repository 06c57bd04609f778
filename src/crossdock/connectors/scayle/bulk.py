"""Bulk requests: sent whole, polled until they are worked off, and read operation by operation.

`processed` means answered, not done: each operation has a status code and a body of its own, and a stock row that was
ignored because it is older answers with success. Source: SCAYLE Admin API, Bulk requests.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from crossdock.connectors.scayle.faults import RATE_LIMIT, errors_of, refused
from crossdock.connectors.scayle.resources_work import BulkOperation, BulkStatus
from crossdock.connectors.scayle.session import Session
from crossdock.connectors.scayle.stock_rows import Operation, judged
from crossdock.connectors.scayle.wire import read
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, RemoteFault, Unanswered, Unknown
from crossdock.ports.runtime import Priority

PATH = "/variants/stocks/bulk-requests"
ENDED = frozenset({"processed", "failed", "cancelled", "aborted"})
UNDER_WAY = frozenset({"new", "pending", "processing"})


class Bulk:
    """Stock by bulk requests, while the tenant has them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._there = True  # until the tenant does not know the address

    def wanted(self, count: int) -> bool:
        settings = self._session.settings
        if settings.stock_write == "auto":
            return self._there and count >= settings.bulk_from
        return settings.stock_write == "bulk" and count > 0

    async def run(self, operations: Sequence[Operation]) -> list[Outcome | RemoteFault] | None:
        """One end an operation. What cannot be learned once it was taken is Unknown.

        None: with auto, the tenant takes no stock in bulk; nothing was done.
        """
        callbacks = {"requestStatus": "complete", "requestUrl": self._session.settings.bulk_callback_url}
        body = {
            "callbacks": {name: value for name, value in callbacks.items() if value},
            "operations": [one.wire for one in operations],
        }
        try:
            answer = await self._session.api.write("POST", PATH, body, priority=Priority.BULK)
        except Unanswered as fault:
            return [Unknown(str(fault), fault.evidence) for _ in operations]
        except ConfigFault as fault:
            return None if self._gone(fault.setting == "api_path") else [fault for _ in operations]
        except RemoteFault as fault:  # Transient: nothing was done
            return [fault for _ in operations]
        if not answer.ok:
            return None if self._gone(answer.status == 404) else [answer.refusal() for _ in operations]
        key = answer.value.get("key") if isinstance(answer.value, dict) else None
        if isinstance(key, bool) or not isinstance(key, int | str) or not str(key):
            unsaid = Unknown(f"POST {PATH}: taken, and no key was answered", answer.evidence)
            return [unsaid for _ in operations]
        return await self._worked_off(str(key), operations)

    def _gone(self, is_unknown_address: bool) -> bool:
        """A 404 or 405 on the address itself: from now on levels go one by one, if that is left to us."""
        if is_unknown_address and self._session.settings.stock_write == "auto":
            self._there = False
        return not self._there

    async def _worked_off(self, key: str, operations: Sequence[Operation]) -> list[Outcome | RemoteFault]:
        settings, path = self._session.settings, f"/bulk-requests/{quote(key, safe='')}"
        waited, trouble = 0.0, ""
        status: BulkStatus | None = None
        while status is None or status.status not in ENDED:
            if waited >= settings.bulk_timeout_seconds:
                text = f"{path} is still {status.status if status else 'unread'} after {waited:g} s{trouble}"
                return [Unknown(text) for _ in operations]
            await asyncio.sleep(settings.bulk_poll_seconds)
            waited += settings.bulk_poll_seconds
            try:
                found = (await self._session.api.read(f"{path}/status", priority=Priority.BULK)).value
                status, trouble = read(BulkStatus, found, ""), ""
            except RemoteFault as fault:
                trouble = f" ({fault})"
            if status is not None and status.status not in ENDED | UNDER_WAY:
                return [Unknown(f"{path}: {status.status!r:.60} is no state we know") for _ in operations]
        if self._all_well(status, len(operations)) and settings.bulk_verify == "failed":
            return [Accepted(one.ref, one.ref) for one in operations]
        return list(await asyncio.gather(*(self._end(path, one) for one in operations)))

    def _all_well(self, status: BulkStatus, count: int) -> bool:
        progress = status.progress
        if status.status != "processed" or progress is None:
            return False
        return progress.failed_operations == 0 and progress.processed_operations == count

    async def _end(self, path: str, operation: Operation) -> Outcome:
        where = f"{path}/operations/{quote(operation.key, safe='')}/status"
        try:
            answer = await self._session.api.read(where, expect=frozenset({404}), priority=Priority.BULK)
            if not answer.ok:
                return Unknown(f"{where}: {answer.refusal().text}", answer.evidence)
            found = read(BulkOperation, answer.value, "")
        except (RemoteFault, DataFault) as fault:
            return Unknown(f"{where}: {fault}", fault.evidence)
        response = found.response
        if response is None or response.status_code is None:
            return Unknown(f"{where}: {found.status or 'no state'}, and no answer is told", answer.evidence)
        if 200 <= response.status_code < 300:
            return judged(operation, response.body, answer.evidence)
        errors = errors_of(response.body)
        if response.status_code >= 500 or any(error.key == RATE_LIMIT for error in errors):
            return Unknown(f"{where}: HTTP {response.status_code}", answer.evidence)
        return refused(response.status_code, errors, evidence=answer.evidence)
