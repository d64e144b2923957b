"""The page in a real browser: headless Chromium, where it is installed.

``python -m pytest -n 0 -m slow tests/test_page_browser.py``; with ``SCREENSHOTS=folder`` in
the environment the pictures that were taken are kept there.
"""

import os
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser import CHROMIUM, Browser, a_browser
from tests.page_site import PageSite, a_site, init_data

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (Debian: chromium)"),
]
PHONE, DESK = (390, 844), (1200, 900)
SPREADS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def _home(site: PageSite, more: str = "") -> str:
    return f"http://127.0.0.1:{site.port}/{more}"


async def _keep(browser: Browser, name: str) -> None:
    picture = await browser.screenshot(whole=True)
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 10_000
    if folder := os.environ.get("SCREENSHOTS"):
        (Path(folder) / f"{name}.png").write_bytes(picture)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [PHONE, DESK], ids=["phone", "desk"])
async def test_the_page_fits_its_screen_without_javascript(
    width: int, height: int, dark: bool
) -> None:
    async with a_site() as site, a_browser() as browser:
        await browser.shape(width, height, dark=dark, scripts=False)
        await browser.open(_home(site))
        assert not await browser.evaluate(SPREADS)
        assert await browser.evaluate("document.querySelector('img.map').naturalWidth") == 1000
        assert await browser.evaluate("document.querySelectorAll('article').length") == 4
        ground = await browser.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(18, 24, 30)" if dark else "rgb(246, 248, 250)")
        await _keep(browser, f"{'phone' if width < 600 else 'desk'}-{'dark' if dark else 'light'}")
        await browser.open(_home(site, "alerts/5"))
        assert not await browser.evaluate(SPREADS)
    # A browser asks for an icon by itself; nothing else is missing or against the policy.
    assert [each for each in browser.complaints if "favicon" not in each] == []


async def test_a_right_to_left_page_is_mirrored() -> None:
    async with a_site() as site, a_browser() as browser:
        await browser.shape(*PHONE, dark=False)
        await browser.open(_home(site))
        # What stands at the start of a line does so on the other side.
        await browser.evaluate("document.documentElement.dir = 'rtl'")
        key = "document.querySelector('summary .key').getBoundingClientRect()"
        assert await browser.evaluate(f"{key}.left") > PHONE[0] / 2
        assert not await browser.evaluate(SPREADS)
        await _keep(browser, "phone-rtl")


async def test_everything_can_be_reached_and_opened_by_keys() -> None:
    async with a_site() as site, a_browser() as browser:
        await browser.shape(*DESK, dark=False)
        await browser.open(_home(site))
        await browser.press("Tab")
        assert await browser.evaluate("document.activeElement.className") == "skip"
        assert await browser.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        await _keep(browser, "desk-skip")
        expected = await browser.evaluate(
            "document.querySelectorAll('a[href], summary').length - 1"
        )
        reached = set()
        for _ in range(expected):
            await browser.press("Tab")
            style = "getComputedStyle(document.activeElement)"
            assert await browser.evaluate(f"{style}.outlineStyle") == "solid"
            reached.add(
                await browser.evaluate(
                    "[...document.querySelectorAll('a[href], summary')]"
                    ".indexOf(document.activeElement)"
                )
            )
        assert reached == set(range(1, expected + 1))
        closed = "document.querySelector('details:not([open]) summary')"
        await browser.evaluate(f"window.group = {closed}; group.focus()")
        await browser.press("Enter")
        assert await browser.evaluate("group.parentElement.open")


async def test_inside_telegram_it_goes_on_in_the_chats_theme() -> None:
    async with a_site(page="app") as site, a_browser() as browser:
        await browser.shape(*PHONE, dark=False)
        await browser.open(_home(site))
        assert "opens inside Telegram" in await browser.evaluate("document.body.innerText")
        theme = quote('{"bg_color":"#17212b","text_color":"#f5f5f5"}')
        told = f"#tgWebAppData={quote(init_data())}&tgWebAppThemeParams={theme}&tgWebAppVersion=9.0"
        await browser.open("about:blank")
        await browser.open_in_app(_home(site, told))
        assert "Russia has recognised" in await browser.evaluate("document.body.innerText")
        assert await browser.evaluate("document.documentElement.dataset.theme") == "dark"
        assert await browser.evaluate("document.querySelector('img.map').naturalWidth") == 1000
        assert "tgWebAppData" not in await browser.evaluate("location.href")
        await _keep(browser, "telegram-dark")
