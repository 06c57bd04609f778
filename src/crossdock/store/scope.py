"""What every gateway of one pairing shares: the pool, whose data it is, and the pairing's systems by name."""

from dataclasses import dataclass

from crossdock.store.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """tenant, pairing: the keys of every row. storefront, erp: names of the systems as configured; `storefront` is the
    far side, whichever role it plays."""

    pool: Pool
    tenant: str
    pairing: str
    storefront: str
    erp: str
