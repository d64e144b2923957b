import asyncio
import os
import resource
from contextlib import suppress
from pathlib import Path

import pytest

from bot.pictures import PictureError
from bot.pictures.png import shrink
from bot.pictures.renderer import Renderer
from bot.pictures.svg import document
from bot.pictures.world_map import draw_map
from tests.sample_pictures import DAY, LEGEND, PICTURES, STANDINGS, decoded

PALETTE = 3
"""The type of PNG that ``shrink`` makes."""
GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", PICTURES)
async def test_pictures_look_as_they_did(name: str, tmp_path: Path) -> None:
    async with Renderer() as renderer:
        png = await renderer.render(PICTURES[name])
    (tmp_path / f"{name}.png").write_bytes(png)
    assert len(png) < 100_000
    new, old = pixels(png), pixels((GOLDEN / f"{name}.png").read_bytes())
    assert new[:2] == old[:2]
    pairs = zip(new[2], old[2], strict=True)
    off = sum(max(abs(a - b) for a, b in zip(*pair, strict=True)) > 32 for pair in pairs)
    assert off < len(new[2]) / 200, f"look at {tmp_path}; if it is right, keep it in {GOLDEN}"


def pixels(png: bytes) -> tuple[int, int, list[tuple[int, ...]]]:
    """Width, height and colours; the smaller pictures are as resvg made them."""
    return decoded(png if png[25] == PALETTE else shrink(png))


async def test_a_picture_costs_little_and_nothing_again() -> None:
    # Processor seconds, which other work on the machine does not lengthen much.
    before = processor_seconds()
    svg = draw_map(STANDINGS, LEGEND, seat="AF", on=DAY)
    async with Renderer() as renderer:
        picture = await renderer.render(svg)
        assert all([await renderer.render(svg) is picture for _ in range(1000)])
    assert processor_seconds() - before < 0.7


def processor_seconds() -> float:
    """Ours and those of the processes that we started and that have ended."""
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


async def test_renderer_makes_a_picture_once_for_all_who_ask_together() -> None:
    svg = draw_map(STANDINGS, LEGEND, seat="AF", on=DAY)
    async with Renderer() as renderer:
        asked = [asyncio.create_task(renderer.render(svg)) for _ in range(50)]
        await asyncio.sleep(0)
        asked[0].cancel()
        pictures = await asyncio.gather(*asked[1:])
        assert asked[0].cancelled()
    assert all(picture is pictures[0] for picture in pictures)


async def test_renderer_forgets_the_picture_longest_unused() -> None:
    svgs = [document(8, 8 + i) for i in range(3)]
    async with Renderer(kept=2) as renderer:
        first, second, _ = [await renderer.render(svg) for svg in svgs]
        assert await renderer.render(svgs[1]) is second
        assert await renderer.render(svgs[0]) is not first
        assert await renderer.render(svgs[1]) is second


def slow_picture() -> str:
    """Minutes of blurring."""
    noise = (
        '<filter id="f"><feTurbulence numOctaves="8"/><feGaussianBlur stdDeviation="9"/></filter>'
    )
    return document(2000, 2000, noise, '<rect width="2000" height="2000" filter="url(#f)"/>' * 300)


async def test_a_hanging_picture_is_cut_and_the_loop_runs_on() -> None:
    loop, ticks = asyncio.get_running_loop(), 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    async with Renderer(deadline_seconds=1.5) as renderer:
        start = loop.time()
        with pytest.raises(PictureError, match=r"not ready within 1\.5 s"):
            await renderer.render(slow_picture())
        assert loop.time() - start < 4
        assert ticks > 10
        assert pixels(await renderer.render(document(9, 5)))[:2] == (9, 5)
    ticking.cancel()


async def test_what_cannot_be_ready_in_time_is_not_begun() -> None:
    async with Renderer(deadline_seconds=60) as renderer:
        first = asyncio.create_task(renderer.render(PICTURES["meetings"]))
        while not renderer._turn.locked():
            await asyncio.sleep(0)
        renderer._deadline_seconds = 0.02
        late = asyncio.create_task(renderer.render(document(9, 5)))
        with pytest.raises(PictureError, match="not ready within"):
            await late
        assert await first
        process = renderer._process
        with pytest.raises(PictureError, match="not ready within"):
            await renderer.render(document(9, 6))
        renderer._deadline_seconds = 60
        assert await renderer.render(document(9, 7))
        assert renderer._process is process  # nobody's waiting has cost it


@pytest.mark.parametrize(
    ("svg", "message"),
    [
        ("no picture at all", "could not be rendered"),
        (document(9, 9, "<g>" * 5000 + "<path/>" + "</g>" * 5000), "failed"),
        (document(1, 10_000), "1 by 10000 pixels is none for Telegram"),
        (document(9000, 1001), "1001 by 9000 pixels is none for Telegram"),
    ],
    ids=["not SVG", "crashes the process", "1 x 10,000", "too many pixels"],
)
async def test_a_bad_picture_does_not_spoil_the_next(svg: str, message: str) -> None:
    async with Renderer() as renderer:
        with pytest.raises(PictureError, match=message):
            await renderer.render(svg)
        assert pixels(await renderer.render(document(9, 5)))[:2] == (9, 5)


def workers() -> list[str]:
    """The processes that we started to render."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if parent == str(os.getpid()) and b"pictures" in (process / "cmdline").read_bytes():
                found.append(process.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="counts processes in /proc")
async def test_closing_gives_up_what_is_under_way_and_leaves_no_process() -> None:
    renderer = Renderer()
    await renderer.render(document(9, 5))
    asked = asyncio.create_task(renderer.render(slow_picture()))
    await asyncio.sleep(0)
    assert len(workers()) == 1
    await renderer.aclose()
    assert not workers()
    with pytest.raises(asyncio.CancelledError):
        await asked
