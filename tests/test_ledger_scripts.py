"""The scripts of real affairs: items in, revisions out."""

from datetime import date

import pytest

from jobs.domain.alerts import AlertKind, Level, Reason
from jobs.domain.events import Standing
from jobs.ledger.transitions import level_of
from jobs.reference.cases import BaselineStanding
from tests.ledger_scripts import Ledger, item, tell

RUSSIA = "RU recognition done"


def alerts(lines: list[str]) -> list[str]:
    return [line for line in lines if " alert " in line]


def test_russia_is_told_once_and_grows_confirmed() -> None:
    items = [
        item("2025-07-03 14:00", "amu.tv", RUSSIA),
        item("2025-07-03 14:05", "apnews.com", f"{RUSSIA} on 2025-07-03"),
        item("2025-07-03 14:30", "mid.ru", f"{RUSSIA} on 2025-07-03"),
        *(item("2025-07-04", f"outlet{n}.example", RUSSIA) for n in range(57)),
    ]
    assert tell(items) == [
        "1.1 alert RU recognition done 2025-07-03 reported FIRST",
        "1.2 update RU recognition done 2025-07-03 corroborated GRADE_RAISED",
        "1.3 update RU recognition done 2025-07-03 confirmed GRADE_RAISED",
    ]


def test_russia_is_confirmed_by_two_outlets_that_quote_its_organ() -> None:
    quoting = [
        item("2025-07-03", f"outlet{n}.example", RUSSIA, credited=["organ:RU"]) for n in range(2)
    ]
    assert tell(quoting)[-1] == "1.2 update RU recognition done 2025-07-03 confirmed GRADE_RAISED"


def test_what_russia_said_before_is_not_the_event_of_july_2025() -> None:
    ledger = Ledger()
    lines = tell(
        [
            item("2021-08-16", "tass.com", "RU recognition denied"),
            item("2022-04-01", "tass.com", "RU recognition denied"),
            item("2024-05-28", "outlet.example", RUSSIA),
            item("2025-07-03", "tass.com", RUSSIA),
            item("2025-07-04", "apnews.com", RUSSIA),
            item("2025-11-04", "late.example", RUSSIA),
            item("2026-01-15", "gazeta.ru", "RU recognition past on 2025-07-03"),
        ],
        ledger,
    )
    assert lines == [
        "1.1 alert RU recognition denied 2021-08-16 reported FIRST",
        "2.1 alert RU recognition denied 2022-04-01 reported FIRST",
        "3.1 alert RU recognition done 2024-05-28 reported FIRST",
        "4.1 alert RU recognition done 2025-07-03 reported FIRST",
        "4.2 update RU recognition done 2025-07-03 corroborated GRADE_RAISED",
    ]
    assert ledger.reasons[-1] is Reason.BACKGROUND
    assert ledger.standing("RU").recognised_on == date(2025, 7, 3)


def test_uzbekistan_meets_baradar_hours_later() -> None:
    lines = tell(
        [
            item("2025-07-03 14:00", "apnews.com", RUSSIA),
            item("2025-07-03 19:00", "amu.tv", "UZ meeting done"),
            item("2025-07-04", "afintl.com", "UZ meeting done on 2025-07-03"),
        ]
    )
    assert alerts(lines) == [
        "1.1 alert RU recognition done 2025-07-03 reported FIRST",
        "2.1 alert UZ meeting done 2025-07-03 reported FIRST",
    ]


def test_china_accepts_credentials_and_an_encyclopedia_calls_it_recognition() -> None:
    ledger = Ledger()
    lines = tell(
        [
            item("2024-01-30", "apnews.com", "CN credentials done"),
            item("2024-01-31", "reuters.com", "CN credentials done on 2024-01-30"),
            item(None, "wiki.example", "CN recognition done", seen="2024-02-01"),
            item("2025-03-01", "wiki.example", "CN recognition done on 2024-01-30"),
        ],
        ledger,
    )
    assert not any("recognition" in line for line in lines)
    assert ledger.reasons[2:] == [Reason.UNDATED, Reason.STALE]


def test_kazakhstan_told_again_in_june_is_silent() -> None:
    ledger = Ledger()
    lines = tell(
        [
            item("2023-12-29", "tengrinews.kz", "KZ delisting done"),
            item("2023-12-30", "reuters.com", "KZ delisting done on 2023-12-29"),
            item("2024-06-03", "bbc.com", "KZ delisting done"),
        ],
        ledger,
    )
    assert len(alerts(lines)) == 1
    assert ledger.reasons[-1] is Reason.ALREADY_KNOWN


