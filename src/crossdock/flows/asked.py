"""What was asked of the ERP by name lately, so that four hundred orders for one missing SKU ask once."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ASK_AGAIN_AFTER = timedelta(seconds=20)
REMEMBERED_MAX = 10_000


@dataclass
class Asked:
    at: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)

    def is_due(self, what: str, name: str, now: datetime) -> bool:
        last = self.at.get((what, name))
        if last is not None and now - last < ASK_AGAIN_AFTER:
            return False
        self.at[what, name] = now
        if len(self.at) > REMEMBERED_MAX:
            self.at.popitem(last=False)
        return True
