"""Syndication sets: however often one voice is repeated, it stays one voice."""

import pytest

from tests.headlines import Room

STORIES = (
    "Russia recognises the Taliban government",
    "Kazakhstan removes the Taliban from its list of banned organisations",
    "Uzbekistan's foreign minister meets Taliban deputy prime minister Baradar in Tashkent",
    "China accepts credentials of the Taliban ambassador at a ceremony in Beijing",
    "Pakistan will recognise the Taliban government, officials in Islamabad announce",
)
HOSTS = tuple(f"copy{number}.example" for number in range(8))


def _same(story: str) -> list[tuple[str, str]]:
    return [(host, story) for host in HOSTS]


def _tagged(story: str) -> list[tuple[str, str]]:
    return [(host, f"{story}, TASS reports") for host in HOSTS]


def _according(story: str) -> list[tuple[str, str]]:
    return [(host, f"According to Xinhua, {story}") for host in HOSTS]


def _bylined(story: str) -> list[tuple[str, str]]:
    return [(host, f"{story} (AFP)") for host in HOSTS]


def _wire_and_copies(story: str) -> list[tuple[str, str]]:
    return [("tass.com", story), *((host, f"{story} - TASS") for host in HOSTS)]


def _wire_under_another_name(story: str) -> list[tuple[str, str]]:
    return [("ria.ru", story), *((host, f"RIA Novosti: {story}") for host in HOSTS)]


def _one_owner(story: str) -> list[tuple[str, str]]:
    return [("bbc.com", story), ("bbc.co.uk", f"Kabul: {story}"), ("www.bbc.com", f"{story}: why")]


def _edited(story: str) -> list[tuple[str, str]]:
    return [(host, f"{story} | {host.removesuffix('.example')}") for host in HOSTS]


def _refiled(story: str) -> list[tuple[str, str]]:
    heads = ("", "UPDATE 1-", "RPT-", "REFILE-", "UPDATE 2-", "CORRECTED-")
    return [("reuters.com", f"{head}{story}") for head in heads]


STYLES = (
    *(_same, _tagged, _according, _bylined, _wire_and_copies),
    *(_wire_under_another_name, _one_owner, _edited, _refiled),
)


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__.strip("_"))
def test_an_echo_corroborates_nothing(style: object, room: Room) -> None:
    assert callable(style)
    for story in STORIES:
        copies = style(story)
        lines = "\n".join(
            f"2025-07-03 12:{minute:02} | {host} | {words}"
            for minute, (host, words) in enumerate(copies)
        )
        told = room.told(lines)
        assert told, story
        assert not [line for line in told if "corroborated" in line or "confirmed" in line]


def test_there_are_thirty_sets_and_more() -> None:
    assert len(STYLES) * len(STORIES) >= 30
