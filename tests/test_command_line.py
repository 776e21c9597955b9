"""Words of the command line that it does not take: told with the usage of the command they were given to."""

import pytest

from engine.cli import main


@pytest.mark.parametrize(
    ("arguments", "usage", "said"),
    [
        (
            ("run", "office", "--perod", "2025-04"),
            "telltale run",
            "telltale run: error: there is no '--perod' here; did you mean `--period`?",
        ),
        (
            ("decide", "list", "office", "more"),
            "telltale decide list",
            "telltale decide list: error: there is no 'more' here; telltale decide list --help lists what it takes",
        ),
        (
            ("decide", "end", "abc", "--by", "PMO", "--why", "over"),
            "telltale decide end",
            "argument NUMBER: 'abc' is no number; write one that telltale decide list shows",
        ),
        (("--formt", "status"), "telltale", "telltale: error: there is no '--formt' here; did you mean `--format`?"),
        (("stat",), "telltale", "argument COMMAND: there is no 'stat'; did you mean `status`?"),
        (("status", "--format", "xml"), "telltale status", "there is no 'xml'; write `text` or `json`"),
    ],
)
def test_what_a_command_does_not_take_is_told_by_that_command(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], usage: str, said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith(f"usage: {usage} [-h]")
    assert told.rstrip().endswith(said)
