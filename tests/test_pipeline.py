import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import func, select

from jobs.detection import Detector
from jobs.domain.alerts import AlertId, AlertKind, Filter, Level, Notice, Reason
from jobs.domain.events import DateBasis, EventStatus, EventType, Grade, Mention
from jobs.domain.items import SourceId
from jobs.domain.orders import OrderKind
from jobs.errors import StoreError
from jobs.store import alerts, events, items, mentions, orders, sources, standings
from jobs.store.engine import Store
from jobs.store.schema import alert, event, item, mention, outbox, revision, standing_version
from jobs.store.schema import source as source_table
from tests.samples import NOON, a_mention, a_source, an_item
from tests.watching_world import CHAT, OTHER_CHAT, REFERENCE, PoisonError, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# An actor of which no baseline knows anything.
SAID = a_mention(actor="UY", attributions=(), clause="")


@pytest.fixture
async def world(store: Store) -> World:
    world = World(store)
    await world.subscribe(CHAT, OTHER_CHAT)
    return world


async def test_a_first_report_is_told_to_who_wants_it(world: World) -> None:
    await world.subscribe(OTHER_CHAT, wanted=Filter(types=frozenset({EventType.MISSION})))
    [entry] = await world.hear("one.example", SAID)
    assert entry.reason is Reason.FIRST
    [telling] = entry.tellings
    assert (telling.revision.kind, telling.revision.level) == (AlertKind.ALERT, Level.MAJOR)
    assert await world.deliveries() == [(1, 1, CHAT, "send")]
    async with world.store.read() as conn:
        stands = await standings.get(conn, "taliban", "UY")
        why = await alerts.why(conn, telling.revision.alert_id)
    assert stands is not None
    assert (stands.recognition, stands.recognised_on) == ("de_jure", date(2025, 7, 3))
    assert why is not None
    assert [account.reason for account in why.accounts] == [Reason.FIRST]


async def test_reprints_raise_the_grade_and_tell_nothing_twice(world: World) -> None:
    await world.hear("one.example", SAID)
    await world.hear("two.example", SAID, at=NOON + HOUR)
    await world.hear("three.example", SAID, at=NOON + 2 * HOUR)
    assert [(each.revision, each.reason) for each in await world.told()] == [
        (1, Reason.FIRST),
        (2, Reason.GRADE_RAISED),
    ]
    assert await world.deliveries() == [
        (1, 1, CHAT, "send"),
        (1, 1, OTHER_CHAT, "send"),
        (1, 2, CHAT, "edit"),
        (1, 2, OTHER_CHAT, "edit"),
    ]


async def test_a_denial_edits_and_replies(world: World) -> None:
    await world.hear("one.example", SAID)
    denial = replace(SAID, status=EventStatus.DENIED, attributions=("organ:UY",))
    await world.hear("two.example", denial, at=NOON + HOUR)
    assert (await world.told())[-1].reason is Reason.DISPUTED
    assert (1, 2, CHAT, "reply") in await world.deliveries()


@pytest.mark.parametrize(
    ("said", "published", "reason"),
    [
        (SAID, NOON - 30 * DAY, Reason.STALE),
        (replace(SAID, status=EventStatus.PAST), NOON, Reason.BACKGROUND),
        (replace(SAID, on=None), None, Reason.UNDATED),
        (replace(SAID, actor="RU", on=date(2025, 7, 3)), NOON, Reason.ALREADY_KNOWN),
    ],
    ids=["old", "background", "undated", "in the baseline"],
)
async def test_what_is_held_back_leaves_its_reason(
    world: World, said: object, published: object, reason: Reason
) -> None:
    world.detector.heard["it"] = [said]  # type: ignore[list-item]
    await world.pipeline.take([an_item(title="it", published_at=published)])
    [entry] = await world.pipeline.detect(NOON)
    assert (entry.reason, entry.tellings) == (reason, ())
    assert await world.deliveries() == []
    async with world.store.read() as conn:
        assert await mentions.reasons(conn) == {reason: 1}


