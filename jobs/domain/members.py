"""Members of an enumeration, looked up as fast as any attribute."""

from enum import Enum
from typing import TypeVar

E = TypeVar("E", bound=Enum)


def with_plain_members(enum: type[E]) -> type[E]:
    """Return the enumeration with its members as plain attributes of the class.

    Before Python 3.12 ``Kind.CLASS`` goes through a property written in Python: 0.2 µs
    instead of 0.03 µs (measured with 3.11.7), and detection asks a thousand times an item.
    """
    for name, member in enum.__members__.items():
        type.__setattr__(enum, name, member)  # the enumeration's own refuses any change
    return enum
