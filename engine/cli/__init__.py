"""The command `telltale`: words in, sentences or JSON out.

Nothing heavy is imported here: `--help` answers at once, and each command imports what it uses.

Exit codes: 0 done; 1 the answer is no; 2 used wrongly; 3 the program failed; 4 busy, try again.
"""

import os
import sys
from collections.abc import Sequence

from engine.cli.parser import build_parser

DONE, NO, USAGE, FAILED, BUSY = 0, 1, 2, 3, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = build_parser().parse_args(arguments)
    try:
        from engine.cli import commands

        return commands.perform(options)
    except BrokenPipeError:  # whoever read our output has gone (`telltale status | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("telltale: stopped.", file=sys.stderr)
        return FAILED
    except Exception as error:
        from engine.cli.failures import sentence_and_code

        sentence, code = sentence_and_code(error)
        print(f"telltale: {sentence}", file=sys.stderr)
        if os.environ.get("TELLTALE_TRACEBACK"):
            raise
        return code


if __name__ == "__main__":
    sys.exit(main())
