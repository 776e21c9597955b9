"""Mutants: functions changed in one small place at a time, to see whether a test notices.

    make mutants MUTANTS=engine/rulebook/solver.py MUTANT_TESTS=tests/rulebook/test_what_can_never_be.py

The tests are collected once, and each is run once, in functions that note which of their statements are reached. Each
mutant is then tried in a fork of that process, in which the one function has the changed code, by the tests that reach
its statement: those that noticed its neighbours first, then the quickest, up to so many seconds of them. What stands
outside functions is not changed, nor is what only another process runs or what runs once, at import. Survivors are
printed; what became of each mutant is in a file, a line of JSON each, and `--again` tries those of it that no test
noticed. A mutant of a text with a blank in it, words for a person, is counted apart.
"""

import argparse
import ast
import builtins
import copy
import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import pytest

_ROOT = Path(__file__).parents[1]
_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Not: ast.UAdd, ast.USub: ast.UAdd,
}  # fmt: skip
_MEMORY = 3 << 30  # bytes that a mutant may take
_SEEN = "__statements_seen__"  # among the builtins, while tests are run to see what they reach
Change = tuple[str, Any, str]  # a field of a node, what becomes of it, and that in words
Statement = tuple[str, int]  # its file and first line
Key = tuple[str, str, int, str]  # file, function, number, what


class Function(NamedTuple):
    file: str
    name: str  # "Solver.can_be"
    line: int  # its first, decorators included


class Mutant(NamedTuple):
    function: Function
    number: int  # among the function's
    line: int
    statement: int  # the first line of the innermost that it stands in
    what: str
    words: bool  # that a person reads
    code: CodeType  # of the function so changed

    @property
    def key(self) -> Key:
        """What it is known by where lines have moved."""
        return self.function.file, self.function.name, self.number, self.what


# ---- what is changed


def mutants_of(file: str) -> Iterator[Mutant]:
    """All mutants of a module."""
    for function, (node, path) in _functions(file, _parsed(file)):
        statements = _statements(node)
        for number, (changed, what) in enumerate(_changes(node)):
            words = isinstance(changed, ast.Constant) and isinstance(changed.value, str) and " " in changed.value
            line = getattr(changed, "lineno", function.line)
            whole = _compiled(file, _WithoutNots().visit(copy.deepcopy(node)), path)
            code = _codes(whole)[function.name, function.line]
            yield Mutant(function, number, line, statements.get(id(changed), function.line), what, words, code)


def noting(file: str) -> dict[tuple[str, int], CodeType]:
    """The codes of a module's functions, in which each statement first notes that it is reached."""
    codes: dict[tuple[str, int], CodeType] = {}
    for function, (node, path) in _functions(file, _parsed(file)):
        for below in list(ast.walk(node)):
            for body in _bodies(below):
                body[:] = [one for statement in body for one in (_note(file, statement), statement)]
        code = _codes(_compiled(file, node, path))[function.name, function.line]
        codes |= {(function.name, function.line): code, **_codes(code)}
    return codes


def _note(file: str, statement: ast.stmt) -> ast.stmt:
    note = ast.parse(f"{_SEEN}.add(({file!r}, {statement.lineno}))").body[0]
    for node in ast.walk(note):
        ast.copy_location(node, statement)
    return note


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        if isinstance(body := getattr(node, field, None), list):
            yield body


def _statements(function: ast.FunctionDef) -> dict[int, int]:
    """The first line of the innermost statement that each node of a function stands in, by the node's identity."""
    lines: dict[int, int] = {}
    for node in ast.walk(function):  # from the outside in
        for body in _bodies(node):
            for statement in body:
                lines |= {id(below): statement.lineno for below in ast.walk(statement)}
    return lines


def _parsed(file: str) -> ast.Module:
    """A module without the docstrings of its functions."""
    tree = ast.parse((_ROOT / file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node.body[0])]
    return tree


def _functions(
    file: str, tree: ast.Module
) -> Iterator[tuple[Function, tuple[ast.FunctionDef, Sequence[ast.ClassDef]]]]:
    """Functions of a module and methods of its classes, with the classes; what they define inside is part of them."""
    waiting: list[tuple[Sequence[ast.ClassDef], Sequence[ast.stmt]]] = [((), tree.body)]
    while waiting:
        path, body = waiting.pop(0)
        for node in body:
            if isinstance(node, ast.ClassDef):
                waiting.append(((*path, node), node.body))
            elif isinstance(node, ast.FunctionDef):
                line = min(node.lineno, *(one.lineno for one in node.decorator_list), node.lineno)
                yield Function(file, ".".join([*(one.name for one in path), node.name]), line), (node, path)


def _compiled(file: str, node: ast.stmt, path: Sequence[ast.ClassDef]) -> CodeType:
    """A module that holds one function alone, in its classes."""
    for outer in reversed(path):
        node = ast.copy_location(ast.ClassDef(outer.name, bases=[], keywords=[], body=[node], decorator_list=[]), outer)
    return compile(ast.fix_missing_locations(ast.Module([node], [])), str(_ROOT / file), "exec")


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """The codes inside another, however deep, by name and first line."""
    found: dict[tuple[str, int], CodeType] = {}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found |= {(inner.co_qualname, inner.co_firstlineno): inner, **_codes(inner)}
    return found


