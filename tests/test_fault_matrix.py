"""Every fault of reading and of pictures that we know, and the tests for each."""

import importlib
import pkgutil
import re

import pytest

import tests

ROWS = {
    48: "slow headers, slow body, endless 1xx end at the deadline",
    49: "bombs: gzip, double gzip, deflate, brotli, zstandard",
    50: "endless body, headers, cookies, items, depth",
    51: "entities, external entities, declarations, big tokens",
    52: "a body that is a path or an address",
    53: "redirects to addresses that are denied",
    54: "names that lead elsewhere: rebinding, mixed, empty",
    55: "certificates and protocols that are refused",
    56: "304 for ever, odd validators",
    57: "moves, 410, Retry-After in all forms",
    58: "challenges, empty feeds, wrong charsets",
    59: "guids that change or are used again, order, returning items",
    60: "hostile titles",
    61: "unreliable dates",
    62: "old articles published again",
    63: "copies of one wire story",
    64: "a story withdrawn after its alert",
    65: "claim, denial, confirmation",
    66: "a reversal weeks later",
    67: "a hacked official channel",
    68: "channels: blocked, changed, gaps, edits, deletions",
    69: "GDELT refusing in all ways",
    70: "MediaWiki: lag, continuations, a revert war",
    71: "a renderer that hangs, no font, a picture that Telegram refuses",
}
ELSEWHERE = {
    63: ["test_ledger_scripts.test_forty_copies_of_one_wire_are_one_origin"],
    65: [
        "test_ledger_scripts.test_ghana_is_denied_by_an_interested_party_and_confirmed_by_itself",
        "test_ledger_scripts.test_vanuatu_ambassador_denies_minister_confirms_and_it_is_cancelled",
    ],
    66: ["test_ledger_scripts.test_guinea_bissau_withdraws_and_confirms_again"],
    67: ["test_ledger_scripts.test_a_hacked_state_agency_stays_reported_in_many_outlets"],
    68: [
        "test_telegram_channel.test_a_channel_without_a_preview_is_blocked_and_not_empty",
        "test_telegram_channel.test_a_page_that_shows_no_channel_is_named",
        "test_telegram_channel.test_an_edit_is_seen",
        "test_telegram_channel.test_a_gap_too_wide_is_said",
        "test_telegram_channel.test_deleted_posts_are_no_gap",
    ],
    70: [
        "test_mediawiki.test_lag_inside_an_answer_of_200_is_honoured",
        "test_mediawiki.test_continuations_end",
        "test_mediawiki.test_editors_who_undo_each_other_are_no_news",
        "test_mediawiki.test_a_page_brings_one_item_an_hour",
    ],
    71: [
        "test_picturing.test_a_renderer_that_hangs_holds_up_neither_words_nor_alerts",
        "test_picturing.test_without_its_font_the_words_go_alone",
        "test_picturing.test_where_pictures_are_forbidden_the_words_go_alone",
        "test_renderer.test_a_bad_picture_does_not_spoil_the_next",
    ],
}
"""Rows held by tests that are named for what they show, not for the row."""

NAMED = re.compile(r"test_row_(\d+)_")


def rows_held() -> dict[int, list[str]]:
    """Return the tests that are named for a row."""
    found: dict[int, list[str]] = {}
    for module in pkgutil.iter_modules(tests.__path__):
        if module.name.startswith("test_faults_"):
            for name in vars(importlib.import_module(f"tests.{module.name}")):
                if named := NAMED.match(name):
                    found.setdefault(int(named[1]), []).append(f"{module.name}.{name}")
    return found


@pytest.mark.parametrize("row", range(48, 72))
def test_every_row_has_its_test(row: int) -> None:
    assert row in ROWS
    held = rows_held().get(row, []) + ELSEWHERE.get(row, [])
    assert held, f"no test is named test_row_{row}_…: {ROWS[row]}"
    for place in held:
        module, name = place.split(".")
        assert callable(getattr(importlib.import_module(f"tests.{module}"), name)), place


def test_no_test_is_named_for_a_row_that_is_not_known() -> None:
    assert set(rows_held()) <= set(ROWS)