def test_liberia_hands_over_a_note_and_refutes_it() -> None:
    ledger = Ledger()
    lines = tell(
        [
            item("2018-06-20", "xinhua.example", "LR recognition done", credited=["organ:LR"]),
            item("2018-06-22", "mofa.gov.lr", "LR recognition denied"),
        ],
        ledger,
    )
    assert lines == [
        "1.1 alert LR recognition done 2018-06-20 reported FIRST",
        "1.2 update LR recognition done 2018-06-20 reported contested DISPUTED",
    ]
    assert ledger.lines[-1].loud
    voices = ledger.lines[-1].facts.voices
    assert [(voice.outlet, voice.denies) for voice in voices] == [
        ("xinhua.example", False),
        ("mofa.gov.lr", True),
    ]
    assert ledger.standing("LR").recognition == "none"


def test_ghana_is_denied_by_an_interested_party_and_confirmed_by_itself() -> None:
    lines = tell(
        [
            item("2019-11-10", "afp.com", "GH recognition reversed"),
            item("2019-11-12", "mfa.rs", "GH recognition reversed"),
            item("2019-11-13", "mfa.gov.gh", "GH recognition reversed"),
        ],
        Ledger(opponents=("RS",)),
    )
    assert lines == [
        "1.1 alert GH recognition reversed 2019-11-10 reported FIRST",
        "1.2 update GH recognition reversed 2019-11-10 confirmed GRADE_RAISED",
    ]


def test_a_denial_by_an_interested_party_disputes_until_the_actor_speaks() -> None:
    lines = tell(
        [
            item("2019-11-10", "afp.com", "GH recognition done"),
            item("2019-11-12", "mfa.rs", "GH recognition denied"),
            item("2019-11-13", "mfa.gov.gh", "GH recognition done"),
            item("2019-11-14", "b92.rs", "GH recognition denied"),
        ],
        Ledger(opponents=("RS",)),
    )
    assert lines == [
        "1.1 alert GH recognition done 2019-11-10 reported FIRST",
        "1.2 update GH recognition done 2019-11-10 reported contested DISPUTED",
        "1.3 update GH recognition done 2019-11-10 confirmed SETTLED",
    ]


def test_guinea_bissau_withdraws_and_confirms_again() -> None:
    ledger = Ledger()
    lines = tell(
        [
            item("2017-11-21", "b92.rs", "GW recognition reversed"),
            item("2017-11-22", "reuters.com", "GW recognition reversed"),
            item("2018-01-30", "afp.com", "GW recognition done"),
            item("2018-01-31", "b92.rs", "GW recognition done"),
        ],
        ledger,
    )
    assert alerts(lines) == [
        "1.1 alert GW recognition reversed 2017-11-21 reported FIRST",
        "2.1 alert GW recognition done 2018-01-30 reported reverses 1 REVERSAL",
    ]
    assert ledger.standing("GW").recognition == "de_jure"


def test_vanuatu_ambassador_denies_minister_confirms_and_it_is_cancelled() -> None:
    lines = tell(
        [
            item("2011-05-31", "apsny.example", "VU recognition done"),
            item("2011-06-03", "civil.ge", "VU recognition denied", credited=["organ:VU"]),
            item("2011-06-07", "mofa.vu", "VU recognition done on 2011-05-23"),
            item("2013-07-12", "civil.ge", "VU recognition reversed"),
        ]
    )
    assert lines == [
        "1.1 alert VU recognition done 2011-05-31 reported FIRST",
        "1.2 update VU recognition done 2011-05-31 reported contested DISPUTED",
        "1.3 update VU recognition done 2011-05-23 confirmed SETTLED",
        "2.1 alert VU recognition reversed 2013-07-12 reported reverses 1 REVERSAL",
    ]


def test_a_hacked_state_agency_stays_reported_in_many_outlets() -> None:
    says = "QA mission reversed"
    items = [
        item("2017-05-23 21:00", "qna.qa", says, credited=[]),
        *(
            item("2017-05-23 22:00", f"outlet{n}.example", says, credited=["QNA"])
            for n in range(20)
        ),
    ]
    assert tell(items) == ["1.1 alert QA mission reversed 2017-05-23 reported FIRST"]


