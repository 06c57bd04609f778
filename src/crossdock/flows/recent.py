"""What one worker remembers of a pairing between two jobs. Losing it costs a question or two, never a fact."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ASK_AGAIN_AFTER = timedelta(seconds=20)
REMEMBERED_MAX = 10_000


@dataclass
class Recent:
    """at: when something was last asked of the ERP by name, so that four hundred orders for one missing SKU ask once.

    is_ready: every list this pairing sweeps has been read to its end once.
    """

    at: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)

    is_ready: bool = False

    def is_due(self, what: str, name: str, now: datetime) -> bool:
        last = self.at.get((what, name))
        if last is not None and now - last < ASK_AGAIN_AFTER:
            return False
        self.at[what, name] = now
        if len(self.at) > REMEMBERED_MAX:
            self.at.popitem(last=False)
        return True
