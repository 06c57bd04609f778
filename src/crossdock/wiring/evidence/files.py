"""Every table of an export: its file, the statement that reads it, and what it is for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """name: of its file and of its statement in evidence.sql. lines: as one JSON document a line, else as CSV."""

    name: str
    about: str
    lines: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.{'jsonl' if self.lines else 'csv'}".replace("_", "-")


TABLES = (
    Table(name="people", about="Everybody who has or had a way in, as they stand now; nobody is ever deleted."),
    Table(name="grants", about="What each person may do now: a role, at one desk or all, in one pairing or all."),
    Table(
        name="tokens", about="Tokens for the API as they stand now: whose, for what, when last used; never the token."
    ),
    Table(name="people_changes", about="Each change of people, roles, passwords and sessions, and who made it."),
    Table(name="sign_ins", about="Each sign-in, each sign-out, and each one refused, with why and from where."),
    Table(name="audit_trail", about="Every entry of the audit trail, of people and of Crossdock itself.", lines=True),
    Table(name="seals", about="The seals over those entries: each carries the hash of the one before."),
    Table(name="deeds_of_people", about="The same entries, of people alone, for reading in a spreadsheet."),
    Table(name="cases", about="Cases opened or closed, as they stood at the end: owner, due, who settled it and why."),
    Table(name="case_history", about="Everything that happened to a case: remedies, reasons, who."),
    Table(name="mappings", about="Each entry of a code map that was made or ended, and by whom."),
    Table(name="reconciliations", about="Each full compare that ended: what was compared, and its verdict."),
    Table(name="completeness", about="Each count of whether every id is accounted for on both sides."),
    Table(
        name="proofs",
        about="What people attested (access reviews, backups, restores), what was restored, who was "
        "erased, which secrets were changed, and who took the books along.",
    ),
    Table(name="go_live", about="Each step of bringing two systems into step, with its outcome."),
)
