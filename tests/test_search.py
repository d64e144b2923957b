"""Events found by words: ours, their sources', any name of a country or an official."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from jobs.domain.events import EventId, EventType, Evidence, MentionId
from jobs.domain.items import ItemId
from jobs.domain.search import STEM, actor_word, asked_words, number_of, person_word, words_of
from jobs.indexing import MOST_SOURCES, words_of_event
from jobs.reference.cases import Official
from jobs.store import search
from jobs.store.engine import Store
from jobs.store.schema import fact, search_word
from tests.samples import NOON, OUTLET, a_mention, an_event
from tests.small_world import SMALL_WORLD, TALIBAN
from tests.watching_world import World


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Moscow has recognised the Taliban", "RECOGNITION"),
        ("Officials met in Tashkent for meetings", "meeting"),
        ("Признание талибов", "признала"),
        ("España recibe", "espana"),
        ("كابل", "کابل"),
        ("می\u200cشناسد", "میشناسد"),
        ("俄罗斯承认塔利班政府", "塔利班"),
        ("俄罗斯承认塔利班政府", "俄"),
        ("tass.com", "TASS"),
    ],
)
def test_a_question_meets_the_text_it_means(stored: str, asked: str) -> None:
    assert asked_words(asked)
    assert set(asked_words(asked)) <= set(words_of(stored))


@pytest.mark.parametrize("asked", ["", "the of in", "!!! — …", "_"])
def test_what_has_no_words_asks_for_nothing(asked: str) -> None:
    assert words_of(asked) == []


def test_characters_that_do_not_stand_together_are_not_found() -> None:
    assert not set(words_of("罗塔")) <= set(words_of("俄罗斯承认塔利班政府"))


@given(st.text())
def test_any_text_gives_short_words_and_small_numbers(text: str) -> None:
    words = words_of(text)
    assert len(set(words)) == len(words)
    assert all(0 < len(word) <= STEM and 0 <= number_of(word) < 2**48 for word in words)


def _evidence(title: str, count: int = 1) -> tuple[Evidence, ...]:
    one = Evidence(
        MentionId(1),
        ItemId(1),
        a_mention(clause=title),
        OUTLET,
        "https://a.example",
        title,
        NOON,
        NOON,
    )
    return (one,) * count


def test_an_event_is_found_by_country_person_and_sentence() -> None:
    baradar = Official("Abdul Ghani Baradar", ("Mullah Baradar", "Барадар"), "deputy")
    case = replace(TALIBAN, officials=(baradar,))
    world = replace(SMALL_WORLD, cases={"taliban": case})
    evidence = _evidence("Ташкент принял: Барадар прибыл")
    event = an_event(actor="UZ", type=EventType.MEETING, evidence=evidence)
    words = words_of_event(event, evidence[0], world)
    assert {actor_word("UZ"), person_word("taliban", "Abdul Ghani Baradar")} <= words
    assert set(words_of("Uzbekistan met Taliban meeting done Ташкент ariananews")) <= words


def test_the_hundredth_reprint_adds_no_words() -> None:
    evidence = _evidence("Extraordinary headline", MOST_SOURCES + 1)
    words = words_of_event(an_event(evidence=evidence), evidence[-1], SMALL_WORLD)
    assert not set(words_of("extraordinary")) & words


async def _index(store: Store, texts: dict[int, str]) -> None:
    async with store.write() as conn:
        for event_id, text in texts.items():
            await search.add_words(conn, EventId(event_id), words_of(text))
            await search.add_words(conn, EventId(event_id), words_of(text))


async def _find(store: Store, asked: str, **page: int) -> search.Hits:
    numbers = [number_of(word) for word in asked_words(asked)]
    async with store.read() as conn:
        return await search.find(conn, numbers, **{"limit": 2, **page})


async def test_the_newest_events_with_all_words_are_found_page_by_page(store: Store) -> None:
    texts = {n: f"Russia {'meets' if n % 2 else 'signs'}" for n in range(1, 8)}
    await _index(store, texts)
    first = await _find(store, "russia meets")
    assert first == search.Hits((EventId(7), EventId(5)), 5)
    rest = await _find(store, "russia meets", before=5)
    assert rest == search.Hits((EventId(3), EventId(1)), None)
    assert await _find(store, "russia uzbekistan") == search.Hits((), None)
    assert await _find(store, "signs meets") == search.Hits((), None)


async def test_a_search_looks_so_far_and_says_where_to_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FIRST_LOOK", 2)
    monkeypatch.setattr(search, "LOOK_THROUGH", 3)
    await _index(store, {n: "often seldom" if n == 1 else "often" for n in range(1, 7)})
    await _index(store, dict.fromkeys(range(7, 14), "seldom"))
    first = await _find(store, "seldom often")
    assert not first.event_ids
    assert first.next_before is not None
    found = await _find(store, "seldom often", before=first.next_before)
    assert found.event_ids == (EventId(1),)


async def test_what_is_heard_is_found_and_an_older_ledger_is_indexed_at_the_start(
    store: Store,
) -> None:
    world = World(store)
    said = a_mention(actor="UY", attributions=(), clause="")
    [entry] = await world.hear("one.example", said)
    asked = [actor_word("UY"), *asked_words("recognised Taliban")]
    numbers = [number_of(word) for word in asked]

    async def found() -> int:
        async with store.read() as conn:
            return len((await search.find(conn, numbers, limit=2)).event_ids)

    assert entry.tellings
    assert await found() == 1
    async with store.write() as conn:
        await conn.execute(delete(search_word))
        await conn.execute(delete(fact))
    assert await found() == 0
    await world.pipeline.start(NOON)
    assert await found() == 1