def _changes(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str]]:
    """Makes one change after another to a function's tree, each undone before the next: where, and what it is."""
    outside = [*function.decorator_list, *function.args.defaults, *filter(None, function.args.kw_defaults)]
    for node in ast.walk(function):
        outside += filter(None, (getattr(node, "annotation", None), getattr(node, "returns", None)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "cast":
            outside.append(node.args[0])
    left_alone = {id(below) for node in outside for below in ast.walk(node)}
    for node in [node for node in ast.walk(function) if id(node) not in left_alone]:
        for field, become, what in _changes_of(node):
            was = getattr(node, field)
            setattr(node, field, become)
            yield node, what
            setattr(node, field, was)


def _changes_of(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                new = [*ops[:at], _SWAPS[type(op)](), *ops[at + 1 :]]
                yield "ops", new, f"{type(op).__name__} to {type(new[at]).__name__}"
        case ast.BoolOp(op=op) | ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _SWAPS:
            yield "op", _SWAPS[type(op)](), f"{type(op).__name__} to {_SWAPS[type(op)].__name__}"
        case ast.UnaryOp(op=ast.Not()):
            yield "op", _Nothing(), "`not` dropped"
        case ast.UnaryOp(op=ast.USub()):
            yield "op", ast.UAdd(), "minus dropped"
        case ast.Constant(value=bool() as value):
            yield "value", not value, f"{value} to {not value}"
        case ast.Constant(value=int() as value):
            yield "value", value + 1, f"{value} to {value + 1}"
        case ast.Constant(value=str() as value):
            yield "value", f"XX{value}XX", f"another text for {value[:30]!r}"
        case ast.comprehension(ifs=ifs) if ifs:
            yield "ifs", [], "filter dropped"
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if not isinstance(
            test, ast.Compare | ast.BoolOp | ast.UnaryOp
        ):
            yield "test", ast.UnaryOp(ast.Not(), test), "test turned round"
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield "value", ast.Constant(None), "None returned"
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) if not _is_none(value):
            yield "value", ast.Constant(None), "None assigned"
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom() as value):
            # It still stands there, so that the function takes the same from around it.
            what = "call dropped" if isinstance(value, ast.Call) else "yield dropped"
            yield "value", ast.IfExp(ast.Constant(False), value, ast.Constant(None)), what
        case ast.Raise(exc=ast.expr()):
            yield "exc", ast.Call(ast.Name("RuntimeError", ast.Load()), [], []), "another error raised"


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


class _Nothing(ast.UAdd):
    """Marks a `not` to be dropped."""


class _WithoutNots(ast.NodeTransformer):
    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return node.operand if isinstance(node.op, _Nothing) else node


# ---- whether it is noticed


class Trial:
    """The pytest plugin that tries mutants in place of running the tests."""

    def __init__(self, files: Sequence[str], seconds: float, to: Path, only: Container[Key] | None = None) -> None:
        self._files, self._seconds, self._to, self._only = files, seconds, to, only
        self._failed = False
        self._functions: dict[tuple[str, str, int], list[FunctionType]] = {}

    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings  # pytest has to be the first to import it

        once = {"deadline": None, "derandomize": True, "database": None}
        settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), **once)  # type: ignore[arg-type]  # of several types
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own."""
        items = session.items
        for file in self._files:
            importlib.import_module(file.removesuffix(".py").replace("/", "."))
        for one in gc.get_objects():
            if isinstance(one, FunctionType):
                code = one.__code__
                self._functions.setdefault((code.co_filename, code.co_qualname, code.co_firstlineno), []).append(one)
        gc.collect()
        gc.freeze()  # forks share what is never looked through
        reached = self._reached(items)
        noticed: dict[Function, list[int]] = {}
        with self._to.open("w", encoding="utf-8") as out:
            for mutant in (one for file in self._files for one in mutants_of(file)):
                if self._only is not None and mutant.key not in self._only:
                    continue
                first = noticed.setdefault(mutant.function, [])
                chosen = self._chosen(reached, (mutant.function.file, mutant.statement), first)
                end, by = self._try(mutant, [items[index] for index in chosen])
                if by is not None:
                    first[:] = [chosen[by], *(one for one in first if one != chosen[by])]
                noticed_by = None if by is None else items[chosen[by]].nodeid
                file, name, number, what = mutant.key
                line = {"file": file, "line": mutant.line, "function": name, "number": number, "what": what}
                out.write(json.dumps({**line, "words": mutant.words, "end": end, "by": noticed_by}) + "\n")
                out.flush()
        return True

    def _reached(self, items: Sequence[pytest.Item]) -> dict[int, tuple[float, frozenset[Statement]]]:
        """For each test that passes how long it takes, and which statements it reaches.

        In a fork as well: what the program remembers from one test would hide mutants from the next.
        """
        read, write = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                os.dup2(os.open(os.devnull, os.O_RDWR), 1)
                with os.fdopen(write, "w") as stream:
                    json.dump(self._seen(items), stream)
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read) as stream:
            found = json.load(stream)
        os.waitpid(pid, 0)
        return {int(at): (took, frozenset((file, line) for file, line in seen)) for at, (took, seen) in found.items()}

    def _seen(self, items: Sequence[pytest.Item]) -> dict[int, tuple[float, list[Statement]]]:
        for file in self._files:
            self._replace(file, noting(file))
        found = dict[int, tuple[float, list[Statement]]]()
        seen = set[Statement]()
        setattr(builtins, _SEEN, seen)
        for index, item in enumerate(items):
            seen.clear()
            self._failed, start = False, time.process_time()
            self._run(item, items[index + 1 : index + 2])
            if not self._failed:
                found[index] = (time.process_time() - start, sorted(seen))
        return found

    def _chosen(
        self, reached: dict[int, tuple[float, frozenset[Statement]]], statement: Statement, first: Sequence[int]
    ) -> list[int]:
        chosen = [index for index in first[:5] if statement in reached[index][1]]
        spent = 0.0
        for index in sorted(reached, key=lambda one: reached[one][0]):
            took, seen = reached[index]
            if statement in seen and index not in chosen and (not chosen or spent + took <= self._seconds):
                chosen.append(index)
                spent += took
        return chosen

    def _try(self, mutant: Mutant, tests: Sequence[pytest.Item]) -> tuple[str, int | None]:
        """What became of a mutant, and which of the tests noticed it."""
        if not tests:
            return "not called", None
        read, write = os.pipe()
        pid = os.fork()
        if not pid:
            self._in_fork(mutant, tests, write)
        os.close(write)
        with os.fdopen(read) as stream:
            said = stream.read()
        _, status = os.waitpid(pid, 0)
        with suppress(ProcessLookupError):
            os.killpg(pid, 9)  # whatever the tests have left running
        if os.WIFSIGNALED(status):
            return "out of time", None
        return {0: "survived", 1: "killed"}.get(os.waitstatus_to_exitcode(status), "broke"), int(said) if said else None

    def _in_fork(self, mutant: Mutant, tests: Sequence[pytest.Item], write: int) -> None:
        try:
            os.setpgid(0, 0)
            os.dup2(os.open(os.devnull, os.O_RDWR), 1)
            limit = int(3 + 2 * self._seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            signal.alarm(60 * limit)  # for what waits for nothing; a busy machine is no reason
            name, line = mutant.function[1:]
            self._replace(mutant.function.file, {(name, line): mutant.code, **_codes(mutant.code)})
            for index, item in enumerate(tests):
                self._failed = False
                self._run(item, tests[index + 1 : index + 2])
                if self._failed:
                    os.write(write, str(index).encode())
                    os._exit(1)
            os._exit(0)
        finally:
            os._exit(3)

    def _run(self, item: pytest.Item, after: Sequence[pytest.Item]) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after[0] if after else None)

    def _replace(self, file: str, codes: Mapping[tuple[str, int], CodeType]) -> None:
        """Give functions other code; also those that a function made when it was called, as far as they fit."""
        for (name, line), code in codes.items():
            for one in self._functions.get((str(_ROOT / file), name, line), ()):
                with suppress(ValueError) if "<locals>" in name else nullcontext():  # it no longer takes the same
                    one.__code__ = code


def main() -> None:
    """Try the mutants of the modules named."""
    parser = argparse.ArgumentParser(description="Change functions one place at a time; see whether a test notices.")
    parser.add_argument("modules", nargs="+", metavar="MODULE", help="such as engine/rulebook/solver.py")
    parser.add_argument("--tests", nargs="+", metavar="PATH", default=["tests"], help="the tests that are to notice")
    parser.add_argument("--seconds", type=float, default=4, help="of tests, at most, for each mutant")
    parser.add_argument("--to", type=Path, default=Path("mutants.jsonl"), help="what became of each, as lines of JSON")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only those that such a file says no test noticed")
    given = parser.parse_args()
    os.chdir(_ROOT)
    only = None if given.again is None else {_key(one) for one in _lines(given.again) if one["end"] != "killed"}
    plain = ["-n0", "-p", "no:cacheprovider", "-qq", "--no-summary"]
    pytest.main([*plain, *given.tests], plugins=[Trial(given.modules, given.seconds, given.to, only)])
    _report(_lines(given.to))


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _key(line: dict[str, Any]) -> Key:
    return line["file"], line["function"], line["number"], line["what"]


def _report(lines: Sequence[dict[str, Any]]) -> None:
    """The mutants that no test noticed, and a module's ends in a row."""
    for one in lines:
        if one["end"] != "killed":
            words = " (words)" if one["words"] else ""
            sys.stdout.write(f"{one['file']}:{one['line']}: {one['function']}: {one['what']}: {one['end']}{words}\n")
    for file in dict.fromkeys(one["file"] for one in lines):
        ends = Counter(one["end"] + " (words)" * one["words"] for one in lines if one["file"] == file)
        sys.stdout.write(f"{file}: {', '.join(f'{count} {end}' for end, count in sorted(ends.items()))}\n")


if __name__ == "__main__":
    main()
