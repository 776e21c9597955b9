"""What an audience sees of a scheme."""

from dataclasses import dataclass

from engine.model.workspace import Scheme


@dataclass(frozen=True)
class Threshold:
    """A scheme's exceptions, or a status and all that are worse; with `also` what another audience sees besides.

    A status that another portfolio's scheme has and this one lacks means this scheme's exceptions.
    """

    scheme: Scheme
    at: str
    also: str | None = None

    def sees(self, status: str | None) -> bool:
        """Whether a status is at the threshold; never so outside the scheme's order, or where there is none."""
        return self._at(self.at, status) or (self.also is not None and self._at(self.also, status))

    def saw(self, previous: str | None) -> bool:
        """Whether what was remediated had been at the threshold; `previous` is what was published of it.

        By today's rules and figures it was an exception, whatever was published: who sees exceptions sees it.
        """
        return self.scheme.rank(self.at) is None or self.sees(previous)

    def _at(self, at: str, status: str | None) -> bool:
        rank = self.scheme.rank(status)
        if rank is None:
            return False
        worst_hidden = self.scheme.rank(at)
        return rank >= worst_hidden if worst_hidden is not None else self.scheme.is_exception(status)