def test_a_wire_that_is_withdrawn_takes_its_copies_with_it() -> None:
    ledger = Ledger()
    lines = tell(
        [
            item("2022-11-15 18:00", "apnews.com", "PL recognition done"),
            item("2022-11-15 18:10", "reuters.com", "PL recognition done", credited=["AP"]),
            item(
                "2022-11-15 23:00",
                "reuters.com",
                "PL recognition done",
                title="WITHDRAWN: story on AP report",
                credited=["AP"],
            ),
            item("2022-11-16 09:00", "bbc.com", "PL recognition done"),
        ],
        ledger,
    )
    assert lines == [
        "1.1 alert PL recognition done 2022-11-15 reported FIRST",
        "1.2 cancel PL recognition done 2022-11-15 reported retracted RETRACTED",
        "1.3 update PL recognition done 2022-11-16 reported RESTORED",
    ]


def test_a_withdrawn_origin_lowers_what_another_still_says() -> None:
    lines = tell(
        [
            item("2022-11-15 18:00", "apnews.com", "PL recognition done"),
            item("2022-11-15 18:10", "bbc.com", "PL recognition done"),
            item("2022-11-15 23:00", "apnews.com", "PL recognition done", title="Withdrawn: PL"),
        ]
    )
    assert lines[-1] == "1.3 update PL recognition done 2022-11-15 reported GRADE_LOWERED"


def test_an_undated_story_of_six_years_ago_is_nothing() -> None:
    ledger = Ledger()
    assert tell([item(None, "old.example", "GH recognition reversed")], ledger) == []
    assert ledger.reasons == [Reason.UNDATED]
    assert not ledger.events


def test_forty_copies_of_one_wire_are_one_origin() -> None:
    ledger = Ledger()
    copies = [item("2025-07-03", f"o{n}.example", RUSSIA, credited=["TASS"]) for n in range(40)]
    assert tell(copies, ledger) == ["1.1 alert RU recognition done 2025-07-03 reported FIRST"]
    assert ledger.events[next(iter(ledger.events))].origins == ("tass",)


def test_honduras_announces_and_takes_its_recognition_back() -> None:
    lines = tell(
        [
            item("2023-03-14", "apnews.com", "HN recognition planned", detail="withdrawal"),
            item("2023-03-25", "reuters.com", "HN recognition reversed"),
            item("2023-03-26", "bbc.com", "HN recognition reversed on 2023-03-25"),
        ]
    )
    assert lines == [
        "1.1 alert HN recognition planned reported FIRST",
        "1.2 update HN recognition reversed 2023-03-25 reported STATUS_CHANGED",
        "1.3 update HN recognition reversed 2023-03-25 corroborated GRADE_RAISED",
    ]


def test_kenya_reverses_its_own_reversal_within_two_days() -> None:
    lines = tell(
        [
            item("2022-09-14 10:00", "reuters.com", "KE recognition reversed"),
            item("2022-09-14 12:00", "bbc.com", "KE recognition reversed"),
            item("2022-09-16 10:00", "mfa.kenya.ke", "KE recognition done"),
            item("2022-09-16 12:00", "afp.com", "KE recognition reversed on 2022-09-14"),
        ]
    )
    assert alerts(lines) == [
        "1.1 alert KE recognition reversed 2022-09-14 reported FIRST",
        "2.1 alert KE recognition done 2022-09-16 confirmed reverses 1 REVERSAL",
    ]


def test_nine_states_in_one_sentence_are_nine_events() -> None:
    actors = ("AD", "AU", "BE", "CA", "FR", "LU", "MC", "MT", "PT")
    said = [item("2025-09-22", "reuters.com", f"{actor} recognition done") for actor in actors]
    lines = tell([*said, *(item("2025-09-23", "bbc.com", f"{a} recognition done") for a in actors)])
    assert [line.split()[2] for line in alerts(lines)] == list(actors)
    assert len(lines) == 18


def test_a_plan_with_a_named_day_becomes_the_act() -> None:
    lines = tell(
        [
            item("2024-05-22", "npr.org", "ES recognition planned on 2024-05-28"),
            item("2024-05-22", "rbc.ua", "ES recognition planned on 2024-05-28"),
            item("2024-05-28", "reuters.com", "ES recognition done"),
        ]
    )
    assert lines == [
        "1.1 alert ES recognition planned 2024-05-28 reported FIRST",
        "1.2 update ES recognition planned 2024-05-28 corroborated GRADE_RAISED",
        "1.3 update ES recognition done 2024-05-28 reported STATUS_CHANGED",
    ]


