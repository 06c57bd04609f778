"""The envelope around the XML string, read without trusting it."""

import pytest

from crossdock.connectors.prima import soap, xmldoc
from crossdock.connectors.prima.soap import SoapFault
from crossdock.model.faults import DataFault
from tests.connectors.prima.support import ENVELOPE, enveloped, ok

BOMB = '<!DOCTYPE a [<!ENTITY x "y">]><a RequestStatus="OK">&x;</a>'


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"<a/>", b"<Envelope/>", b"<Envelope><Body/></Envelope>", enveloped("x"), enveloped(BOMB),
        b'<?xml version="1.0" encoding="EBCDIC"?><a/>', b'<?xml version="1.0" encoding="UTF-8"?><a b="\xff"/>',
        BOMB.encode(), ENVELOPE.format("<r><x>&lt;a/></x><y>&lt;b/></y></r>").encode(),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_apart(raw: bytes) -> None:
    with pytest.raises(DataFault):
        soap.read_answer(raw)


def test_an_answer_is_read_whatever_its_root_and_encoding() -> None:
    inner = "<?xml version='1.0' encoding='ISO-8859-1'?><Any RequestStatus='OK' n='Ł &#321; é'/>"
    for encoding in ("UTF-8", "ISO-8859-1", "UTF-16"):
        text = enveloped(inner).decode().replace("UTF-8", encoding)
        found = soap.read_answer(text.encode(encoding, "xmlcharrefreplace"))
        assert not isinstance(found, SoapFault)
        assert xmldoc.value_at(found, "@n") == "Ł Ł é"


def test_all_stock_in_one_text_is_not_too_long() -> None:
    row = '<sku Product="{}" AvailableQuantity="1"/>'.format("A" * 120)
    found = soap.read_answer(enveloped(ok("<Data>" + row * 90_000 + "</Data>")))
    assert not isinstance(found, SoapFault)
    assert len(found[0]) == 90_000
