"""What is said when somebody else is at the very same work."""


class Busy(Exception):
    """Somebody else is doing this very thing now; there is nothing to do here."""
