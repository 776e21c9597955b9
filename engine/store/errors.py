"""What goes wrong with a database, as one sentence for a person."""


class StoreError(Exception):
    """The database can't be used, or could not do this, and then nothing of it was kept.

    `sentence` says what and what to do; `busy` that trying again helps.
    """

    def __init__(self, sentence: str, *, busy: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.busy = busy


class NoBackupError(StoreError):
    """The file that was to be restored is none of Telltale's backups, or damaged: the user's slip, not a failure."""
