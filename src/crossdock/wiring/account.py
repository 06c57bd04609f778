"""What people do to their own account: see and end sessions, change the password."""

from collections.abc import Sequence

from crossdock.decide.passwords import as_typed, password_problem
from crossdock.store.account import PgAccount, SessionRow
from crossdock.store.people import Known
from crossdock.wiring import hashing
from crossdock.wiring.people import People, PersonRefused, SignedIn

ELSEWHERE = "You sign in with another system: your password is changed there."
OLD_WRONG = "The old password is not right."


class Account:
    """people: the same people as at the door, so that a guess here counts like a guess there."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._store = PgAccount(people.pool, people.tenant)

    async def sessions(self, me: SignedIn) -> Sequence[SessionRow]:
        """Those that are alive, the one last seen first."""
        return await self._store.sessions(me.person)

    async def end_session(self, me: SignedIn, number: int) -> None:
        """Raises PersonRefused."""
        if not await self._store.end_session(me.person, number, actor=me.person.name):
            raise PersonRefused("That session has ended already, or is not yours.")

    async def end_others(self, me: SignedIn) -> int:
        """All but this one; returns how many."""
        return await self._store.end_others(me.person, me.session)

    async def change_password(self, me: SignedIn, *, old: str, new: str, again: str, address: str) -> None:
        """And end all other sessions. Raises PersonRefused; SignInRefused after too many wrong ones."""
        if not me.has_password:
            raise PersonRefused(ELSEWHERE)
        if new != again:
            raise PersonRefused("The new password was not typed alike twice.")
        if problem := password_problem(new, name=me.person.name):
            raise PersonRefused(f"That will not do: {problem}.")
        if as_typed(new) == as_typed(old):
            raise PersonRefused("The new password is the old one.")
        known, attempt = await self.proven(me, old, address=address)
        made = await hashing.hashed(as_typed(new))
        if not await self._store.change_password(known, made, session=me.session, attempt=attempt):
            raise PersonRefused("Your password was changed meanwhile: sign in again.")

    async def proven(self, me: SignedIn, password: str, *, address: str) -> tuple[Known, int]:
        """That it is really this person, by the password, and the number of the attempt. Counted like a sign-in.

        Raises PersonRefused, SignInRefused."""
        known = await self._people.find(me.person.name)
        if known is None or not known.password_hash:
            raise PersonRefused(ELSEWHERE)
        attempt = await self._people.attempt(me.person.name.lower(), address)
        if not await hashing.verified(known.password_hash, as_typed(password)):
            raise PersonRefused(OLD_WRONG)
        return known, attempt
