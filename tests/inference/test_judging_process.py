"""When the child process fails, the run ends with the rule and the subject named, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.inference.asking import ask as packed
from engine.inference.errors import JudgementError
from engine.inference.process import DurableProcess, available
from engine.inference.questions import Question, Standing
from engine.inference.worker import GoneError, Worker
from tests.inference.sheets import ask, compare, rule, sheet

ROOT = Path(__file__).parents[2]
FAILING = Path(__file__).with_name("failing_child.py")
pytestmark = pytest.mark.skipif(not available(), reason="durable-rules is not installed")

a, b, c = (rule(compare(name, "<", 100), f"rule_{name}") for name in "abc")
SUBJECTS = {
    "first": sheet({"a": 1, "b": 2, "c": 3}),
    "second": sheet({"a": 1, "b": 13, "c": 3}),
    "third": sheet({"a": 1, "b": 2, "c": 3}),
}
QUESTIONS = [ask(one, scope, subject, "cost") for subject, scope in SUBJECTS.items() for one in (a, b, c)]
UNLUCKY = 13_000_000  # a rank that nobody has, at which the child fails


def on_track(subject: str, worst: int | None = None) -> Standing:
    return Standing(subject, False, None, worst, True, False, 0, True, False, 1)


def failing(how: str, time_limit: float = 20.0) -> DurableProcess:
    return DurableProcess(time_limit, (sys.executable, "-X", "faulthandler", str(FAILING), how))


def judged_by(how: str, questions: Sequence[Question] = QUESTIONS, time_limit: float = 20.0) -> JudgementError:
    """The error that a failing child ends in; and it is gone afterwards."""
    with failing(how, time_limit) as process:
        pid = process.pid
        with pytest.raises(JudgementError) as caught:
            process.judge(questions)
        assert gone(pid)
    return caught.value


def gone(pid: int) -> bool:
    """Whether there is no such process any more, nor a zombie of it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_crash_names_the_rule_and_the_subject() -> None:
    error = judged_by("crash")
    assert (error.rule, error.subject, error.measure) == ("rule_b", "second", "cost")
    assert str(error) == (
        "The rule rule_b on second, measure cost could not be judged: "
        "the judging process was ended by SIGSEGV; nothing is published."
    )
    assert "Segmentation fault" in error.details


def test_an_exception_in_the_child_names_the_rule_and_the_subject() -> None:
    error = judged_by("raise")
    assert (error.rule, error.subject) == ("rule_b", "second")
    assert "the judging process ended with RuntimeError: that was 13;" in str(error)
    assert "Traceback" in error.details


def test_a_hang_ends_at_the_time_limit_and_names_the_rule_and_the_subject() -> None:
    error = judged_by("hang", time_limit=1.0)
    assert (error.rule, error.subject) == ("rule_b", "second")
    assert "gave no answer within 1 seconds;" in str(error)


def test_a_crash_that_does_not_come_again_names_all_the_rules_it_was_at(tmp_path: Path) -> None:
    error = judged_by(str(tmp_path / "crashed"))
    assert (error.rules, error.rule, error.subject) == (("rule_a", "rule_b", "rule_c"), None, "second")
    assert str(error).startswith("One of the rules rule_a, rule_b, rule_c on second, measure cost could not be")


def test_a_crash_over_one_rule_needs_no_second_try(tmp_path: Path) -> None:
    error = judged_by(str(tmp_path / "crashed"), [QUESTIONS[4]])
    assert (error.rule, error.subject) == ("rule_b", "second")


def test_a_crash_while_rules_are_taken_in_names_a_rule() -> None:
    error = judged_by("ruleset")
    assert (error.rule, error.subject) == ("rule_a", None)
    assert str(error).startswith("The rule rule_a could not be judged: the judging process was ended by SIGABRT")


def test_a_crash_in_the_second_pass_names_the_subject() -> None:
    with failing("crash") as process, pytest.raises(JudgementError) as caught:
        process.settle([on_track("x"), on_track("y", worst=UNLUCKY)])
    assert (caught.value.rule, caught.value.subject) == (None, "y")
    assert str(caught.value).startswith("The status of y could not be judged: ")


def test_a_child_that_was_killed_between_two_batches_is_found_out() -> None:
    with DurableProcess() as process:
        process.judge(QUESTIONS)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(
            JudgementError, match=r"^Nothing could be judged: the judging process was ended by SIGKILL;"
        ):
            process.judge(QUESTIONS)


def test_a_child_that_was_stopped_is_killed_all_the_same() -> None:
    with DurableProcess() as process:
        pid = process.pid
        process.ready()
        os.kill(pid, signal.SIGSTOP)
    assert gone(pid)


def test_a_child_ends_when_its_parent_does() -> None:
    script = (
        "from engine.inference.process import DurableProcess\n"
        "import os\n"
        "process = DurableProcess()\n"
        "process.ready()\n"
        "print(process.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    pid = int(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT).stdout)
    for _ in range(200):
        if gone_or_zombie(pid):
            break
        time.sleep(0.05)
    assert gone_or_zombie(pid)


def gone_or_zombie(pid: int) -> bool:
    """An orphan's zombie is for the system to bury, which takes its time."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_child_that_hangs_ends_by_itself_where_nobody_is_left_to_end_it() -> None:
    worker = Worker(0.5, (sys.executable, str(FAILING), "loop"))
    worker.receive()
    worker.send([chunk.wire() for chunk in packed(QUESTIONS).chunks])
    said: list[str] = []
    while len(said) < 20 and "the judging process was ended by SIGALRM" not in said:
        with pytest.raises(GoneError) as caught:
            worker.receive()
        said.append(str(caught.value))
    worker.end()
    assert said[0] == "the judging process gave no answer within 0.5 seconds"
    assert said[-1] == "the judging process was ended by SIGALRM"


def test_where_the_engine_cannot_be_loaded_the_child_says_so() -> None:
    with failing("unloadable") as process:
        assert process.ready() is False
        with pytest.raises(JudgementError, match=r"durable-rules can't be loaded \(.*durable"):
            process.judge(QUESTIONS)


def test_a_child_that_says_nothing_at_all_is_not_waited_for() -> None:
    with (
        DurableProcess(0.2, (sys.executable, "-c", "import time; time.sleep(60)")) as process,
        pytest.raises(JudgementError, match=r"gave no answer within 0\.2 seconds"),
    ):
        process.ready()


def test_what_is_printed_in_the_child_does_not_get_between_the_answers() -> None:
    with failing("print") as process:
        assert process.judge(QUESTIONS) == ["fires"] * len(QUESTIONS)


def test_a_workspace_cannot_put_its_own_modules_into_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json.py", "durable.py", "engine.py"):
        (tmp_path / name).write_text("raise SystemExit(1)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with DurableProcess() as process:
        assert process.ready()


def test_the_child_loads_nothing_heavy() -> None:
    script = "import sys, engine.inference.child, engine.inference.durable; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == b"False"


def test_an_engine_that_contradicts_itself_is_not_believed() -> None:
    with failing("rave") as process, pytest.raises(JudgementError) as caught:
        process.judge(QUESTIONS)
    assert (caught.value.rule, caught.value.subject) == ("rule_a", "second")
    assert "a condition and its negation both hold" in str(caught.value)


def test_a_status_given_twice_is_not_believed() -> None:
    with failing("rave") as process, pytest.raises(JudgementError, match="the engine says both") as caught:
        process.settle([on_track("x"), on_track("y", worst=UNLUCKY)])
    assert caught.value.subject == "y"
