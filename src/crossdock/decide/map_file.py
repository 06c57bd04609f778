"""Code maps as a CSV file: written so that no cell is a formula, read with every mistake at once, held against what is.

A row says what one entry is to stand for. An entry without a row stays as it is; one is retired by `yes` in the column
of that name. Reading what was written changes nothing.
"""

import csv
import hashlib
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crossdock.decide.mappings import MAP_PARAMS, MapChange, key_problem, map_value, value_problem
from crossdock.model.code_map import MapKind

COLUMNS = ("map", "key", "code", "percent", "units", "becomes", "reason", "retire")
BYTES_MAX, ROWS_MAX, PROBLEMS_MAX = 512 * 1024, 5_000, 200
FORMULA = "=+-@\t\r\n＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula, or strips to find one."""
QUOTE = "'"

Entries = Mapping[tuple[MapKind, str], tuple[int, Mapping[str, str]]]
"""Map and key → number and value of what is current."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """What is wrong on a line of the file, and the fix."""

    line: int
    what: str
    fix: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}. {self.fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """line: where it begins. cells: by column, without blanks around; the key as it is."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one line would do. deed: add, change or retire. before: what counts now."""

    line: int
    deed: str
    change: MapChange
    before: Mapping[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """What a file would do. unchanged: lines that say what is so already. With a problem nothing of it may be done."""

    planned: tuple[Planned, ...] = ()
    unchanged: int = 0
    problems: tuple[FileProblem, ...] = field(default=())

    @property
    def changes(self) -> tuple[MapChange, ...]:
        return tuple(one.change for one in self.planned)

    @property
    def counts(self) -> Mapping[str, int]:
        found = {deed: sum(1 for one in self.planned if one.deed == deed) for deed in ("add", "change", "retire")}
        return found | {"unchanged": self.unchanged}

    @property
    def stamp(self) -> str:
        """The same as long as the file would do the same to the same entries."""
        said = [
            (one.kind, one.key, one.expected, one.by_file, sorted((one.value or {"": ""}).items()))
            for one in self.changes
        ]
        return hashlib.sha256(repr(said).encode(errors="backslashreplace")).hexdigest()


def write_file(entries: Iterable[tuple[MapKind, str, Mapping[str, str]]]) -> bytes:
    """With a byte order mark: without it a spreadsheet takes UTF-8 for something else."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for kind, key, value in entries:
        rows.writerow([_shielded(cell) for cell in (str(kind), key, *(value.get(name, "") for name in COLUMNS[2:]))])
    return text.getvalue().encode("utf-8-sig")


def read_file(data: bytes) -> tuple[list[FileRow], list[FileProblem]]:
    """Rows, and what is wrong with the file as a file."""
    if len(data) > BYTES_MAX:
        return [], [_problem(1, f"the file is larger than {BYTES_MAX // 1024} KB", "Cut it into several.")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return [], [_problem(line, "it is not UTF-8 text", "Save it as CSV UTF-8.")]
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in first and "," not in first else ",", strict=True
    )
    rows: list[FileRow] = []
    problems: list[FileProblem] = []
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not header:
                header = [cell.strip().lower() for cell in cells]
                problems += _header_problems(header)
            elif any(cell.strip() for cell in cells):
                if len(cells) > len(header):
                    problems.append(_problem(line, f"it has {len(cells)} cells for {len(header)} columns", _QUOTE_IT))
                named = zip(header, cells, strict=False)
                rows.append(FileRow(line=line, cells={name: _bare(name, cell) for name, cell in named}))
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(_problem(line, f"it is no CSV: {error}", "Close every quote, and double those inside a cell."))
    if not header:
        problems.append(_problem(1, "the file is empty", f"Begin it with: {','.join(COLUMNS)}."))
    if len(rows) > ROWS_MAX:
        problems.append(_problem(rows[ROWS_MAX].line, f"there are more than {ROWS_MAX} rows", "Cut it into several."))
    return ([], problems) if problems else (rows, [])


def plan_file(
    rows: Sequence[FileRow], current: Entries, *, kinds: Collection[MapKind],
    in_file: Mapping[MapKind, Mapping[str, Mapping[str, str]]], companies: Collection[str] | None = None,
) -> FilePlan:  # fmt: skip
    """What the rows would do, and all that is wrong with others. kinds: maps that may be changed. in_file: what the
    settings file says. companies: names of the company map's entries, None where nobody can tell."""
    planned, unchanged, problems = [], 0, []
    seen: dict[tuple[MapKind, str], int] = {}
    for row in rows:
        word, key = row.cells.get("map", ""), row.cells.get("key", "")
        if word not in list(MapKind) or MapKind(word) not in kinds:
            what = (
                f"there is no map {word!r}" if word not in list(MapKind) else f"the {word} map is not yours to change"
            )
            problems.append(_problem(row.line, what, f"Name one of: {', '.join(sorted(kinds)) or 'none'}."))
            continue
        kind = MapKind(word)
        if (first := seen.setdefault((kind, key), row.line)) != row.line:
            problems.append(_problem(row.line, f"{kind} {key!r} stands on line {first} already", "Keep one of them."))
            continue
        known = current.get((kind, key))
        if wrong := list(_row_problems(kind, key, row, known=known is not None, companies=companies)):
            problems += wrong
        elif (found := _planned(kind, key, row, known, in_file.get(kind, {}).get(key))) is None:
            unchanged += 1
        else:
            planned.append(found)
    return FilePlan(planned=tuple(planned), unchanged=unchanged, problems=tuple(problems))


_QUOTE_IT = 'Put a cell with a comma in it into "quotes".'


def _planned(
    kind: MapKind,
    key: str,
    row: FileRow,
    known: tuple[int, Mapping[str, str]] | None,
    in_file: Mapping[str, str] | None,
) -> Planned | None:
    """None: it is so already."""
    number, before = known or (0, None)
    if row.cells.get("retire"):
        if before == in_file:
            return None
        change = MapChange(kind=kind, key=key, value=in_file, expected=number, by_file=in_file is not None)
        return Planned(line=row.line, deed="retire", change=change, before=before)
    value = map_value(kind, row.cells)
    if value == before:
        return None
    change = MapChange(kind=kind, key=key, value=value, expected=number)
    return Planned(line=row.line, deed="change" if known else "add", change=change, before=before)


def _row_problems(
    kind: MapKind, key: str, row: FileRow, *, known: bool, companies: Collection[str] | None
) -> Iterator[FileProblem]:
    retire = row.cells.get("retire", "")
    takes = {*MAP_PARAMS[kind], *(("reason",) if kind == MapKind.PROMOTION else ())}
    if retire not in ("", "yes"):
        yield _problem(row.line, f"retire is {retire!r}", 'Write "yes", or leave it empty.')
    elif retire and not known:
        yield _problem(row.line, f"there is no mapping of {key!r} to retire", "Leave the row out.")
    elif not retire:
        if not known and (problem := key_problem(kind, key)):
            yield _problem(row.line, problem, "Correct the key.")
        for name in COLUMNS[2:-1]:
            if name not in takes and row.cells.get(name):
                yield _problem(row.line, f"{name} means nothing in the {kind} map", "Leave it empty.")
        given = {name: word for name, word in row.cells.items() if name in takes}
        if problem := value_problem(kind, given, companies=companies):
            yield _problem(row.line, problem, "Correct the row.")


def _header_problems(header: Sequence[str]) -> Iterator[FileProblem]:
    should = f"The columns are: {','.join(COLUMNS)}."
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            yield _problem(1, f"there is no column {name!r}", should)
        elif header.count(name) > 1:
            yield _problem(1, f"the column {name} stands there twice", should)
    for name in ("map", "key"):
        if name not in header:
            yield _problem(1, f"the column {name} is missing", should)


def _problem(line: int, what: str, fix: str) -> FileProblem:
    return FileProblem(line=line, what=what, fix=fix)


def _shielded(cell: str) -> str:
    """No spreadsheet runs it; `_bare` gives it back as it was."""
    return QUOTE + cell if cell.startswith((*FORMULA, QUOTE)) else cell


def _bare(name: str, cell: str) -> str:
    found = cell if name == "key" else cell.strip()
    return found[1:] if found.startswith(QUOTE) and found[1:].startswith((*FORMULA, QUOTE)) else found
