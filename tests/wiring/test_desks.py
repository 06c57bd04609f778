"""How desks are reached: what people said, else what the settings say."""

from pathlib import Path

import orjson
import pytest

from crossdock.cases.kind import Desk
from crossdock.decide.contacts import Contact
from crossdock.decide.rights import Grant, Role
from crossdock.settings.tree import DeskSettings
from crossdock.wiring.desks import ContactRefused, contacts, read_desks, say_contact
from crossdock.wiring.people import People
from tests.world import open_world

SAID = Contact(words="Fiona, extension 214", address="money@firm.example", escalation="boss@firm.example")


async def test_what_people_say_of_a_desk_goes_before_the_settings_and_is_on_record(
    database: str, tmp_path: Path
) -> None:
    async with open_world(database, tmp_path) as world:
        here = world.here
        settled = DeskSettings(team="Books", people=("a@firm.example", "b@firm.example"), escalation="the director")
        here.project = here.project.model_copy(update={"desks": {Desk.FINANCE: settled}})
        assert (await contacts(here))[Desk.FINANCE] == Contact(
            words="Books", address="a@firm.example", escalation="the director"
        )
        assert await say_contact(here, "finance", SAID, actor="ada")
        assert not await say_contact(here, "finance", SAID, actor="bob")
        assert (await contacts(here))[Desk.FINANCE] == SAID
        assert (await contacts(here))[Desk.DATA] == Contact()
        rows = await here.pool.fetch("select actor, detail::text as d from audit_entry where action = 'contact_set'")
        assert [(row["actor"], orjson.loads(row["d"])["address"]) for row in rows] == [("ada", "money@firm.example")]
        finance = next(one for one in await read_desks(here) if one.desk is Desk.FINANCE)
        assert (finance.said is not None, finance.said and finance.said.changed_by) == (True, "ada")
        assert all(kind.desk is Desk.FINANCE for kind in finance.kinds)
        assert finance.kinds


@pytest.mark.parametrize(
    ("desk", "contact"),
    [("nonesuch", SAID), ("finance", Contact(address="no address")), ("finance", Contact(words="two\nlines"))],
)
async def test_what_cannot_be_a_contact_is_refused(database: str, tmp_path: Path, desk: str, contact: Contact) -> None:
    async with open_world(database, tmp_path) as world:
        with pytest.raises(ContactRefused):
            await say_contact(world.here, desk, contact, actor="ada")
        assert await world.here.pool.fetchval("select count(*) from desk_contact") == 0


async def test_behind_a_desk_is_whoever_may_settle_there(database: str, tmp_path: Path) -> None:
    async with open_world(database, tmp_path) as world:
        people = People(world.here.pool, world.here.tenant)
        grants = {
            "all": Grant(role=Role.ADMIN),
            "fin": Grant(role=Role.OPERATOR, desk="finance"),
            "dat": Grant(role=Role.OPERATOR, desk="data"),
            "see": Grant(role=Role.VIEWER),
            "off": Grant(role=Role.ADMIN),
        }  # fmt: skip
        for name, grant in grants.items():
            await people.add(name, display="", password="a long enough password", grants=[grant], actor="test")
        await people.disable("off", actor="test")
        finance = next(one for one in await read_desks(world.here) if one.desk is Desk.FINANCE)
        assert [one.name for one in finance.people] == ["all", "fin"]
