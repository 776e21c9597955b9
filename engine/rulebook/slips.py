"""What is wrong in the text of a condition, with its place in the rule file."""

from dataclasses import dataclass

from engine.model.problems import Fault, Severity
from engine.rulebook.syntax import At


@dataclass(frozen=True, slots=True)
class Slip:
    """Something wrong in a condition: a fault that does not know its file yet."""

    at: At
    code: str
    what: str
    cure: str = ""

    def as_fault(self, file: str, severity: Severity = Severity.ERROR) -> Fault:
        return Fault(
            file=file, line=self.at.line, column=self.at.column,
            code=self.code, what=self.what, cure=self.cure, severity=severity,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A text of a rule file: where its value begins, and the mark it is written with ("", a quote, "|" or ">")."""

    text: str
    at: At
    style: str = ""

    def place(self, offset: int) -> At:
        """The place in the file of a character of the text; in a block, of its line."""
        if self.style == "|":
            return At(self.at.line + 1 + self.text.count("\n", 0, offset), 1)
        if self.style == ">":
            return At(self.at.line + 1, 1)
        return At(self.at.line, self.at.column + offset + len(self.style))
