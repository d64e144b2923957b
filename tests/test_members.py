"""Enumerations whose members are plain attributes are enumerations all the same."""

from enum import StrEnum

from jobs.domain.members import with_plain_members


@with_plain_members
class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def test_members_are_found_by_name_by_value_and_in_order() -> None:
    assert [*Colour] == [Colour.RED, Colour.BLUE]
    assert Colour("red") is Colour.RED is Colour["RED"]


def test_a_member_is_in_the_class_itself() -> None:
    assert vars(Colour)["RED"] is Colour.RED
