"""What administrators do to access, and what the world does: other traffic, broken streams, time."""

from collections.abc import Sequence

from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.office import Office
from crossdock.sandbox.kernel import ActError


class AccessActs:
    def __init__(self, office: Office) -> None:
        self._office, self._auth = office, office.auth

    def expire_tokens(self, refresh_too: bool = False) -> Json:
        """Every access token of the connection expires, and with refresh_too its refresh tokens as well."""
        return {"expired": self._auth.expire_all(refresh_too=refresh_too)}

    def regenerate_secret(self, secret: str) -> Json:
        """An administrator regenerates the connection's secret: every token of it ends at once."""
        self._auth.secret = secret
        return {"ended": self._auth.expire_all(refresh_too=True)}

    def regenerate_password(self, password: str) -> Json:
        """An administrator regenerates the connection's password: every token of it ends at once."""
        self._auth.password = password
        return {"ended": self._auth.expire_all(refresh_too=True)}

    def authorise_app(self, state: str = "") -> Json:
        """A PIM user agrees to the App: the code its callback would get, good for half a minute."""
        return {"code": self._auth.authorise_app(), "state": state}

    def disconnect_app(self) -> Json:
        """A PIM user disconnects the App: its tokens answer 401 until somebody authorises it anew."""
        ended = len(self._auth.app_tokens)
        self._auth.revoke_apps()
        return {"ended": ended}

    def set_rights(self, denied: Sequence[str] = (), web_api: bool = True) -> Json:
        """An administrator changes the connection's role: denied lists rights in the words of the 403."""
        self._auth.denied = set(denied)
        self._auth.web_api = web_api
        return {"denied": sorted(denied), "web_api": web_api}

    def other_traffic(self, connection: int = 0, elsewhere: int = 0) -> Json:
        """Other clients have so many calls under way, on this connection and on others, until told otherwise."""
        if connection < 0 or elsewhere < 0:
            raise ActError("act other_traffic: connection and elsewhere are counts of calls, 0 or more")
        code = self._office.pim.knobs.connection_code
        self._office.limits.occupy(code, mine=connection, elsewhere=elsewhere)
        return {"connection": connection, "elsewhere": elsewhere}

    def cut_bulk(self, after: int, times: int = 1) -> Json:
        """The next bulk PATCH breaks off after so many lines: those are done, the rest is not, nothing says so."""
        scissors = self._office.desk.scissors
        scissors.after, scissors.cuts = int(after), int(times)
        return {"after": scissors.after, "times": scissors.cuts}

    def pass_time(self, seconds: float) -> Json:
        """Time goes by in the PIM: tokens expire, the index catches up, due retries go out."""
        self._office.pass_time(float(seconds))
        return {"now": self._office.pim.moment(self._office.pim.clock())}
