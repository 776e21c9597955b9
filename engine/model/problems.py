"""What is wrong, as values: collected with their places and said in one sentence, never raised past a room."""

from enum import StrEnum

from engine.model.base import Frozen


class Severity(StrEnum):
    ERROR = "error"  # the file can't be used as it is
    WARNING = "warning"  # it can, but it hardly says what was meant


class Fault(Frozen):
    """Something wrong in a config or rule file: `file:line:column: what; cure`."""

    file: str  # relative to the workspace
    line: int  # from 1
    column: int  # from 1
    code: str  # stable, e.g. "unknown-name"
    what: str
    cure: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        cure = f"; {self.cure}" if self.cure else ""
        return f"{self.file}:{self.line}:{self.column}: {self.what}{cure}"


class Problem(Frozen):
    """Something wrong in what was returned, found by a reader or by a rule. Moves no status; goes to the PMO."""

    file: str  # relative to the returns folder, or "" where no one file is meant
    where: str  # "sheet measures, cell D7", "line 4, column actual", or the subject's ref
    what: str
    cure: str = ""
    subject: str | None = None  # whom it marks

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.where) if part)
        cure = f"; {self.cure}" if self.cure else ""
        return f"{place}: {self.what}{cure}" if place else f"{self.what}{cure}"
