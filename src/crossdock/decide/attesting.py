"""What people attest: deeds that matter to an auditor and that no program can see."""

from enum import StrEnum

from crossdock.model.faults import InvalidValue

NOTE_MAX = 500


class Attested(StrEnum):
    ACCESS_REVIEW = "access-review"  # roles of everybody were looked through
    BACKUP = "backup"  # a backup was made, and is kept elsewhere
    RESTORE_TEST = "restore-test"  # a backup was restored for trial, and was whole
    DRILL = "drill"  # an incident was played through


def read_note(note: str) -> str:
    """Raises InvalidValue."""
    said = note.strip()
    if not said or len(said) > NOTE_MAX or not said.isprintable():
        raise InvalidValue(f"say what was done in one line of at most {NOTE_MAX} characters")
    return said
