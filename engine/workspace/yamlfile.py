"""The one reader of YAML for config and rule files, with hostile input in mind.

Every scalar stays the text that was written ("NO", "12:30", "0.10", "2019-01"), so that none of YAML's own ideas of a
value get in the way; `~`, `null` and nothing at all are None. Reading goes event by event, without recursion.
"""

import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from engine.model.problems import Fault, Severity
from engine.workspace.spelling import quoted
from engine.workspace.yamlwords import TOP, LastText, Place, explained, place_of, run_together, without_colon

LARGEST = 1_000_000  # bytes
DEEPEST = 50  # levels of nesting
MOST_FAULTS = 100  # in one file; nobody reads on after them

Loc = tuple[str | int, ...]  # keys and positions from the top of the file: ("programmes", 0, "ref")

# Control characters, and line breaks that no editor shows as one; a lone surrogate can come from an escape only.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_NOTHING = frozenset(("", "~", "null", "Null", "NULL"))


class Entry(NamedTuple):
    """Where a value stands, where its key does (None in a list), and how it is written: plain, ', ", | or >."""

    value: Place
    key: Place | None = None
    style: str = ""


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file as read: `data` is dicts by text, lists, text and None; None also where it can't be read at all."""

    shown: str  # the path that a person sees, relative to the workspace
    data: object
    faults: tuple[Fault, ...]
    places: Mapping[Loc, Entry]
    ends: Mapping[Loc, Place] = field(default_factory=dict)  # just past the last character of each value

    def entry(self, loc: Sequence[str | int]) -> Entry:
        """The entry at the deepest known part of `loc`; steps that the file does not have are passed over."""
        known: Loc = ()
        for step in loc:
            if (*known, step) in self.places:
                known = (*known, step)
        return self.places.get(known, Entry(TOP))

    def value(self, loc: Sequence[str | int]) -> object:
        """What stands at `loc`; None where nothing does."""
        found = self.data
        for step in loc:
            if isinstance(found, dict):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def at(self, loc: Sequence[str | int], *, key: bool = False) -> Place:
        """The place of the value at `loc` (or of its key), else of what is nearest above it."""
        entry = self.entry(loc)
        return entry.key if key and entry.key is not None else entry.value

    def fault(self, loc: Sequence[str | int], code: str, what: str, cure: str = "", *, key: bool = False) -> Fault:
        """A fault at the place of the value at `loc`, or of its key."""
        return _fault(self.shown, self.at(loc, key=key), code, what, cure)

    def warning(self, loc: Sequence[str | int], code: str, what: str, cure: str = "", *, key: bool = False) -> Fault:
        """As `fault`, for what does not keep the file from being used."""
        return self.fault(loc, code, what, cure, key=key).model_copy(update={"severity": Severity.WARNING})


def read_yaml(path: Path, shown: str) -> YamlFile:
    """Read a file; whatever is wrong with it is among its faults."""
    try:
        text = _text_of(path)
    except _UnreadableError as error:
        return YamlFile(shown, None, (_fault(shown, error.place, error.code, error.what, error.cure),), {})
    return read_yaml_text(text, shown)


def read_yaml_text(text: str, shown: str) -> YamlFile:
    """Read YAML that is already text; as `read_yaml`."""
    if found := FORBIDDEN.search(text):
        what = f"there is a character that nobody can see here (U+{ord(found[0]):04X})"
        fault = _fault(
            shown, _place_in(text, found.start()), "invisible-character", what, "delete it and type the line anew"
        )
        return YamlFile(shown, None, (fault,), {})
    builder = _Builder(shown)
    whole = False
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
        whole = True
    except _StopError:
        pass  # what it stopped at is among its faults
    except MarkedYAMLError as error:
        builder.note(*explained(error, text, builder.last_text))
    except (YAMLError, ValueError, OverflowError):
        # The library lets slip what Python says of an escape for a character that does not exist ("\UFFFFFFFF").
        builder.note(builder.last, "yaml-syntax", "this can't be read", "look for a backslash inside double quotes")
    if whole and not builder.places:
        builder.note(TOP, "empty-file", "the file is empty", "fill it in, or delete it")
    return YamlFile(shown, builder.data if whole else None, tuple(builder.faults), builder.places, builder.ends)


