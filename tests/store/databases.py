"""Which database a test's store is in: a SQLite file in its folder, or one of the PostgreSQL server's."""

from pathlib import Path

from tests.store.server import Server


class Databases:
    """The database of each folder, of the kind that a test is run with."""

    def __init__(self, server: Server | None = None, known: dict[Path, str] | None = None) -> None:
        self.server = server
        self.known = known or {}

    def address(self, folder: Path) -> str:
        """The address of a folder's database, always the same; nothing is in it at first."""
        if folder not in self.known:
            self.known[folder] = self.server.new_schema() if self.server else "sqlite:///var/telltale.db"
        return self.known[folder]


current = Databases()  # set by the fixture `each_database`


def address(folder: Path) -> str:
    """The address of a folder's database in the test that is running."""
    return current.address(folder)
