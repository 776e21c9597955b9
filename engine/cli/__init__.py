"""The command `telltale`: words in, sentences or JSON out.

Nothing heavy is imported here: `--help` answers at once, and each command imports what it uses.

Exit codes: 0 done; 1 the answer is no; 2 used wrongly; 3 the program failed; 4 busy, try again.
"""

import gc
import io
import os
import sys
from collections.abc import Sequence

from engine.cli.parser import build_parser

DONE, NO, USAGE, FAILED, BUSY = 0, 1, 2, 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. Without arguments, those of the process: it ends with the command."""
    if arguments is None:
        gc.disable()  # looking for cycles again and again costs a tenth of a run, and the process is over in seconds
    options = build_parser().parse_args(arguments)
    try:
        from engine.cli import commands

        _print_whatever_is_said(options.format)
        return commands.perform(options)
    except BrokenPipeError:  # whoever read our output has gone (`telltale status | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("telltale: stopped.", file=sys.stderr)
        return FAILED
    except Exception as error:
        from engine.cli.failures import faults_as_json, sentence_and_code

        sentence, code = sentence_and_code(error)
        if options.format == "json" and (faults := faults_as_json(error)):
            print(faults)
        print(f"telltale: {sentence}", file=sys.stderr)
        if os.environ.get("TELLTALE_TRACEBACK"):
            raise
        return code


def _print_whatever_is_said(answer: str) -> None:
    """JSON goes out as UTF-8; a person's terminal gets what it can show, and a mark for what it can't."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if answer == "json":
            sys.stdout.reconfigure(encoding="utf-8")
        else:
            sys.stdout.reconfigure(errors="replace")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