def test_a_dropped_plan_is_a_new_alert_that_names_it() -> None:
    ledger = Ledger()
    lines = tell(
        [
            item("2025-07-10", "apnews.com", "BY mission planned"),
            item("2025-07-20", "belta.by", "BY mission denied"),
        ],
        ledger,
    )
    assert lines[-1] == "2.1 alert BY mission denied 2025-07-20 reported reverses 1 REVERSAL"


def test_refusals_are_news_once_in_ninety_days() -> None:
    ledger = Ledger()
    for day in ("2024-01-01", "2024-02-01", "2024-06-01"):
        ledger.read(item(day, "state.gov", "US recognition denied"))
    assert [line.kind for line in ledger.lines] == [
        AlertKind.ALERT,
        AlertKind.SIGNAL,
        AlertKind.ALERT,
    ]


def test_what_is_considered_is_a_signal_said_once() -> None:
    ledger = Ledger()
    for day in ("2025-06-02", "2025-06-03", "2025-06-04"):
        ledger.read(item(day, f"{day}.example", "UZ recognition considered"))
    assert [(line.kind, line.revision) for line in ledger.lines] == [(AlertKind.SIGNAL, 1)]


def test_a_confirmed_recognition_takes_its_own_credentials_in() -> None:
    ledger = Ledger()
    lines = tell(
        [
            item("2025-07-03 14:00", "mid.ru", RUSSIA),
            item("2025-07-03 15:00", "tass.com", "RU credentials done", detail="presented"),
            item("2025-07-03 16:00", "tass.com", "RU meeting done"),
        ],
        ledger,
    )
    assert lines == [
        "1.1 alert RU recognition done 2025-07-03 confirmed FIRST",
        "2.1 alert RU credentials done 2025-07-03 reported FIRST",
        "1.2 update RU recognition done 2025-07-03 confirmed INHIBITED",
        "3.1 alert RU meeting done 2025-07-03 reported FIRST",
    ]
    assert [(kind.value, what) for kind, what in ledger.lines[2].facts.includes] == [
        ("credentials", "presented")
    ]
    assert not ledger.lines[2].loud


def test_credentials_a_year_on_are_another_event() -> None:
    lines = tell(
        [
            item("2025-07-03", "tass.com", "RU credentials done"),
            item("2026-01-15", "tass.com", "RU credentials done"),
        ]
    )
    assert len(alerts(lines)) == 2


@pytest.mark.parametrize("first_reason", [Reason.BASELINE, Reason.UNDATED, Reason.STALE])
def test_what_was_held_back_never_silences_a_later_report(first_reason: Reason) -> None:
    ledger = Ledger()
    if first_reason is Reason.BASELINE:
        ledger.read(item("2025-07-03", "amu.tv", RUSSIA), first=True)
    elif first_reason is Reason.UNDATED:
        ledger.read(item(None, "amu.tv", RUSSIA))
    else:
        ledger.read(item("2025-06-28", "amu.tv", RUSSIA, seen="2025-07-03"))
    assert (ledger.reasons, ledger.lines) == ([first_reason], [])
    ledger.read(item("2025-07-03 20:00", "apnews.com", RUSSIA))
    assert [line.kind for line in ledger.lines] == [AlertKind.ALERT]


@pytest.mark.parametrize(("certain", "told"), [(True, 0), (False, 1)])
def test_only_a_certain_baseline_holds_an_alert_back(certain: bool, told: int) -> None:
    day = date(2025, 7, 3)
    standing = Standing("case", "RU", recognition="de_jure", recognised_on=day, certain=certain)
    known = BaselineStanding(standing, day, "https://mid.ru/1", certain)
    ledger = Ledger(baseline=(known,))
    ledger.read(item("2025-11-03", "apnews.com", RUSSIA))
    assert len(ledger.lines) == told
    ledger.read(item("2025-12-03", "apnews.com", "RU recognition reversed"))
    ledger.read(item("2025-12-20", "apnews.com", RUSSIA))
    assert [line.kind for line in ledger.lines[told:]] == [AlertKind.ALERT, AlertKind.ALERT]


def test_levels_follow_what_is_at_stake() -> None:
    ledger = Ledger()
    tell(
        [
            item("2025-07-03", "a.example", RUSSIA),
            item("2025-07-03", "a.example", "UZ meeting done"),
            item("2025-07-03", "a.example", "US recognition denied"),
            item("2025-07-03", "a.example", "CN recognition considered"),
        ],
        ledger,
    )
    levels = [level_of(event) for event in ledger.events.values()]
    assert levels == [Level.MAJOR, Level.ALERT, Level.ALERT, Level.SIGNAL]
