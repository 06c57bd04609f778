"""Known trouble → the words a person gets, and the exit code a script gets."""

from dataclasses import dataclass, field
from typing import Any

PROBLEMS, BAD_INPUT, REMOTE = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """kind: a stable word for programs. more: what else the JSON form says."""

    kind: str
    text: str
    code: int
    more: dict[str, Any] = field(default_factory=dict)


class Stop(Exception):
    """A command cannot go on: the text names the place and the fix."""

    def __init__(self, text: str, *, code: int = BAD_INPUT, kind: str = "bad-input") -> None:
        super().__init__(text)
        self.code = code
        self.kind = kind


def explain(error: BaseException) -> Told | None:
    """None for what nobody expected: a defect of ours."""
    from crossdock.model.faults import ConfigFault, DataFault, InvalidValue, RemoteFault
    from crossdock.settings.problem import SettingsError

    match error:
        case Stop(code=code, kind=kind):
            return Told(kind=kind, text=str(error), code=code)
        case SettingsError(file=file, problems=problems):
            return Told(
                kind="settings", text=f"{file} cannot be used:\n{error}", code=BAD_INPUT, more={"problems": problems}
            )
        case DataFault(place=place):
            return Told(kind="document", text=str(error), code=BAD_INPUT, more={"place": place})
        case ConfigFault(setting=setting):
            text = f"{error}\nThe setting to look at is {setting}."
            return Told(kind="remote-settings", text=text, code=REMOTE, more={"setting": setting})
        case RemoteFault():
            text = f"{error}\nNothing was changed there by this command. See whether the system is up, then try again."
            return Told(kind="remote", text=text, code=REMOTE)
        case InvalidValue():
            return Told(kind="bad-input", text=str(error), code=BAD_INPUT)
    return _of_the_rim(error)


def _of_the_rim(error: BaseException) -> Told | None:
    """Trouble whose classes are dear to import; who gets here has time."""
    import asyncpg

    from crossdock.flows.wish import RemedyRefused
    from crossdock.sandbox.kernel import ActError
    from crossdock.settings.scaffold import ScaffoldRefused
    from crossdock.store.archive import BadVaultKey
    from crossdock.store.backup import BackupRefused
    from crossdock.store.database import DatabaseUnavailable
    from crossdock.store.migrate import SchemaTooNew
    from crossdock.store.pg_programs import ProgramFailed
    from crossdock.wiring.alerts import AlertRefused, NoSuchAlert
    from crossdock.wiring.people import NoSuchPerson, PersonRefused
    from crossdock.wiring.systems import BadPlugin
    from crossdock.wiring.tokens import NoSuchToken, TokenRefused

    match error:
        case DatabaseUnavailable():
            return Told(kind="database", text=str(error), code=REMOTE)
        case asyncpg.PostgresConnectionError() | asyncpg.CannotConnectNowError() | asyncpg.InterfaceError():
            text = f"the database was lost: {error}. See whether it runs, then try again."
            return Told(kind="database", text=text, code=REMOTE)
        case SchemaTooNew():
            return Told(kind="schema", text=f"{error}.", code=BAD_INPUT)
        case BackupRefused():
            return Told(kind="backup-refused", text=f"{error}.", code=BAD_INPUT)
        case ProgramFailed():
            return Told(kind="database", text=f"{error}.", code=REMOTE)
        case BadVaultKey():
            return Told(kind="bad-input", text=f"{error}.", code=BAD_INPUT)
        case RemedyRefused():
            return Told(kind="remedy-refused", text=f"{error}.\nNothing was changed.", code=BAD_INPUT)
        case NoSuchPerson():
            text = f"{error}. `crossdock users list` shows those there are."
            return Told(kind="not-found", text=text, code=PROBLEMS)
        case NoSuchToken():
            text = f"{error}. `crossdock tokens list` shows those there are."
            return Told(kind="not-found", text=text, code=PROBLEMS)
        case PersonRefused() | TokenRefused():
            return Told(kind="bad-input", text=f"{error}. Nothing was changed.", code=BAD_INPUT)
        case NoSuchAlert():
            return Told(kind="not-found", text=f"{error}.", code=PROBLEMS)
        case AlertRefused():
            return Told(kind="bad-input", text=f"{error}. Nothing was changed.", code=BAD_INPUT)
        case ScaffoldRefused() | BadPlugin() | ActError():
            return Told(kind="bad-input", text=str(error), code=BAD_INPUT)
        case ConnectionError():
            return Told(kind="remote", text=f"the connection was lost: {error}", code=REMOTE)
    return None
