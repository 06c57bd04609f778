"""How the operation's parameters are called, learned from the service's own description."""

from pathlib import Path

import pytest

from crossdock.connectors.prima.config import MAPPING_FILE
from crossdock.connectors.prima.mapping_file import load_mapping
from crossdock.connectors.prima.wsdl import Parameters, learned
from crossdock.model.faults import ConfigFault, DataFault
from tests.connectors.prima.support import WSDL, over_soap

TRANSPORT = load_mapping(MAPPING_FILE).file.transport
RPC = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="urn:omlink">
<message name="omlink_wsomhandler"><part name="ipcIn" type="x"/></message>
<message name="omlink_comwsomhandler"><part name="ipcIn" type="x"/><part name="ipcCo" type="x"/></message>
<portType><operation name="wsomhandler"><input message="tns:omlink_wsomhandler"/></operation>
<operation name="comwsomhandler"><input message="tns:omlink_comwsomhandler"/></operation></portType></definitions>"""


@pytest.mark.parametrize(
    ("text", "company", "found"),
    [
        (WSDL, False, Parameters("ipXml")),
        (WSDL, True, Parameters("ipXml", "ipFirm")),
        (RPC, False, Parameters("ipcIn", qualified=False)),
        (RPC, True, Parameters("ipcIn", "ipcCo", qualified=False)),
        (RPC.replace('<operation name="wsomhandler">', '<operation name="other">').replace("ipcCo", "Company"), True,
         Parameters("ipcIn", "Company", qualified=False)),
    ],
)  # fmt: skip
def test_names_are_learned_in_either_style(text: str, company: bool, found: Parameters) -> None:
    assert learned(text.encode(), TRANSPORT, company=company) == found


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("", False),
        ("<html>", False),
        ("<definitions/>", False),
        (WSDL.replace("ipFirm", "ipXml"), True),
        (RPC.replace('<part name="ipcIn" type="x"/></message>\n<message', "</message>\n<message", 1), False),
    ],
)
def test_a_description_that_does_not_say_is_told(text: str, company: bool) -> None:
    with pytest.raises(DataFault):
        learned(text.encode(), TRANSPORT, company=company)


async def test_without_a_description_the_operator_gives_the_names(tmp_path: Path) -> None:
    async with over_soap(tmp_path, wsdl="<html/>") as (prima, fake):
        with pytest.raises(ConfigFault) as caught:
            await prima.find_order("B2B-1")
        assert caught.value.setting == "mapping_file"
        assert fake.calls == []
    mine = tmp_path / "mine.yaml"
    mine.write_text(MAPPING_FILE.read_text().replace("argument: null", "argument: xmlIn", 1))
    async with over_soap(tmp_path, wsdl="<html/>", mapping_file=str(mine)) as (prima, fake):
        assert await prima.find_order("B2B-1") is None
        assert b"<om:xmlIn>" in fake.calls[0].raw
