"""Templates rendered where they can do no harm.

A workspace's templates are foreign: whoever can edit one must not be able to run a program, read what was not handed
in, or fill the memory. Three fences stand one behind the other:
- only the constructs below exist, so nothing can be computed, collected or called but a template's own macros;
- Jinja's immutable sandbox, strict about names, refuses attributes that lead into Python;
- a budget counts every round of a loop and every character shown, also inside macros: it is the limit on time, too,
  and the same on every machine;
- what comes out is read as HTML once more: no scripts, no forms, nothing loaded from elsewhere, plain links alone.
"""

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    nodes,
    pass_context,
)
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifiers.colours import palette
from notifiers.htmlchecks import harmful
from notifiers.refusals import Refusal
from notifiers.sources import Source, read_sources

LARGEST_OUTPUT = 200 * 1024  # characters of one rendered part
MOST_WORK = 5_000_000  # characters, of what is shown and of what macros build
ROUND = 50  # what a round of a loop or the call of a macro counts besides

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.For, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Assign, nodes.Macro, nodes.Call, nodes.Keyword, nodes.Filter, nodes.Test,
    nodes.Import, nodes.FromImport,
)  # fmt: skip
_WORDS = {
    "Add": "`+`", "Sub": "`-`", "Mul": "`*`", "Div": "`/`", "FloorDiv": "`//`", "Mod": "`%`", "Pow": "`**`",
    "Concat": "`~`", "Neg": "`-`", "Pos": "`+`", "List": "a list", "Dict": "a dictionary", "Tuple": "a tuple",
    "Slice": "a slice", "CallBlock": "`call`", "FilterBlock": "`filter`", "AssignBlock": "`set` as a block",
    "Block": "`block`", "Include": "`include`", "Extends": "`extends`", "With": "`with`",
    "ScopedEvalContextModifier": "`autoescape`",
}  # fmt: skip

_spent: ContextVar[list[int]] = ContextVar("spent")


def fill(name: str, data: Mapping[str, object], templates: Path | None) -> str | Refusal:
    """The template of that name filled with plain data: dicts and lists of text, numbers and truth values.

    `templates` is the workspace's folder of own templates. What is wrong with one of those is a Refusal naming the
    file and line; a shipped template that fails raises, being our own fault.
    """
    sources = read_sources(templates)
    for source in sources:
        if source.fault:
            return Refusal(f"{source.shown} {source.fault}")
    own = [source for source in sources if source.own]
    try:
        text = _run(_environment(sources).get_template(name), data)
    except TooMuchError as error:
        cure = "shorten the template" if own else "let config/audiences.yaml tell of fewer subjects"
        return Refusal(f"{_place(error, own) or _file(name, sources)}: {error}; {cure}")
    except _AT_FAULT as error:
        if not own:
            raise
        return Refusal(f"{_place(error, own) or _file(name, sources)}: {_said(error)}; correct the template")
    if own and name.endswith(".html.j2") and (said := harmful(text)):
        return Refusal(f"{_file(name, sources)}: {said}; correct the template")
    return text


# What a faulty template raises: Jinja's own errors, Python's on the code made of a template, and those of its values.
_AT_FAULT = (
    TemplateError,
    SyntaxError,
    RecursionError,
    MemoryError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
)


class TooMuchError(Exception):
    """A template writes or works more than a message may."""


def _run(template: Template, data: Mapping[str, object]) -> str:
    token = _spent.set([0])
    parts: list[str] = []
    size = 0
    try:
        for part in template.generate(data):
            parts.append(part)
            size += len(part)
            if size > LARGEST_OUTPUT:
                raise TooMuchError(f"the message grows beyond {LARGEST_OUTPUT // 1024} KB")
    finally:
        _spent.reset(token)
    return "".join(parts)


def _spend(amount: int) -> None:
    spent = _spent.get()
    spent[0] += amount
    if spent[0] > MOST_WORK:
        raise TooMuchError("the template works without end")


