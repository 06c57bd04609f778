"""What one worker remembers of a pairing between two jobs. Losing it costs a question or two, never a fact."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

ASK_AGAIN_AFTER = timedelta(seconds=20)
REMEMBERED_MAX = 10_000


@dataclass
class Recent:
    """at: when something was last asked of the ERP by name, so that four hundred orders for one missing SKU ask once.

    is_ready: every list this pairing sweeps has been read to its end once. proven: when the ERP last said that an
    account, by its id, carries a code.
    """

    at: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)
    proven: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)
    turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    is_ready: bool = False

    def turn(self, account_id: str) -> asyncio.Lock:
        """Orders of one account that take turns in this process; across processes the account's fence holds."""
        lock = self.turns.get(account_id)
        if lock is None:
            lock = self.turns[account_id] = asyncio.Lock()
        return lock

    def is_proven(self, account_id: str, code: str, now: datetime, seconds: float) -> bool:
        at = self.proven.get((account_id, code))
        return seconds > 0 and at is not None and (now - at).total_seconds() < seconds

    def proved(self, account_id: str, code: str, at: datetime) -> None:
        self.proven[account_id, code] = at
        if len(self.proven) > REMEMBERED_MAX:
            self.proven.popitem(last=False)

    def is_due(self, what: str, name: str, now: datetime) -> bool:
        last = self.at.get((what, name))
        if last is not None and now - last < ASK_AGAIN_AFTER:
            return False
        self.at[what, name] = now
        if len(self.at) > REMEMBERED_MAX:
            self.at.popitem(last=False)
        return True
