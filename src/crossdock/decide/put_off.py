"""How long a case may be put off. It is never closed by time: it comes back."""

from datetime import datetime, timedelta

LONGEST = timedelta(days=14)
COMMENT_MAX = 2_000


def put_off_problem(now: datetime, until: datetime, reason: str) -> str:
    """What speaks against it; "" when nothing does."""
    if until <= now:
        return "Name a moment that is still to come."
    if until > now + LONGEST:
        return f"At most {LONGEST.days} days: it must come back before it is forgotten."
    if not reason.strip():
        return "Say why it can wait: whoever looks next will ask."
    return ""


def comment_problem(text: str) -> str:
    """What speaks against it; "" when nothing does."""
    if not text.strip():
        return "Write something."
    return "" if len(text) <= COMMENT_MAX else f"At most {COMMENT_MAX} characters; this has {len(text)}."