class _Fenced(ImmutableSandboxedEnvironment):
    """The sandbox, with nothing in it but the constructs above."""

    def compile(self, source: Any, name: str | None = None, filename: str | None = None, *rest: Any) -> Any:
        """Check the tree before anything of it is evaluated: Jinja works out constants while it compiles."""
        tree = self.parse(source, name, filename) if isinstance(source, str) else source
        for node in _below(tree):
            if what := _unwelcome(node):
                said = f"{what} can't be used in a message's template"
                raise TemplateSyntaxError(said, node.lineno, name, filename)
        for loop in tree.find_all(nodes.For):
            weight = ROUND + sum(len(text.data) for text in loop.find_all(nodes.TemplateData))
            spend = nodes.Call(
                nodes.EnvironmentAttribute("spend"), [nodes.Const(weight)], [], None, None, lineno=loop.lineno
            )
            loop.body.insert(0, nodes.ExprStmt(spend, lineno=loop.lineno))
        return super().compile(tree, name, filename, *rest)

    def spend(self, amount: int) -> None:
        _spend(amount)

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Macro) or obj == self.spend

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        _spend(ROUND)
        result = super().call(context, obj, *args, **kwargs)
        _spend(len(result) if isinstance(result, str) else 0)
        return result


@lru_cache(maxsize=4)
def _environment(sources: tuple[Source, ...]) -> _Fenced:
    by_name = {source.name: source for source in sources}

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        source = by_name.get(name)
        return (source.data.decode("utf-8"), source.shown, lambda: True) if source else None

    environment = _Fenced(
        loader=FunctionLoader(load),
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals = {"colour": palette()}
    environment.filters = dict(_FILTERS)
    environment.tests = {name: environment.tests[name] for name in ("defined", "undefined", "none", "even", "odd")}
    return environment


@pass_context  # or Jinja would call it while compiling, when there is no budget yet
def _finalize(context: Context, value: object) -> object:
    if isinstance(value, Undefined):
        return str(value)  # raises, naming what is not there
    if not isinstance(value, str | int):
        raise SecurityError(f"only text can be shown, not a {type(value).__name__}")
    _spend(len(value) if isinstance(value, str) else 1)
    return value


def _unwelcome(node: nodes.Node) -> str | None:
    """What is not to be used, in words; None for what may be."""
    match node:
        case nodes.For(recursive=True):
            return "`recursive`"
        case nodes.Const(value=float()):
            return "a number with decimals"
        case nodes.Tuple(ctx="store"):  # `for name, value in …`
            return None
        case _:
            kind = type(node).__name__
            return None if isinstance(node, _ALLOWED) else _WORDS.get(kind, kind)


def _below(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _below(child)


# ---- filters: small, and none that lets a text grow without being counted


def _text(value: object) -> str:
    if isinstance(value, Undefined):
        return str(value)  # raises, naming what is not there
    if not isinstance(value, str):
        raise SecurityError(f"this filter is for text, not for a {type(value).__name__}")
    return value


def _join(values: object, between: str = "") -> str:
    if not isinstance(values, list):
        raise SecurityError("`join` is for a list")
    between = _text(between)
    _spend(sum(len(_text(value)) + len(between) for value in values))
    # Plain str, so that whatever is joined gets escaped; a Markup separator would vouch for all of it.
    return str(between).join(str(value) for value in values)


def _length(value: object) -> int:
    if not isinstance(value, str | list | dict):
        raise SecurityError(f"a {type(value).__name__} has no length")
    return len(value)


_FILTERS: dict[str, Callable[..., object]] = {
    "join": _join,
    "length": _length,
    "upper": lambda value: _text(value).upper(),
    "lower": lambda value: _text(value).lower(),
    "capitalize": lambda value: _text(value).capitalize(),
    "trim": lambda value: _text(value).strip(),
}


# ---- where it went wrong


def _place(error: BaseException, own: list[Source]) -> str:
    """File and line in a workspace's template; empty where the error tells none."""
    files = {source.shown for source in own}
    if isinstance(error, TemplateSyntaxError) and error.filename in files:
        return f"{error.filename}:{error.lineno}"
    found, frame = "", error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename in files:
            found = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}"
        frame = frame.tb_next
    return found


def _file(name: str, sources: tuple[Source, ...]) -> str:
    return next((source.shown for source in sources if source.name == name), name)


def _said(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "a macro or file calls itself without end"
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}"
    text = " ".join(str(error).split()).rstrip(".;")
    return text[:200] or type(error).__name__
