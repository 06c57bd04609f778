"""Code maps, accounts, items and watermarks as they are remembered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from crossdock.model.account import Account, AccountLink
from crossdock.model.code_map import CodeMaps, MapKind
from crossdock.model.stock import StockItem, StockTarget


class ReferenceBook(Protocol):
    """What we remember of the ERP's and the storefront's reference data."""

    async def store_items(self, items: Sequence[StockItem]) -> int: ...

    async def forget_items(self, codes: Sequence[str]) -> None:
        """The ERP was asked for them by name, and holds them no more."""
        ...

    async def now(self) -> datetime:
        """The time by the clock that all workers share, which items are stored and orders posted by."""
        ...

    async def store_accounts(self, accounts: Sequence[Account], *, as_of: datetime) -> int:
        """as_of: when the ERP was asked. An older answer never overwrites a newer one; an account whose code another
        one has now is known by no code until it is read again."""
        ...

    async def lose_code(self, code: str, *, as_of: datetime) -> None:
        """The ERP answered that it holds no account under this code."""
        ...

    async def store_targets(self, targets: Sequence[StockTarget], *, seen_at: datetime) -> int: ...

    async def forget_targets(self, *, not_seen_since: datetime) -> None:
        """Those whose `seen_at` is older. One clock tells both, so that no two clocks need agree."""
        ...

    async def note_shown(self, targets: Sequence[StockTarget], *, at: datetime) -> int:
        """What the storefront shows otherwise than we last wrote is written again. at: when the read began."""
        ...

    async def share_out(self) -> None:
        """Count anew how many places sell from each stock: units of an item, and packs that contain it."""
        ...

    async def find_account(self, code: str) -> Account | None: ...

    async def company_classes(self, codes: Sequence[str]) -> Mapping[str, str]:
        """Account code, casefolded → its company class, of those of the codes that we know of."""
        ...

    async def link_account(self, link: AccountLink, *, actor: str) -> None: ...

    async def map_code(
        self, kind: MapKind, key: str, value: Mapping[str, Any], *, actor: str, reason: str = ""
    ) -> None: ...

    async def maps(self) -> CodeMaps: ...

    async def stock_codes(self) -> Sequence[str]: ...

    async def watermark(self, feed: str) -> datetime | None: ...

    async def move_watermark(self, feed: str, at: datetime) -> None:
        """Only ever forwards."""
        ...
