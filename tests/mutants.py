"""Mutants: functions changed in one small place at a time, to see whether a test notices.

    make mutants MUTANTS=engine/rulebook/solver.py MUTANT_TESTS=tests/rulebook/test_what_can_never_be.py

The tests are collected once, and each is run once to see what it calls. Each mutant is then tried in a fork of that
process, in which the one function has the changed code, by the tests that call it: those that noticed its neighbours
first, then the quickest, up to so many seconds of them. What stands outside functions is not changed, nor is what only
another process runs. Survivors are printed; what became of each mutant is in a file, a line of JSON each.
"""

import argparse
import ast
import copy
import gc
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType, FunctionType
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
Change = tuple[str, Any, str]  # a field of a node, what becomes of it, and that in words


class Function(NamedTuple):
    file: str
    name: str  # "Solver.can_be"
    line: int  # its first, decorators included


class Mutant(NamedTuple):
    function: Function
    number: int  # among the function's
    line: int
    what: str


# ---- what is changed


def mutants_of(file: str) -> Iterator[Mutant]:
    """All mutants of a module."""
    for function, node in _functions(file, _parsed(file)):
        for number, (line, what) in enumerate(_changes(node)):
            yield Mutant(function, number, line, what)


def mutated(mutant: Mutant) -> CodeType:
    """The code of a mutant's function."""
    tree = _parsed(mutant.function.file)
    node = dict(_functions(mutant.function.file, tree))[mutant.function]
    for number, _ in enumerate(_changes(node)):
        if number == mutant.number:
            whole = ast.fix_missing_locations(_WithoutNots().visit(copy.deepcopy(tree)))
            return _code_in(compile(whole, str(_ROOT / mutant.function.file), "exec"), mutant.function)
    raise LookupError(mutant)


