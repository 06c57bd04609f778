"""How each desk is reached, as people said it in the console."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crossdock.decide.contacts import Contact
from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("desks")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    contact: Contact
    changed_at: datetime
    changed_by: str


async def read_contacts(pool: Pool, tenant: str) -> Mapping[str, ContactRow]:
    """Desk → what was said of it; a desk that nobody spoke of is not there."""
    rows = await pool.fetch(SQL["contacts"], tenant)
    return {
        row["desk"]: ContactRow(
            contact=Contact(words=row["words"], address=row["address"], escalation=row["escalation"]),
            changed_at=row["changed_at"], changed_by=row["changed_by"],
        )
        for row in rows
    }  # fmt: skip


async def set_contact(pool: Pool, tenant: str, desk: str, contact: Contact, *, actor: str) -> bool:
    """With its entry in the audit trail. False: it stood so already."""
    said = (contact.words, contact.address, contact.escalation, actor)
    return bool(await pool.fetchval(SQL["set_contact"], tenant, desk, *said))
