"""What a scheme's file says that can't be: a name that two statuses share, a colour that is none."""

import re
from collections.abc import Iterator

from engine.model.problems import Fault
from engine.model.workspace import Lifecycle, Scheme, Status
from engine.workspace.portfoliochecks import check_id, check_word
from engine.workspace.spelling import fold, quoted
from engine.workspace.yamlfile import Loc, YamlFile

# Facts of the same shape as `measures.STATUS` count something else.
_TAKEN = frozenset((
    "count", "reported", "missing", "partial", "not_captured", "overdue", "rated", "off_target", "off_target_share",
    "previous", "held_for",
))  # fmt: skip


def check_scheme(file: YamlFile, scheme: Scheme) -> Iterator[Fault]:
    """Every fault of one scheme's file."""
    yield from check_id(file, ("scheme",), scheme.scheme)
    if not scheme.statuses:
        yield file.fault(("statuses",), "wrong-value", "there are no statuses here", "list them, the best first")
    elif all(status.exception for status in scheme.statuses):
        what = "every status is an exception, so everything is always in alarm"
        yield file.warning(("statuses",), "all-exceptions", what, "leave `exception: yes` off the best")
    yield from _check_exceptions(file, scheme)
    called: dict[str, tuple[int, str]] = {}
    lifecycles: dict[Lifecycle, str] = {}
    for number, (loc, status) in enumerate(_all(scheme)):
        yield from _check_status(file, loc, status)
        for where, name in _names(loc, status):
            owner, owner_name = called.setdefault(fold(name), (number, status.id))
            if owner != number:
                what = f"{quoted(name)} may mean {quoted(owner_name)} or {quoted(status.id)}"
                yield file.fault(where, "ambiguous-name", what, "give each status names and codes of its own")
        if loc[0] == "statuses" and status.lifecycle is not None:
            what = f"{quoted(status.id)} is in the order, where no lifecycle leads"
            yield file.fault((*loc, "lifecycle"), "wrong-value", what, "move the status under `outside`")
        if loc[0] == "outside":
            yield from _check_outside(file, loc, status, lifecycles)


def _check_status(file: YamlFile, loc: Loc, status: Status) -> Iterator[Fault]:
    yield from check_word(file, (*loc, "id"), status.id)
    if status.id in _TAKEN or status.id.endswith("_or_worse"):
        what = f"{quoted(status.id)} means something else in rules"
        yield file.fault((*loc, "id"), "bad-name", what, "give the status another id")
    for key, text in (("name", status.name), ("code", status.code)):
        if not text.strip():
            cure = "fill it in: statuses are read, not seen alone"
            yield file.fault((*loc, key), "wrong-value", f"`{key}` is empty", cure)
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", status.colour):
        what = f"{quoted(status.colour)} is not a colour"
        yield file.fault((*loc, "colour"), "wrong-value", what, 'write it as "#00703c", in quotes')


def _check_exceptions(file: YamlFile, scheme: Scheme) -> Iterator[Fault]:
    """Exceptions are the tail of the order: from some status on, each is one."""
    first: Status | None = None
    for number, status in enumerate(scheme.statuses):
        if status.exception:
            first = first or status
        elif first is not None:
            what = f"{quoted(first.id)} is an exception and the worse {quoted(status.id)} is not"
            cure = f"add `exception: yes` here, or take it off {quoted(first.id)}"
            yield file.fault(("statuses", number), "wrong-value", what, cure)


def _check_outside(file: YamlFile, loc: Loc, status: Status, lifecycles: dict[Lifecycle, str]) -> Iterator[Fault]:
    if status.exception:
        what = f"{quoted(status.id)} is outside the order and can't be an exception"
        yield file.fault((*loc, "exception"), "wrong-value", what, "take `exception` out, or move it under `statuses`")
    if status.lifecycle is None:
        what = f"no lifecycle leads to {quoted(status.id)}, so nothing ever has it"
        yield file.warning(loc, "idle-status", what, "add `lifecycle: closed`, or take it out")
    elif status.lifecycle is Lifecycle.LIVE:
        what = "what is live is judged, and has a status of the order"
        yield file.fault((*loc, "lifecycle"), "wrong-value", what, "write another lifecycle, such as closed")
    elif status.lifecycle in lifecycles:
        what = f"the lifecycle {quoted(status.lifecycle)} already leads to {quoted(lifecycles[status.lifecycle])}"
        yield file.fault((*loc, "lifecycle"), "wrong-value", what, "let each lifecycle lead to one status")
    else:
        lifecycles[status.lifecycle] = status.id


def _all(scheme: Scheme) -> Iterator[tuple[Loc, Status]]:
    for number, status in enumerate(scheme.statuses):
        yield ("statuses", number), status
    for number, status in enumerate(scheme.outside):
        yield ("outside", number), status


def _names(loc: Loc, status: Status) -> Iterator[tuple[Loc, str]]:
    yield (*loc, "id"), status.id
    yield (*loc, "name"), status.name
    yield (*loc, "code"), status.code
    for number, alias in enumerate(status.aliases):
        yield (*loc, "aliases", number), alias