async def test_a_baseline_item_is_silent_and_silences_nobody(world: World) -> None:
    await world.put("one.example", SAID, is_baseline=True)
    [entry] = await world.pipeline.detect(NOON)
    assert entry.reason is Reason.BASELINE
    [entry] = await world.hear("two.example", SAID, at=NOON + HOUR)
    assert entry.reason is Reason.FIRST


async def test_a_source_of_another_case_is_not_listened_to(store: Store) -> None:
    source = a_source("ariana", cases=("palestine",))
    world = World(store, replace(REFERENCE, sources={source.id: source}))
    [entry] = await world.hear("one.example", SAID)
    assert entry.reason is Reason.OTHER_CASE


async def test_a_confirmed_recognition_takes_its_lesser_events_in(world: World) -> None:
    quoted = replace(SAID, attributions=("organ:UY",))
    await world.hear("one.example", quoted)
    await world.hear("two.example", quoted, at=NOON + HOUR)
    credentials = replace(SAID, type=EventType.CREDENTIALS)
    [entry] = await world.hear("three.example", credentials, at=NOON + 2 * HOUR)
    own, greater = entry.tellings
    assert own.inhibited_by == greater.revision.alert_id == 1
    assert greater.revision.reason is Reason.INHIBITED
    assert greater.revision.facts.includes == ((EventType.CREDENTIALS, ""),)  # type: ignore[union-attr]
    told = {(alert_id, action) for alert_id, _, _, action in await world.deliveries()}
    assert told == {(1, "send"), (1, "edit")}


async def test_a_reversal_names_the_alert_it_reverses(world: World) -> None:
    await world.hear("one.example", SAID)
    later = NOON + 60 * DAY
    back = replace(SAID, status=EventStatus.REVERSED, on=later.date())
    [entry] = await world.hear("two.example", back, at=later)
    assert entry.reason is Reason.REVERSAL
    assert entry.tellings[0].revision.facts.reverses == 1  # type: ignore[union-attr]


async def test_the_configuration_is_followed_and_following_it_again_is_harmless(
    store: Store,
) -> None:
    source = a_source()
    world = World(store, replace(REFERENCE, sources={source.id: source}))
    for _ in range(2):
        await world.pipeline.start(NOON)
        async with store.read() as conn:
            assert [each.source_id for each in await sources.health(conn)] == ["ariana"]
            russia = await standings.get(conn, "taliban", "RU")
            assert russia is not None
            assert (russia.recognition, russia.recognised_on) == ("de_jure", date(2025, 7, 3))


async def test_a_start_writes_only_what_the_configuration_changed(store: Store) -> None:
    async def believed() -> int:
        async with store.read() as conn:
            return await conn.scalar(select(func.count()).select_from(standing_version)) or 0

    world = World(store)
    await world.pipeline.start(NOON)
    # China's act is in the ledger besides its baseline.
    await world.hear("one.example", a_mention(actor="CN", attributions=(), clause=""))
    before = await believed()
    await world.pipeline.start(NOON + HOUR)
    assert await believed() == before
    case = REFERENCE.cases["taliban"]
    kept = tuple(known for known in case.baseline if known.standing.recognition != "de_jure")
    changed = replace(REFERENCE, cases={**REFERENCE.cases, "taliban": replace(case, baseline=kept)})
    await World(store, changed).pipeline.start(NOON + 2 * HOUR)
    assert await believed() == before + 1
    async with store.read() as conn:
        stand = await standings.of_actors(conn, "taliban", ["CN", "RU"])
    assert (stand["RU"].recognition, stand["CN"].recognition) == ("none", "de_jure")


