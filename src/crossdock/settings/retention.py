"""How long what is kept is kept. The audit trail is not here: no job deletes it, and the database refuses."""

from pydantic import Field

from crossdock.ports.config import Settings


class Retention(Settings):
    """After how many days what is no longer needed goes, every night.

    What still waits, or stands in an open case, stays however old it is. The audit trail is kept for ever.
    """

    at_hour: int = Field(2, ge=0, le=23, description="the hour, in UTC, in which it is done")
    raw_documents_days: int = Field(
        180, ge=14, le=3650, description="documents as they came; a dispute about an order rarely begins later"
    )
    webhook_keys_days: int = Field(
        30, ge=8, le=365, description="keys of events taken; senders repeat for days, and 7 days are asked for"
    )
    closed_cases_days: int = Field(
        400, ge=14, le=3650, description="evidence and names in closed cases; an auditor looks back a year"
    )
    orders_people_days: int = Field(
        1095, ge=30, le=7300, description="who and where, in orders that are over; claims from a sale last three years"
    )
    sessions_days: int = Field(90, ge=1, le=400, description="sessions that ended; sign-ins are in the audit trail")
    sign_ins_days: int = Field(1, ge=1, le=90, description="attempts to sign in; they throttle for 15 minutes")
    job_logs_days: int = Field(
        2, ge=1, le=30, description="the queue's log of finished jobs; it grows with every order"
    )
    reconciliation_days: int = Field(
        2200, ge=100, le=4000, description="reconciliation runs but the newest of each period; six years of books"
    )