def _parsed(file: str) -> ast.Module:
    """A module without the docstrings of its functions."""
    tree = ast.parse((_ROOT / file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _functions(file: str, tree: ast.Module) -> Iterator[tuple[Function, ast.FunctionDef]]:
    """Functions of a module and methods of its classes; what they define inside is part of them."""
    waiting: list[tuple[str, Sequence[ast.stmt]]] = [("", tree.body)]
    while waiting:
        prefix, body = waiting.pop(0)
        for node in body:
            if isinstance(node, ast.ClassDef):
                waiting.append((f"{prefix}{node.name}.", node.body))
            elif isinstance(node, ast.FunctionDef):
                line = min(node.lineno, *(one.lineno for one in node.decorator_list), node.lineno)
                yield Function(file, prefix + node.name, line), node


def _changes(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """Makes one change after another to a function's tree, each undone before the next: its line, and what it is."""
    outside = [*function.decorator_list, *function.args.defaults, *filter(None, function.args.kw_defaults)]
    for node in ast.walk(function):
        outside += filter(None, (getattr(node, "annotation", None), getattr(node, "returns", None)))
    left_alone = {id(below) for node in outside for below in ast.walk(node)}
    for node in [node for node in ast.walk(function) if id(node) not in left_alone]:
        for field, become, what in _changes_of(node):
            was = getattr(node, field)
            setattr(node, field, become)
            yield getattr(node, "lineno", function.lineno), what
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
        case ast.Expr(value=ast.Call()):
            yield "value", ast.Constant(None), "call dropped"
        case ast.Expr(value=ast.Yield() | ast.YieldFrom() as value):
            yield "value", ast.IfExp(ast.Constant(False), value, ast.Constant(None)), "yield dropped"
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


def _code_in(code: CodeType, function: Function) -> CodeType:
    waiting = [code]
    while waiting:
        one = waiting.pop()
        if (one.co_qualname, one.co_firstlineno) == function[1:]:
            return one
        waiting += [inner for inner in one.co_consts if isinstance(inner, CodeType)]
    raise LookupError(function)


# ---- whether it is noticed


class Trial:
    """The pytest plugin that tries mutants in place of running the tests."""

    def __init__(self, files: Sequence[str], seconds: float, to: Path) -> None:
        self._files, self._seconds, self._to = files, seconds, to
        self._failed = False
        self._outer = {file: [function for function, _ in _functions(file, _parsed(file))] for file in files}

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
        calls = self._calls(items)
        noticed: dict[Function, list[int]] = {}
        with self._to.open("w", encoding="utf-8") as out:
            for mutant in (one for file in self._files for one in mutants_of(file)):
                first = noticed.setdefault(mutant.function, [])
                chosen = self._chosen(calls, mutant.function, first)
                end, by = self._try(mutant, [items[index] for index in chosen])
                if by is not None:
                    first[:] = [chosen[by], *(one for one in first if one != chosen[by])]
                where = {"file": mutant.function.file, "line": mutant.line, "function": mutant.function.name}
                noticed_by = None if by is None else items[chosen[by]].nodeid
                out.write(json.dumps({**where, "what": mutant.what, "end": end, "by": noticed_by}) + "\n")
                out.flush()
        return True

    def _calls(self, items: Sequence[pytest.Item]) -> dict[int, tuple[float, frozenset[Function]]]:
        """For each test that passes how long it takes, and which functions it calls.

        In a fork as well: what the program remembers from one test would hide mutants from the next.
        """
        read, write = os.pipe()
        pid = os.fork()
        if not pid:
            os.dup2(os.open(os.devnull, os.O_RDWR), 1)
            with os.fdopen(write, "w") as stream:
                json.dump(self._called(items), stream)
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as stream:
            found = json.load(stream)
        os.waitpid(pid, 0)
        return {int(at): (took, frozenset(Function(*one) for one in called)) for at, (took, called) in found.items()}

    def _called(self, items: Sequence[pytest.Item]) -> dict[int, tuple[float, list[Function]]]:
        folder, found = str(_ROOT / "engine"), dict[int, tuple[float, list[Function]]]()
        for index, item in enumerate(items):
            called: set[Function] = set()

            def note(frame: FrameType, event: str, _: object, called: set[Function] = called) -> None:
                if event == "call" and frame.f_code.co_filename.startswith(folder):
                    called.update(self._function(frame.f_code))

            self._failed, start = False, time.process_time()
            sys.setprofile(note)
            self._run(item, items[index + 1 : index + 2])
            sys.setprofile(None)
            if not self._failed:
                found[index] = (time.process_time() - start, sorted(called))
        return found

    def _function(self, code: CodeType) -> Iterator[Function]:
        """The function that a code is of, or inside."""
        file, name = str(Path(code.co_filename).relative_to(_ROOT)), code.co_qualname.partition(".<locals>")[0]
        before = [one for one in self._outer.get(file, ()) if one.name == name and one.line <= code.co_firstlineno]
        yield from before[-1:]

    def _chosen(
        self, calls: dict[int, tuple[float, frozenset[Function]]], function: Function, first: Sequence[int]
    ) -> list[int]:
        chosen, spent = list(first[:5]), 0.0
        for index in sorted(calls, key=lambda one: calls[one][0]):
            took, called = calls[index]
            if function in called and index not in chosen and spent + took <= self._seconds:
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
            limit = int(10 + 5 * self._seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 2))
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            self._replace(mutant)
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

    def _replace(self, mutant: Mutant) -> None:
        code, file = mutated(mutant), str(_ROOT / mutant.function.file)
        wanted = (file, *mutant.function[1:])
        found = [one for one in gc.get_objects() if isinstance(one, FunctionType) and _identity(one.__code__) == wanted]
        if not found:
            raise LookupError(mutant)
        for one in found:
            one.__code__ = code


def _identity(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def main() -> None:
    """Try the mutants of the modules named."""
    parser = argparse.ArgumentParser(description="Change functions one place at a time; see whether a test notices.")
    parser.add_argument("modules", nargs="+", metavar="MODULE", help="such as engine/rulebook/solver.py")
    parser.add_argument("--tests", nargs="+", metavar="PATH", default=["tests"], help="the tests that are to notice")
    parser.add_argument("--seconds", type=float, default=4, help="of tests, at most, for each mutant")
    parser.add_argument("--to", type=Path, default=Path("mutants.jsonl"), help="what became of each, as lines of JSON")
    given = parser.parse_args()
    os.chdir(_ROOT)
    plain = ["-n0", "-p", "no:cacheprovider", "-qq", "--no-summary"]
    pytest.main([*plain, *given.tests], plugins=[Trial(given.modules, given.seconds, given.to)])
    ends: Counter[str] = Counter()
    for one in map(json.loads, given.to.read_text(encoding="utf-8").splitlines()):
        ends[one["end"]] += 1
        if one["end"] != "killed":
            sys.stdout.write(f"{one['file']}:{one['line']}: {one['function']}: {one['what']}: {one['end']}\n")
    sys.stdout.write(", ".join(f"{count} {end}" for end, count in sorted(ends.items())) + "\n")


if __name__ == "__main__":
    main()
