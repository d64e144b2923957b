"""Different chats at once, one chat in its order, and no more than there is room for."""

import asyncio

from telegram import Chat, Update
from telegram import Message as TelegramMessage

from bot.taking import UPDATES_A_CALL, ChatByChat
from tests.samples import NOON


def _update(number: int, chat_id: int) -> Update:
    message = TelegramMessage(number, NOON, Chat(chat_id, "private"))
    return Update(number, message=message)


async def test_one_chats_updates_keep_their_order_and_others_do_not_wait() -> None:
    done: list[int] = []
    released = asyncio.Event()

    async def slow() -> None:
        await released.wait()
        done.append(1)

    async def quick(number: int) -> None:
        done.append(number)
        if number == 3:
            released.set()

    async with ChatByChat(8) as processor, asyncio.TaskGroup() as group:
        for update, work in (
            (_update(1, 7), slow()),
            (_update(2, 7), quick(2)),
            (_update(3, 8), quick(3)),
        ):
            group.create_task(processor.process_update(update, work))
    assert done == [3, 1, 2]


async def test_more_is_asked_for_only_while_a_whole_call_finds_room() -> None:
    released = asyncio.Event()

    async def slow() -> None:
        await released.wait()

    processor = ChatByChat(UPDATES_A_CALL + 2)
    async with processor, asyncio.TaskGroup() as group:
        for number in range(1, 4):
            assert processor.room.is_set()
            group.create_task(processor.process_update(_update(number, number), slow()))
            await asyncio.sleep(0)
        assert not processor.room.is_set()
        released.set()
    assert processor.room.is_set()


async def test_what_waits_when_the_end_comes_is_let_go() -> None:
    done: list[int] = []
    released = asyncio.Event()

    async def slow() -> None:
        await released.wait()
        done.append(1)

    async def quick() -> None:
        done.append(2)

    processor = ChatByChat(8)
    async with asyncio.TaskGroup() as group:
        group.create_task(processor.process_update(_update(1, 7), slow()))
        group.create_task(processor.process_update(_update(2, 7), quick()))
        await asyncio.sleep(0)
        await processor.shutdown()
        released.set()
    assert done == [1]