class TestOrders:
    async def _order(self, world: World, kind: str, **payload: object) -> Notice:
        async with world.store.write() as conn:
            await orders.put(conn, OrderKind(kind), payload, ordered_by=7, chat_id=CHAT, now=NOON)
        assert await world.pipeline.carry_out_orders(NOON + HOUR) == 1
        assert await world.pipeline.carry_out_orders(NOON + HOUR) == 0
        async with world.store.read() as conn:
            last = await conn.scalar(select(func.max(alert.c.id)))
            answer = await alerts.get_revision(conn, AlertId(last or 0), 1)
        assert answer is not None
        assert isinstance(answer.facts, Notice)
        assert (answer.alert_id, 1, CHAT, "send") in await world.deliveries()
        return answer.facts

    async def test_a_retraction_reaches_every_chat_and_lasts(self, world: World) -> None:
        await world.hear("one.example", SAID)
        assert (await self._order(world, "retract", alert=1, note="hoax")).key == "retracted"
        last = (await world.told())[-1]
        assert (last.kind, last.facts.retracted) == (AlertKind.CANCEL, True)  # type: ignore[union-attr]
        assert last.facts.note == "hoax"  # type: ignore[union-attr]
        for chat in (CHAT, OTHER_CHAT):
            assert (1, 2, chat, "reply") in await world.deliveries()
        [entry] = await world.hear("two.example", SAID, at=NOON + 2 * HOUR)
        assert entry.tellings == ()
        async with world.store.read() as conn:
            assert (await events.recent(conn, limit=1))[0].retracted

    async def test_a_confirmation_raises_the_grade_for_good(self, world: World) -> None:
        await world.hear("one.example", SAID)
        assert (await self._order(world, "confirm", alert=1)).key == "confirmed"
        assert (await world.told())[-1].facts.grade is Grade.CONFIRMED  # type: ignore[union-attr]
        assert (await self._order(world, "confirm", alert=1)).key == "unchanged"
        await world.hear("two.example", SAID, at=NOON + 2 * HOUR)
        assert len(await world.told()) == 2

    async def test_a_retracted_alert_can_be_confirmed_again(self, world: World) -> None:
        await world.hear("one.example", SAID)
        await self._order(world, "retract", alert=1)
        await self._order(world, "confirm", alert=1)
        assert (await world.told())[-1].reason is Reason.RESTORED

    @pytest.mark.parametrize("number", [99, "1", None])
    async def test_an_order_that_makes_no_sense_is_answered(
        self, world: World, number: object
    ) -> None:
        notice = await self._order(world, "retract", alert=number)
        assert notice.key == ("no_such_alert" if number == 99 else "unchanged")


