"""What keeps a message from being made, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no message: one sentence that says where, what, and what to do."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence
