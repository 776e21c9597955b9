"""What a list of projects and measures says, once it is understood: all that the files of a workspace are made from."""

from dataclasses import dataclass, field
from typing import Literal

from engine.model.values import Unit
from engine.model.workspace import Better


@dataclass
class Listed:
    """A programme or project. `owner` is the id of one of the people."""

    ref: str
    title: str
    owner: str | None = None
    targets: dict[str, str | None] = field(default_factory=dict)  # by measure, as config writes them; None: none
    projects: list["Listed"] = field(default_factory=list)  # of a programme


@dataclass(frozen=True, slots=True)
class ListedMeasure:
    id: str
    title: str
    unit: Unit
    better: Better | None


@dataclass(frozen=True, slots=True)
class ListedPerson:
    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class About:
    """The portfolio itself, as its sheet or the defaults have it."""

    name: str
    title: str
    owner: str | None  # id of one of the people
    reports: Literal["monthly", "quarterly"]
    starts: str  # a period of that cadence
    year_starts: str
    returns_due: str
    mail_from: str | None  # None: nobody said, and it has to be put right in the settings


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole portfolio, in the order of the list."""

    about: About
    programmes: list[Listed]
    projects: list[Listed]  # that belong to no programme
    measures: list[ListedMeasure]
    people: list[ListedPerson]

    @property
    def every_project(self) -> list[Listed]:
        return [*(project for programme in self.programmes for project in programme.projects), *self.projects]

    @property
    def targets(self) -> int:
        """How many targets are set, over all programmes and projects."""
        everything = (*self.programmes, *self.every_project)
        return sum(target is not None for one in everything for target in one.targets.values())
