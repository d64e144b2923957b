"""Following a source that its host moved for good.

A redirect may also be a captive portal, a parked domain or a hijack: so it is believed
only after several readings that each brought a feed, and only within the same site.
Elsewhere a person decides.
"""

from jobs.domain.health import MOST_MOVES, STAYS, Move
from jobs.reference.sources import host_of


def seen(known: Move, moved_to: str | None) -> Move:
    """Return what is known of a move after one more reading."""
    if moved_to is None:
        return STAYS
    return Move(moved_to, known.times + 1 if known.to == moved_to else 1)


def is_to_follow(move: Move, address: str) -> bool:
    """Tell whether a source is to be read at the new address from now on."""
    return move.to is not None and move.times >= MOST_MOVES and is_same_site(move.to, address)


def is_same_site(one: str, other: str) -> bool:
    """Tell whether two addresses are of one site: the same host, or one above the other."""
    hosts = sorted((host_of(one), host_of(other)), key=len)
    return hosts[1] == hosts[0] or hosts[1].endswith(f".{hosts[0]}")
