"""Both directions of wair.ai's tongue in one object."""

from crossdock.connectors.wair.native_hearing import Hearing
from crossdock.connectors.wair.native_saying import Saying


class Speech(Saying, Hearing):
    """How one tenant is spoken to."""