async def _everything(store: Store) -> dict[str, int]:
    async with store.read() as conn:
        counts = {}
        for table in (event, alert, revision, outbox, mention):
            counts[table.name] = await conn.scalar(select(func.count()).select_from(table)) or 0
        waiting = select(func.count()).where(item.c.processed_at.is_(None))
        counts["waiting"] = await conn.scalar(waiting) or 0
    return counts


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_whichever_statement_fails_nothing_is_left_half_done(world: World) -> None:
    """Fail the first statement, then the second and so on, until a run gets through."""
    quoted = replace(SAID, attributions=("organ:UY",))
    await world.put("one.example", quoted)
    await world.put("two.example", quoted, replace(SAID, type=EventType.CREDENTIALS))
    untouched = await _everything(world.store)
    assert untouched["waiting"] == 2
    engine = world.store._engine.sync_engine
    left = 0

    def fail(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise StoreError("the database went away")

    states = []
    hooks.listen(engine, "before_cursor_execute", fail)
    for attempt in range(1, 200):
        left = attempt
        try:
            await world.pipeline.detect(NOON)
            break
        except StoreError:
            left = 0
            states.append(await _everything(world.store))
    hooks.remove(engine, "before_cursor_execute", fail)
    assert states == [untouched] * len(states)
    assert len(states) > 30
    done = await _everything(world.store)
    assert (done["waiting"], done["mention"], done["event"], done["alert"]) == (0, 3, 2, 2)
    # The edit of revision 2 was superseded before anybody claimed it.
    assert len(await world.deliveries()) == 2 + 2


async def test_an_item_that_breaks_detection_holds_up_no_other(world: World) -> None:
    world.detector.poison = "poison"
    await world.put("one.example", SAID)
    await world.put("bad.example", title="poison")
    await world.put("two.example", replace(SAID, actor="PY"))
    broken = 0
    for _ in range(6):
        try:
            await world.pipeline.detect(NOON)
        except PoisonError:
            broken += 1
    assert broken == 3  # among three, among two, alone
    assert len(await world.told()) == 2
    async with world.store.write() as conn:
        assert [each.item.title for each in await items.unprocessed(conn, 9)] == ["poison"]
    with pytest.raises(PoisonError):
        await world.pipeline.detect(NOON + 2 * HOUR)


async def test_old_things_are_deleted_a_bite_at_a_time(world: World) -> None:
    many = [an_item(f"k{number}", title="nothing") for number in range(1100)]
    await world.pipeline.take(many)
    await world.hear("one.example", SAID)
    async with world.store.write() as conn:
        await conn.execute(outbox.update().values(state="SENT"))
    await world.pipeline.prune(NOON + 89 * DAY)
    assert len(await world.deliveries()) == 2
    await world.pipeline.prune(NOON + 401 * DAY)
    assert await world.deliveries() == []
    async with world.store.read() as conn:
        assert await conn.scalar(select(func.count()).select_from(item)) == 1


async def test_the_operators_are_told_once_of_a_failing_source(store: Store) -> None:
    source = a_source()
    world = World(store, replace(REFERENCE, sources={source.id: source}))
    await world.subscribe(CHAT)
    await world.pipeline.start(NOON)

    async def check(failures: int, now: datetime = NOON) -> list[str]:
        async with store.write() as conn:
            for _ in range(failures):
                await sources.record_failure(conn, source.id, "404", next_due_at=NOON)
        await world.pipeline.check_sources(now)
        async with store.read() as conn:
            rows = await conn.execute(select(revision.c.facts).order_by(revision.c.alert_id))
            return [json.loads(json.dumps(row.facts))["notice"] for row in rows]

    assert await check(4) == []
    assert await check(1) == ["source_failing"]
    assert await check(1) == ["source_failing"]
    async with store.write() as conn:
        await conn.execute(source_table.update().values(failures=0))
    assert await check(0) == ["source_failing"]  # no two words within the hour
    assert await check(0, NOON + timedelta(hours=1)) == ["source_failing", "source_well"]
    assert [chat for _, _, chat, _ in await world.deliveries()] == [CHAT, CHAT]


async def test_the_real_detector_takes_real_words_all_the_way() -> None:
    store = await Store.open("sqlite://", migrate=True)
    world = World(store)
    world.pipeline._detector = Detector(REFERENCE)
    await world.subscribe(CHAT)
    title = "Uruguay recognises the Taliban government"
    await world.pipeline.take([an_item(title=title, summary="", source_id=SourceId("x"))])
    [entry] = await world.pipeline.detect(NOON)
    assert (entry.evidence.mention.actor, entry.reason) == ("UY", Reason.FIRST)
    assert await world.deliveries() == [(1, 1, CHAT, "send")]
    await store.close()


class TestReversal:
    BACK = replace(SAID, status=EventStatus.REVERSED, on=(NOON + 60 * DAY).date())

    async def test_it_is_told_in_every_chat_that_has_what_it_takes_back(self, world: World) -> None:
        await world.hear("one.example", SAID)
        await world.subscribe(OTHER_CHAT, wanted=Filter(types=frozenset({EventType.MISSION})))
        [entry] = await world.hear("two.example", self.BACK, at=NOON + 60 * DAY)
        reversal, undone = entry.tellings
        assert (undone.revision.alert_id, undone.revision.reason) == (1, Reason.REVERSAL)
        assert undone.revision.facts.reversed_by == reversal.revision.alert_id == 2  # type: ignore[union-attr]
        assert (await world.deliveries())[2:] == [
            (2, 1, CHAT, "send"),
            (2, 1, OTHER_CHAT, "send"),
            (1, 2, CHAT, "edit"),
            (1, 2, OTHER_CHAT, "edit"),
        ]

    async def test_a_reversal_that_was_none_is_taken_out_of_the_first_alert_again(
        self, world: World
    ) -> None:
        await world.hear("one.example", SAID)
        await world.hear("two.example", self.BACK, at=NOON + 60 * DAY)
        async with world.store.write() as conn:
            order = {"alert": 2, "note": "a hoax"}
            await orders.put(conn, OrderKind.RETRACT, order, ordered_by=7, chat_id=CHAT, now=NOON)
        await world.pipeline.carry_out_orders(NOON + 61 * DAY)
        last = [each for each in await world.told() if each.alert_id == 1][-1]
        assert (last.reason, last.facts.reversed_by) == (Reason.RESTORED, None)  # type: ignore[union-attr]


class TestTakenBack:
    STORY = "Uruguay opens formal ties with the new rulers of Kabul after a long debate"

    async def _hear(self, world: World, host: str, title: str, *said: Mention) -> None:
        self._at = getattr(self, "_at", NOON) + HOUR
        await world.put(host, *said, title=title, at=self._at)
        await world.pipeline.detect(self._at)

    async def _last(self, world: World, alert_id: int) -> tuple[Reason, bool]:
        last = [each for each in await world.told() if each.alert_id == alert_id][-1]
        return last.reason, last.facts.retracted  # type: ignore[union-attr]

    async def test_a_withdrawal_that_names_nobody_still_falls_on_its_story(
        self, world: World
    ) -> None:
        await self._hear(world, "one.example", self.STORY, SAID)
        await self._hear(world, "one.example", f"WITHDRAWN: {self.STORY}")
        assert await self._last(world, 1) == (Reason.RETRACTED, True)

    async def test_a_correction_that_names_another_state_takes_the_first_one_back(
        self, world: World
    ) -> None:
        await self._hear(world, "one.example", self.STORY, SAID)
        other = replace(SAID, actor="PY")
        corrected = f"CORRECTED-{self.STORY.replace('Uruguay', 'Paraguay')}"
        await self._hear(world, "one.example", corrected, other)
        assert await self._last(world, 1) == (Reason.RETRACTED, True)
        assert await self._last(world, 2) == (Reason.FIRST, False)

    async def test_nobody_takes_back_what_another_owner_says(self, world: World) -> None:
        await self._hear(world, "one.example", self.STORY, SAID)
        await self._hear(world, "two.example", f"WITHDRAWN: {self.STORY}")
        assert await self._last(world, 1) == (Reason.FIRST, False)


class TestLongLedger:
    STORY = "Uruguay opens formal ties with the rulers of Kabul after a long and heated debate"
    MET = replace(SAID, type=EventType.MEETING, basis=DateBasis.PUBLISHED)

    async def test_an_old_story_under_a_new_address_is_as_old_as_its_text(
        self, world: World
    ) -> None:
        later = NOON + 400 * DAY
        for host, at in (("one.example", NOON), ("two.example", later)):
            said = replace(self.MET, on=at.date())
            await world.put(host, said, title=self.STORY, at=at)
            await world.pipeline.detect(at)
        assert [each.alert_id for each in await world.told()] == [1]

    async def test_what_is_told_of_again_years_later_keeps_its_evidence(self, world: World) -> None:
        await world.hear("one.example", SAID)
        await world.hear("two.example", SAID, at=NOON + HOUR)
        late = NOON + 700 * DAY
        [entry] = await world.hear("three.example", replace(SAID, on=late.date()), at=late)
        assert (entry.reason, entry.tellings) == (Reason.ALREADY_KNOWN, ())
        async with world.store.read() as conn:
            why = await alerts.why(conn, AlertId(1))
        assert why is not None
        assert len(why.event.evidence) == len(why.accounts) == 3
        assert why.event.on == NOON.date()

    async def test_a_reversal_years_later_shows_the_old_alert_with_its_sources(
        self, world: World
    ) -> None:
        await world.hear("one.example", SAID)
        late = NOON + 700 * DAY
        back = replace(SAID, status=EventStatus.REVERSED, on=late.date())
        _, undone = (await world.hear("two.example", back, at=late))[0].tellings
        assert undone.revision.alert_id == 1
        assert undone.revision.facts.voices  # type: ignore[union-attr]
