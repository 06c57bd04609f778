"""Invoices and credit notes from files: whole for the days in their names, or not read at all."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crossdock.connectors.khaos_control import SYSTEM
from crossdock.connectors.khaos_control.config import LedgerFiles
from crossdock.connectors.khaos_control.connector import KhaosControl
from crossdock.connectors.khaos_control.ledger_file import LedgerFile, read_lines
from crossdock.model.faults import ConfigFault, DataFault, ReadIncomplete, Unsupported
from crossdock.model.ledger import LedgerDocument, LedgerKind
from crossdock.ports.systems import Document
from tests.connectors.gate import FreeGate
from tests.connectors.khaos_control.support import PAID_ORDER, everything, settings
from tests.connectors.khaos_control.test_contract import estate

TODAY = date(2026, 10, 20)
SINCE = datetime(2026, 10, 1, tzinfo=UTC)
HEADING = "number,kind,order_refs,order_codes,company_code,company,currency,issued_on,due_on,net,tax,gross"


@dataclass
class Noon:
    day: date = TODAY

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)


def row(number: str = "INV1", day: str = "2026-10-05", **cells: str) -> str:
    told = {
        "number": number, "kind": "invoice", "order_refs": "B2B-1", "order_codes": "SO1", "company_code": "HPT1001",
        "company": "", "currency": "GBP", "issued_on": day, "due_on": "", "net": "10.00", "tax": "2.00",
        "gross": "12.00", **cells,
    }  # fmt: skip
    return ",".join(told.values())


def write(folder: Path, days: str, *rows: str, end: str | None = None, heading: str = HEADING) -> Path:
    path = folder / f"ledger_{days}.csv"
    last = f"END,{len(rows)}" if end is None else end
    path.write_text("\n".join([heading, *rows, last]) + "\n", "utf-8")
    return path


async def connected(folder: Path, today: date = TODAY, **ledger: Any) -> KhaosControl:
    given = settings("http://127.0.0.1:1", ledger={"folder": str(folder), **ledger})
    khaos = await SYSTEM.connect(given, FreeGate(), Noon(today))
    assert isinstance(khaos, KhaosControl)
    return khaos


async def read(
    folder: Path, since: datetime | None = SINCE, today: date = TODAY, **ledger: Any
) -> list[Document[LedgerDocument]]:
    khaos = await connected(folder, today, **ledger)
    return list(await everything(khaos.read_ledger(since)))


def numbers(documents: Sequence[Document[LedgerDocument]]) -> list[str]:
    return [one.ref for one in documents]


async def test_what_the_files_say_is_read_and_nothing_from_before_the_day_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "2026-09-01_2026-10-21", row("OLD", "2026-09-30"), row("NEW", "2026-10-01"))
    (found,) = await read(tmp_path)
    assert found.value is not None
    assert (found.value.number, found.value.issued_on, found.value.order_refs) == ("NEW", date(2026, 10, 1), ("B2B-1",))
    assert numbers(await read(tmp_path, None)) == ["OLD", "NEW"]


async def test_of_files_that_overlap_the_newer_one_holds_so_what_was_withdrawn_is_gone(tmp_path: Path) -> None:
    write(tmp_path, "2026-10-01_2026-10-11", row("A", "2026-10-05"), row("B", "2026-10-06"), row("C", "2026-10-01"))
    write(tmp_path, "2026-10-02_2026-10-21", row("A", "2026-10-05", gross="13.00", tax="3.00"))
    found = await read(tmp_path)
    assert sorted((one.ref, str(one.value.gross)) for one in found if one.value) == [("A", "13.00"), ("C", "12.00")]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([], "holds no ledger file"),
        (["2026-10-01_2026-10-17"], "says nothing of 2026-10-17"),
        (["2026-10-02_2026-10-21"], "no ledger file speaks of 2026-10-01"),
        (["2026-09-01_2026-10-05", "2026-10-06_2026-10-21"], "no ledger file speaks of 2026-10-05"),
    ],
)
async def test_days_that_no_file_speaks_of_are_unknown(tmp_path: Path, files: Sequence[str], says: str) -> None:
    for days in files:
        write(tmp_path, days)
    with pytest.raises(ReadIncomplete, match=says):
        await read(tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{HEADING}\n{row()}\n", "is not whole: it has no last row END,1"),
        (f"{HEADING}\n{row()}\nEND,2\n", "its last row says END,2 after 1 rows"),
        (f"{HEADING}\n{row()}\nEND,1\n{row('INV2')}\n", "its last row says END,1"),
        (f"{HEADING}\n{row()},more\nEND,1\n", "row 2 has 13 cells, not 12"),
        ("number,kind\nEND,0\n", "has no column company_code, currency"),
        ("", "has no column number"),
        (f'{HEADING}\n"INV1', "cannot be read"),
    ],
)
async def test_a_file_that_is_not_whole_is_not_read(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "ledger_2026-10-01_2026-10-21.csv").write_text(text, "utf-8")
    with pytest.raises(ReadIncomplete, match=says):
        await read(tmp_path)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"kind": "statement"}, "row 2 kind: 'statement' is neither"),
        ({"gross": "12.01"}, "row 2 gross: 10.00 and 2.00 do not come to 12.01"),
        ({"net": "-10.00", "tax": "-2.00", "gross": "-12.00"}, "wrong sign"),
        ({"net": "1.234,50"}, "is no amount"),
        ({"currency": "Pounds"}, "is no currency"),
        ({"day": "05/10/2026"}, "is no day written yyyy-mm-dd"),
        ({"day": "2026-10-21"}, "is not among the days of this file"),
        ({"company_code": " "}, "row 2 company_code: is empty"),
        ({"due_on": "soon"}, "row 2 due_on"),
    ],
)
async def test_one_bad_row_is_named_and_its_neighbours_are_read(
    tmp_path: Path, cells: Mapping[str, str], says: str
) -> None:
    bad = row("BAD", **cells) if "net" not in cells or "," not in cells["net"] else row("BAD", net='"1.234,50"')
    write(tmp_path, "2026-10-01_2026-10-21", bad, row("GOOD"))
    found = {one.ref: one for one in await read(tmp_path)}
    assert (found["GOOD"].fault, found["BAD"].value) == (None, None)
    assert says in str(found["BAD"].fault)


async def test_files_may_be_written_as_the_merchants_tools_write_them(tmp_path: Path) -> None:
    text = (
        f"{HEADING}\n{row('CN1', '05/10/2026', kind='Credit Note', net='-10.00', tax='-2.00', gross='-12.00')}\nEND,1"
    )
    given = text.replace(",", ";").replace("HPT1001", "ÄPFEL")
    (tmp_path / "2026-10-01 to 2026-10-21.txt").write_bytes(given.encode("cp1252"))
    (tmp_path / "notes.txt").write_text("nothing of ours")
    (tmp_path / "2026-99-01 to 2026-10-21.txt").write_text("no such month")
    (found,) = await read(
        tmp_path, name=r"(?P<begins>[\d-]+) to (?P<ends>[\d-]+)\.txt", delimiter=";", encoding="cp1252",
        dates="dd/mm/yyyy", credit_note_sign="negative",
    )  # fmt: skip
    assert found.value is not None
    assert (found.value.kind, found.value.gross, found.value.account_code) == (
        LedgerKind.CREDIT_NOTE, Decimal("12.00"), "ÄPFEL",
    )  # fmt: skip


async def test_a_byte_order_mark_is_no_part_of_the_first_heading(tmp_path: Path) -> None:
    path = write(tmp_path, "2026-10-01_2026-10-21", row())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert numbers(await read(tmp_path)) == ["INV1"]


async def test_one_document_is_found_by_its_number(tmp_path: Path) -> None:
    write(tmp_path, "2026-09-01_2026-10-21", row("INV1"), row("INV2", gross="x"))
    khaos = await connected(tmp_path)
    found = await khaos.find_ledger("INV1")
    assert (found and found.number, await khaos.find_ledger("INV2"), await khaos.find_ledger("?")) == (
        "INV1", None, None,
    )  # fmt: skip


async def test_without_a_folder_there_is_no_ledger(tmp_path: Path) -> None:
    without, having = settings("http://127.0.0.1:1"), settings("http://127.0.0.1:1", ledger={"folder": str(tmp_path)})
    assert "LedgerSource" not in SYSTEM.capabilities_of(without)
    assert "LedgerSource" in SYSTEM.capabilities_of(having)
    khaos = await SYSTEM.connect(without, FreeGate(), Noon())
    assert isinstance(khaos, KhaosControl)
    with pytest.raises(Unsupported):
        await everything(khaos.read_ledger(SINCE))


async def test_a_folder_that_is_not_there_is_the_operators_to_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault, match="cannot be read") as told:
        await read(tmp_path / "nowhere")
    assert told.value.setting == "ledger.folder"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"folder": "here"}, "no path from the root"), ({"name": r"ledger\.csv"}, "names no groups begins and ends")],
)
def test_settings_that_make_no_sense_are_refused(wrong: Mapping[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        LedgerFiles.model_validate(wrong)


async def test_a_probe_reads_the_first_page(tmp_path: Path) -> None:
    async with estate({"ledger_folder": str(tmp_path)}, ledger={"folder": str(tmp_path)}) as one:
        lines = {line.what: line for line in await one.khaos.probe()}
        assert "holds no ledger file yet" in lines["ledger files"].problem
        await one.khaos.create_order(PAID_ORDER)
        await one.act("despatch", ref=PAID_ORDER.ref)
        await one.act("export_ledger")
        lines = {line.what: line for line in await one.khaos.probe()}
        assert (lines["ledger files"].read, lines["ledger files"].problem) == (1, "")


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs"]), min_size=1, max_size=12),
            st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 19),
        ),
        max_size=20,
    )
)  # fmt: skip
def test_what_is_written_is_read_as_it_was(rows: list[tuple[str, int, int, int]]) -> None:
    """Whatever a number holds, a quote or a delimiter among it; and half of it is never taken for the whole."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(HEADING.split(","))
    wanted = []
    for number, net, tax, day in rows:
        at = date(2026, 10, 1) + timedelta(days=day)
        amounts = [Decimal(one) / 100 for one in (net, tax, net + tax)]
        wanted.append((number.strip(), at, *amounts))
        cells = [f" {number}", "invoice", "", "SO1", "A", "", "GBP", at, ""]
        writer.writerow([*cells, *(f"{one:.2f}" for one in amounts)])
    writer.writerow(["END", len(rows)])
    file = LedgerFile(path=Path("x"), begins=date(2026, 10, 1), ends=date(2026, 10, 21), written=SINCE)
    lines = sheet.getvalue().splitlines(keepends=True)
    found = [one.document.value for page in read_lines(lines, file, LedgerFiles().form) for one in page]
    told = [(one.number, one.issued_on, one.net, one.tax, one.gross) for one in found if one is not None]
    assert told == [one for one in wanted if one[0]]
    with pytest.raises(ReadIncomplete):
        list(read_lines(lines[:-1], file, LedgerFiles().form))


def test_a_document_that_is_no_ledger_file_is_refused() -> None:
    understand = SYSTEM.translations["ledger-file"].read
    assert understand is not None
    for raw in (b"", b"\xff\xfe", HEADING.encode()):
        with pytest.raises(DataFault):
            understand(raw)
