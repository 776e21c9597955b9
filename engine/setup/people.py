"""The owners that a list names: each once, whatever the case, with one address."""

from dataclasses import dataclass, field

from engine.model.problems import Problem
from engine.returns.rows import LONGEST_NAME, Line
from engine.returns.words import fold
from engine.setup.listing import ListedPerson
from engine.setup.names import made_name
from engine.workspace.peoplechecks import is_address
from engine.workspace.spelling import quoted


@dataclass
class _Owner:
    id: str
    name: str
    email: str = ""
    emailed: str = ""  # where its address stands


@dataclass
class People:
    """Collects owners line by line."""

    notes: list[Problem]
    _owners: dict[str, _Owner] = field(default_factory=dict)  # by folded name
    _addresses: dict[str, _Owner] = field(default_factory=dict)  # by folded address: the first who has it

    def named(
        self, who: Line | None, owner: str, addressed: Line | None, email: str, otherwise: str | None = None
    ) -> str | None:
        """The id of whom one cell names, with the address that another gives; where nobody is named, of `otherwise`.

        None where that is nobody either: an address is then a problem, as is one that can't be used.
        """
        name = who.text(owner, LONGEST_NAME) if who is not None else ""
        if not name and otherwise is not None:
            name = next(one.name for one in self._owners.values() if one.id == otherwise)
        address = addressed.text(email, LONGEST_NAME).removeprefix("mailto:") if addressed is not None else ""
        if addressed is not None and address and not is_address(address):
            cure = "write one address alone, such as lead@council.example"
            addressed.problem(f"{quoted(address)} is not a plain address", cure, email)
            address = ""
        if who is None or not name:
            if addressed is not None and address:
                addressed.problem("there is an address, and nobody whose it is", "name the owner beside it", email)
            return None
        found = self._owners.get(fold(name))
        if found is None:
            found = _Owner(made_name(name, "owner", {one.id for one in self._owners.values()}), name)
            self._owners[fold(name)] = found
        if addressed is not None and address:
            self._address(found, address, addressed, email)
        return found.id

    def listed(self) -> list[ListedPerson]:
        return [ListedPerson(one.id, one.name, one.email) for one in self._owners.values()]

    def _address(self, owner: _Owner, address: str, line: Line, column: str) -> None:
        if owner.email and owner.email.casefold() != address.casefold():
            what = f"{quoted(owner.name)} has another address in {owner.emailed}"
            line.problem(what, "write one and the same, or tell the two owners apart by their names", column)
            return
        if not owner.email:
            owner.email, owner.emailed = address, line.place(column)
            other = self._addresses.setdefault(address.casefold(), owner)
            if other is not owner:
                what = f"{quoted(owner.name)} and {quoted(other.name)} have the same address"
                cure = "both are kept; if they are one, write the name alike"
                self.notes.append(Problem(file=line.file, where=line.place(column), what=what, cure=cure))
