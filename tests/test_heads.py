"""WITHDRAWN, CORRECTED, REFILE: what an item is to the one before it."""

import pytest

from jobs.ledger.heads import Head, head_of, headless
from tests.ledger_scripts import Ledger, item, tell

STORY = "Poland recognises it"


@pytest.mark.parametrize(
    ("title", "head"),
    [
        (f"WITHDRAWN: {STORY}", Head.WITHDRAWN),
        (f"WITHDRAWN-{STORY}", Head.WITHDRAWN),
        (f"Retraction — {STORY}", Head.WITHDRAWN),
        (f"(Kill) {STORY}", Head.WITHDRAWN),
        (f"АННУЛИРОВАНО: {STORY}", Head.WITHDRAWN),
        (f"撤稿：{STORY}", Head.WITHDRAWN),
        (f"CORRECTED-{STORY}", Head.CORRECTED),
        (f"CORRECTED-UPDATE 2-{STORY}", Head.CORRECTED),
        (f"RPT-CORRECTED-{STORY}", Head.CORRECTED),
        (f"Correction: {STORY}", Head.CORRECTED),
        (f"Исправление: {STORY}", Head.CORRECTED),
        (f"RECTIFICATIF - {STORY}", Head.CORRECTED),
        (f"[Corrected] {STORY}", Head.CORRECTED),
        (f"REFILE-{STORY}", Head.REPEAT),
        (f"UPDATE 1-{STORY}", Head.REPEAT),
        (f"RPT-UPDATE 3-{STORY}", Head.REPEAT),
        (f"Повтор: {STORY}", Head.REPEAT),
    ],
)
def test_a_head_is_known_and_taken_off(title: str, head: Head) -> None:
    assert head_of(title) is head
    assert headless(title) == STORY


@pytest.mark.parametrize(
    "title",
    [
        STORY,
        "Correction officers strike in Warsaw",
        "Withdrawn troops leave Poland",
        "Update of the list of envoys",
        "Kill",
        "Repeat after me",
        "WITHDRAWN:",
        "",
    ],
)
def test_a_word_alone_is_no_head(title: str) -> None:
    assert head_of(title) is None
    assert headless(title) == title


def test_a_correction_to_a_lesser_status_changes_the_alert_that_was_told() -> None:
    says = "PL recognition done"
    lines = tell(
        [
            item("2022-11-15 18:00", "reuters.com", says),
            item("2022-11-15 18:05", "copy.example", says, credited=["REUTERS"]),
            item(
                "2022-11-15 19:00",
                "reuters.com",
                "PL recognition planned on 2022-12-01",
                title="CORRECTED-Poland to recognise it in December, not now",
            ),
        ]
    )
    assert lines == [
        "1.1 alert PL recognition done 2022-11-15 reported FIRST",
        "1.2 update PL recognition planned 2022-12-01 reported STATUS_CHANGED",
    ]


def test_a_correction_leaves_what_others_saw_themselves() -> None:
    lines = tell(
        [
            item("2022-11-15 18:00", "reuters.com", "PL recognition done"),
            item("2022-11-15 18:05", "bbc.com", "PL recognition done"),
            item(
                "2022-11-15 19:00",
                "reuters.com",
                "PL recognition considered",
                title="CORRECTED-Poland thinks of recognising it",
            ),
        ]
    )
    assert lines[-1] == "1.3 update PL recognition done 2022-11-15 reported GRADE_LOWERED"


def test_a_correction_that_says_the_same_changes_nothing() -> None:
    says = "PL recognition done"
    ledger = Ledger()
    lines = tell(
        [
            item("2022-11-15 18:00", "reuters.com", says, title="Poland recognises it"),
            item("2022-11-15 19:00", "reuters.com", says, title="CORRECTED-Poland recognises it"),
            item("2022-11-15 20:00", "reuters.com", says, title="REFILE-Poland recognises it"),
        ],
        ledger,
    )
    assert lines == ["1.1 alert PL recognition done 2022-11-15 reported FIRST"]


def test_a_refiled_story_is_as_old_as_its_text() -> None:
    says = "UZ meeting done"
    title = "Uzbek deputy prime minister receives the acting Afghan minister of trade and transit"
    lines = tell(
        [
            item("2025-07-03", "uza.uz", says, title=title),
            item("2025-09-03", "uza.uz", says, title=f"RPT-{title}"),
        ]
    )
    assert len(lines) == 1
