"""One ledger file: its name says which days it speaks of, its last row how many rows it has.

A CSV file with a heading row. What is not whole is no file yet: without its last row it is still being written, or
broke off on its way here.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from crossdock.connectors.khaos_control.mapping_ledger import REQUIRED, LedgerRule, read_day, read_document
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.model.ledger import LedgerDocument
from crossdock.ports.systems import Document

END = "END"
PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How files are written. name: a pattern with the groups `begins` and `ends`, days as 2026-10-01."""

    name: re.Pattern[str]
    encoding: str
    delimiter: str
    rule: LedgerRule


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFile:
    """Everything issued on `begins` or later, and before `ends`."""

    path: Path
    begins: date
    ends: date
    written: datetime

    def holds(self, day: date) -> bool:
        return self.begins <= day < self.ends


@dataclass(frozen=True, slots=True)
class Row:
    """day: None where the row does not say it."""

    document: Document[LedgerDocument]
    day: date | None


def files_in(folder: Path, form: Form) -> list[LedgerFile]:
    """Newest first: the one that reaches furthest, then the one written last. Raises OSError."""
    found = [file for path in folder.iterdir() if (file := _named(path, form)) is not None]
    return sorted(found, key=lambda one: (one.ends, one.written, one.path.name), reverse=True)


def _named(path: Path, form: Form) -> LedgerFile | None:
    match = form.name.fullmatch(path.name)
    if match is None or not path.is_file():
        return None
    try:
        begins, ends = (date.fromisoformat(match[name]) for name in ("begins", "ends"))
    except ValueError:
        return None
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return LedgerFile(path=path, begins=begins, ends=ends, written=written) if begins < ends else None


def read_file(file: LedgerFile, form: Form) -> Iterator[Sequence[Row]]:
    """Page by page. Raises ReadIncomplete, after the last good page: what is not whole or no such file; OSError."""
    with file.path.open(encoding=form.encoding, newline="") as lines:
        yield from read_lines(lines, file, form)


def read_lines(lines: Iterable[str], file: LedgerFile, form: Form) -> Iterator[Sequence[Row]]:
    try:
        reader = csv.reader(lines, delimiter=form.delimiter, strict=True)
        names = _heading(file, next(reader, []))
        rows = _rows(file, reader, names)
        while page := list(islice(rows, PAGE)):
            yield [_document(file, form, at, row) for at, row in page]
    except (csv.Error, UnicodeDecodeError) as error:
        raise ReadIncomplete(f"{file.path.name} cannot be read: {error}") from error


def _heading(file: LedgerFile, cells: Sequence[str]) -> Sequence[str]:
    names = [cell.strip().casefold() for cell in cells]
    if lacking := [name for name in REQUIRED if name not in names]:
        raise ReadIncomplete(f"{file.path.name} has no column {', '.join(lacking)}")
    return names


def _rows(
    file: LedgerFile, reader: Iterator[list[str]], names: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Row number from 2 on, as a spreadsheet counts, and its cells; to the last row, which must be the last."""
    count = 0
    for cells in reader:
        if not cells:
            continue
        if cells[0].strip() == END:
            if [cell.strip() for cell in cells[1:2]] != [str(count)] or next(reader, None) is not None:
                raise ReadIncomplete(f"{file.path.name}: its last row says {','.join(cells)} after {count} rows")
            return
        if len(cells) != len(names):
            raise ReadIncomplete(f"{file.path.name}: row {count + 2} has {len(cells)} cells, not {len(names)}")
        yield count + 2, dict(zip(names, cells, strict=True))
        count += 1
    raise ReadIncomplete(f"{file.path.name} is not whole: it has no last row {END},{count}")


def _document(file: LedgerFile, form: Form, at: int, row: Mapping[str, str]) -> Row:
    place, day = f"{file.path.name} row {at}", None
    raw = form.delimiter.join(row.values()).encode()
    ref = row["number"].strip() or place
    try:
        day = read_day(row, "issued_on", form.rule, place)
        value = read_document(row, form.rule, place=place, written=file.written)
        if not file.holds(day):
            problem = f"{day} is not among the days of this file, {file.begins} up to {file.ends}"
            raise DataFault(f"{place} issued_on", problem)
    except DataFault as fault:
        return Row(Document(ref=ref, raw=raw, fault=fault), day)
    return Row(Document(ref=ref, raw=raw, value=value, updated_at=file.written), day)
