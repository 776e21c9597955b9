"""Every way a command can fail, as one sentence and an exit code.

Exception
+-- engine.office.UsageError                  2: an unknown portfolio, period or subject
+-- engine.office.FaultsError                 1: config/ or rules/ can't be used; carries every fault
+-- engine.store.errors.StoreError            4: the database is busy; 3: it can't be used
|   +-- NoBackupError                         2: the file to restore from is no backup
+-- engine.inference.errors.InferenceError    3: the engine of record crashed or hung, or the two evaluators differ
+-- OSError                                   3: a file can't be read or written
+-- anything else                             3: a fault of ours
"""

import json

from engine.cli import BUSY, FAILED, NO, USAGE


def faults_as_json(error: Exception) -> str:
    """The faults that made config/ or rules/ unusable, as `check` gives them; "" for any other failure."""
    from engine.office import FaultsError

    if not isinstance(error, FaultsError):
        return ""
    faults = [fault.model_dump(mode="json") for fault in error.faults]
    return json.dumps({"schema": 1, "ok": False, "faults": faults}, indent=2, ensure_ascii=False)


def sentence_and_code(error: Exception) -> tuple[str, int]:
    """What to tell the person, and the exit code."""
    from engine.inference.errors import InferenceError
    from engine.office import FaultsError, UsageError
    from engine.store.errors import NoBackupError, StoreError

    if isinstance(error, UsageError | NoBackupError):
        return str(error), USAGE
    if isinstance(error, FaultsError):
        return str(error), NO
    if isinstance(error, StoreError):
        return str(error), BUSY if error.busy else FAILED
    if isinstance(error, InferenceError):
        return str(error), FAILED
    if isinstance(error, OSError):
        what = error.filename or "what is printed can't be written"
        return f"{error.strerror or error}: {what}", FAILED
    fault = f"{type(error).__name__}: {error}".splitlines()[0]
    return f"a fault of the program ({fault}); set TELLTALE_TRACEBACK=1 to see where, and report it.", FAILED