# ---- bytes to text


class _UnreadableError(Exception):
    """Carries what is wrong with a file up to `read_yaml`."""

    def __init__(self, code: str, what: str, cure: str, place: Place = TOP) -> None:
        super().__init__(what)
        self.code, self.what, self.cure, self.place = code, what, cure, place


def _text_of(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _UnreadableError("unreadable-file", "this is not a file", "put a file of YAML in its place")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = (error.strerror if isinstance(error, OSError) else None) or "its name is not one a file can have"
        raise _UnreadableError(
            "unreadable-file", f"the file can't be read: {why}", "check that it is there and open to you"
        ) from None
    if len(content) > LARGEST:
        raise _UnreadableError(
            "unreadable-file", "the file is larger than 1 MB", "split it, or look for what was pasted in by mistake"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = Place(before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        raise _UnreadableError(
            "unreadable-file", "the file is not UTF-8 text", "save it anew with the encoding UTF-8", place
        ) from None


def _place_in(text: str, index: int) -> Place:
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


# ---- events to data


class _StopError(Exception):
    """The builder has seen enough, and noted why."""


class _Open:
    """A mapping or list that is being read."""

    __slots__ = ("container", "kept", "key", "key_place", "loc")

    def __init__(self, container: dict[str, object] | list[object], loc: Loc, kept: bool) -> None:
        self.container = container
        self.loc = loc
        self.kept = kept  # False inside what a fault leaves out: a second value of a key, a key that is no text
        self.key_place: Place | None = None  # given while a mapping waits for the value of a key
        self.key: str | None = None  # that key; None where it is no text


class _Builder:
    """Takes the parser's events one by one."""

    def __init__(self, shown: str) -> None:
        self.data: object = None
        self.places: dict[Loc, Entry] = {}
        self.ends: dict[Loc, Place] = {}
        self.faults: list[Fault] = []
        self.last = TOP
        self.last_text: LastText | None = None
        self._shown = shown
        self._end = TOP  # of the text or the bracket that was read last
        self._stack: list[_Open] = []
        self._documents = 0

    def note(self, place: Place, code: str, what: str, cure: str) -> None:
        self.faults.append(_fault(self._shown, place, code, what, cure))
        if len(self.faults) == MOST_FAULTS:
            raise _StopError

    def take(self, event: Event) -> None:
        if isinstance(event, NodeEvent):
            self.last = place = place_of(event.start_mark)
            self._refuse_marks(event, place)
            if isinstance(event, ScalarEvent):
                self._scalar(event, place)
            elif isinstance(event, AliasEvent):
                if self._stack and self._stack[-1].key == "<<":
                    self._stack[-1].key = None  # a merge key, and told as the alias that it is
                self._value(None, place)
            else:
                self._open(event, place)
        elif isinstance(event, CollectionEndEvent):
            self._close(self._stack.pop(), event)
        elif isinstance(event, DocumentStartEvent):
            self._document(event)

    def _refuse_marks(self, event: NodeEvent, place: Place) -> None:
        if event.anchor is not None:
            mark = f"*{event.anchor}" if isinstance(event, AliasEvent) else f"&{event.anchor}"
            what = f"{quoted(mark)} has YAML copy one part of a file to another, which is not done here"
            self.note(place, "alias", what, "write the value out in full")
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            what = f"{quoted(_as_written(event.tag))} is a YAML tag, which is not read here"
            self.note(place, "yaml-feature", what, "leave it out, or put the text in quotes")

    def _document(self, event: DocumentStartEvent) -> None:
        place = place_of(event.start_mark)
        self._documents += 1
        if event.version or event.tags:
            self.note(place, "yaml-feature", "lines that begin with % are not read here", "leave them out")
        if self._documents == 2:
            self.note(
                place, "yaml-feature", "a second document begins here", "keep one a file; take out the line `---`"
            )

    def _scalar(self, event: ScalarEvent, place: Place) -> None:
        text: str = event.value
        plain = not event.style
        waiting = self._stack[-1] if self._stack else None
        key_place = waiting.key_place if waiting else None
        beside_key = key_place is not None and key_place.line == place.line
        self._end = place_of(event.end_mark)
        self.last_text = LastText(place, self._end, event.style or "", beside_key)
        if waiting is not None and isinstance(waiting.container, dict) and waiting.key_place is None:
            waiting.key, waiting.key_place = text, place
            if plain and not text:
                self.note(place, "yaml-syntax", "there is no key before the colon", "write `key: value`")
                waiting.key = None
            return
        if waiting is not None and waiting.key and key_place is not None and plain and not text:
            text = self._value_in_key(waiting, waiting.key, key_place, place)
        if not plain and FORBIDDEN.search(text):
            self.note(
                place,
                "invisible-character",
                "an escape here stands for a character that nobody can see",
                "leave it out",
            )
        loc, kept = self._value(None if plain and text in _NOTHING else text, place, event.style or "")
        if kept:
            self.ends[loc] = self._end

    def _value_in_key(self, waiting: _Open, key: str, key_place: Place, place: Place) -> str:
        """In brackets `{from:2018}` is a key without a value; it is read as it was meant, lest more seem wrong."""
        parts = run_together(key)
        if parts is None or place != Place(key_place.line, key_place.column + len(key)):
            return ""
        self.note(key_place, "yaml-syntax", *without_colon(key))
        waiting.key, text = parts
        return text

    def _open(self, event: NodeEvent, place: Place) -> None:
        if len(self._stack) >= DEEPEST:
            self.note(
                place,
                "too-complex",
                f"this is nested more than {DEEPEST} deep",
                "look for brackets or indentation gone astray",
            )
            raise _StopError
        container: dict[str, object] | list[object] = {} if isinstance(event, MappingStartEvent) else []
        loc, kept = self._value(container, place)
        self._stack.append(_Open(container, loc, kept))

    def _close(self, closed: _Open, event: Event) -> None:
        """Brackets end where they are closed; a block ends with the last text in it."""
        if event.start_mark.index < event.end_mark.index:
            self._end = place_of(event.end_mark)
        if closed.kept:
            self.ends[closed.loc] = self._end

    def _value(self, value: object, place: Place, style: str = "") -> tuple[Loc, bool]:
        """Put a value where the file has it; its loc, and whether it was kept."""
        if not self._stack:
            kept = self._documents < 2
            if kept:
                self.data, self.places[()] = value, Entry(place, None, style)
            return (), kept
        parent = self._stack[-1]
        if isinstance(parent.container, list):
            loc: Loc = (*parent.loc, len(parent.container))
            parent.container.append(value)
            if parent.kept:
                self.places[loc] = Entry(place, None, style)
            return loc, parent.kept
        key, key_place = parent.key, parent.key_place
        if key_place is None:  # a list, a mapping or an alias where a key should be
            self.note(
                place,
                "yaml-syntax",
                "a key has to be text",
                "write `key: value`, and put a key that holds brackets in quotes",
            )
            parent.key, parent.key_place = None, place
            return parent.loc, False
        parent.key = parent.key_place = None
        if key is None:
            return parent.loc, False
        loc = (*parent.loc, key)
        if key in parent.container:
            first = self.places[loc].key if parent.kept else None
            where = f" (first in line {first.line})" if first else ""
            self.note(key_place, "duplicate-key", f"{quoted(key)} is given twice{where}", _keep_one(key))
            return loc, False
        parent.container[key] = value
        if parent.kept:
            self.places[loc] = Entry(place, key_place, style)
        return loc, parent.kept


def _keep_one(key: str) -> str:
    """What to do about a key that is there already: one that begins an entry most likely lost its dash."""
    entry = f"; where another entry of the list begins here, write `- {key}`"
    return "keep one of them" + (entry if key in ("id", "ref") else "")


def _as_written(tag: str) -> str:
    return "!!" + tag.removeprefix("tag:yaml.org,2002:") if tag.startswith("tag:yaml.org,2002:") else tag


def _fault(shown: str, place: Place, code: str, what: str, cure: str) -> Fault:
    return Fault(file=shown, line=place.line, column=place.column, code=code, what=what, cure=cure)
