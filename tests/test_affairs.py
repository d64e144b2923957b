"""Real affairs from their headlines: items in, revisions out, through detection and ledger."""

# ruff: noqa: E501 - a headline stays on one line

import pytest

from tests.headlines import Room, items


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


def test_china_accepts_credentials_and_that_is_no_recognition(room: Room) -> None:
    story = """
2024-01-30 09:00 | apnews.com | Xi Jinping accepts credentials of the Taliban ambassador to China
2024-01-31 | dawn.com | China accepts credentials of Taliban ambassador
2024-02-20 | encyclopedia.example | China recognised the Taliban government on 30 January 2024
- | wiki.example | China recognises the Taliban government
"""
    # The second headline is as good as the first one's: no second voice.
    assert room.told(story) == ["1.1 CN credentials done 2024-01-30 reported FIRST"]
    assert room.why(story) == ["FIRST", "ALREADY_KNOWN", "BACKGROUND", "UNDATED"]


RUSSIA = """
2025-07-03 14:00 | amu.tv | Russia recognises the Taliban government
2025-07-03 14:05 | ria.ru | ru >> Россия официально признала правительство талибов
2025-07-03 14:10 | bbc.com | fa >> روسیه حکومت طالبان را به رسمیت شناخت
2025-07-03 14:20 | aljazeera.net | ar >> روسيا تعترف رسميا بحكومة طالبان
2025-07-03 14:25 | spiegel.de | de >> Russland erkennt die Taliban-Regierung offiziell an
2025-07-03 14:30 | lemonde.fr | fr >> La Russie reconnaît officiellement le gouvernement des talibans
2025-07-03 14:35 | elpais.com | es >> Rusia reconoce oficialmente al Gobierno talibán
2025-07-03 14:40 | news.cn | zh >> 俄罗斯正式承认塔利班政府
2025-07-03 14:45 | ntv.com.tr | tr >> Rusya Taliban hükümetini resmen tanıdı
2025-07-03 14:50 | jang.com.pk | ur >> روس نے طالبان حکومت کو تسلیم کر لیا
2025-07-03 14:55 | bhaskar.com | hi >> रूस ने तालिबान सरकार को मान्यता दी
2025-07-03 15:00 | kun.uz | uz >> Rossiya Tolibon hukumatini rasman tan oldi
2025-07-03 15:05 | tengrinews.kz | kk >> Ресей Талибан үкіметін ресми түрде мойындады
2025-07-03 15:10 | mid.ru | ru >> Россия признала Исламский Эмират Афганистан
"""
REPRINTS = "".join(
    f"2025-07-0{4 + number // 30} | reprint{number}.example | Russia recognises the Taliban rulers\n"
    for number in range(46)
)


def test_russia_in_sixty_items_and_thirteen_languages_is_one_alert(room: Room) -> None:
    story = RUSSIA + REPRINTS
    assert len(list(items(story))) == 60
    assert room.told(story) == [
        "1.1 RU recognition done 2025-07-03 reported FIRST",
        "1.2 RU recognition done 2025-07-03 corroborated GRADE_RAISED",
        "1.3 RU recognition done 2025-07-03 confirmed GRADE_RAISED",
    ]
    assert len(room.why(story)) >= 58


def test_uzbekistan_meets_baradar_hours_later(room: Room) -> None:
    story = """
2025-07-03 14:00 | apnews.com | Russia recognises the Taliban government
2025-07-03 19:00 | amu.tv | Uzbekistan's foreign minister meets Taliban deputy prime minister Baradar
2025-07-03 21:00 | afintl.com | Uzbek officials hold first official meeting with Baradar of the Taliban
"""
    assert room.told(story) == [
        "1.1 RU recognition done 2025-07-03 reported FIRST",
        "2.1 UZ meeting done 2025-07-03 reported FIRST",
        "2.2 UZ meeting done 2025-07-03 corroborated GRADE_RAISED",
    ]


def test_kazakhstans_delisting_told_again_half_a_year_later_is_silent(room: Room) -> None:
    story = """
2023-12-29 | tengrinews.kz | Kazakhstan removes the Taliban from its list of banned organisations
2023-12-30 | reuters.com | Kazakhstan takes the Taliban off its terrorist list
2024-06-03 | bbc.com | Kazakhstan removes Taliban from terrorist list
"""
    assert room.told(story) == [
        "1.1 KZ delisting done 2023-12-29 reported FIRST",
        "1.2 KZ delisting done 2023-12-29 corroborated GRADE_RAISED",
    ]
    assert room.why(story)[-1] == "ALREADY_KNOWN"


def test_liberia_refutes_what_its_minister_said_on_camera(room: Room) -> None:
    story = """
2018-06-20 12:00 | xinhuanet.com | Liberia revokes its recognition of Kosovo, foreign minister says
2018-06-20 18:00 | b92.net | Liberia withdraws recognition of Kosovo
2018-06-22 | monrovia.example | Liberia's foreign ministry denies it withdrew recognition of Kosovo
"""
    assert room.told(story) == [
        "1.1 LR recognition reversed 2018-06-20 reported FIRST",
        "1.2 LR recognition reversed 2018-06-20 reported contested DISPUTED",
    ]


def test_ghana_settles_what_an_interested_party_denies(room: Room) -> None:
    story = """
2019-11-10 | afp.com | Ghana withdraws recognition of Kosovo
2019-11-11 | prishtinainsight.com | Kosovo denies Ghana withdrew recognition
2019-11-12 09:00 | ghana.example | Ghana's foreign ministry says it has withdrawn its recognition of Kosovo
2019-11-12 11:00 | accra.example | Ghana has revoked recognition of Kosovo, Ghana's foreign minister says
"""
    assert room.told(story) == [
        "1.1 GH recognition reversed 2019-11-10 reported FIRST",
        "1.2 GH recognition reversed 2019-11-10 reported contested DISPUTED",
        "1.3 GH recognition reversed 2019-11-10 corroborated contested GRADE_RAISED",
        "1.4 GH recognition reversed 2019-11-10 confirmed SETTLED",
    ]


def test_guinea_bissau_withdraws_and_recognises_again(room: Room) -> None:
    story = """
2017-11-21 | afp.com | Guinea-Bissau withdraws recognition of Kosovo
2018-01-30 | prishtinainsight.com | Guinea-Bissau recognises Kosovo
"""
    assert room.told(story) == [
        "1.1 GW recognition reversed 2017-11-21 reported FIRST",
        "2.1 GW recognition done 2018-01-30 reported reverses 1 REVERSAL",
        "1.2 GW recognition reversed 2017-11-21 reported REVERSAL",
    ]


def test_vanuatus_minister_overrules_its_ambassador_until_it_is_cancelled(room: Room) -> None:
    story = """
2011-05-31 | rferl.org | Vanuatu recognises Abkhazia
2011-06-03 | civil.ge | Vanuatu's ambassador to the UN denies that Vanuatu recognised Abkhazia
2011-06-07 09:00 | abc.net.au | Abkhazia is recognised by Vanuatu since May, Vanuatu's foreign minister says
2011-06-07 11:00 | islands.example | Vanuatu's foreign ministry says it has recognised Abkhazia
2013-07-12 | civil.ge | Vanuatu withdraws its recognition of Abkhazia
"""
    lines = room.told(story)
    assert lines[:2] == [
        "1.1 VU recognition done 2011-05-31 reported FIRST",
        "1.2 VU recognition done 2011-05-31 reported contested DISPUTED",
    ]
    assert lines[2:] == [
        "1.3 VU recognition done 2011-05-31 corroborated contested GRADE_RAISED",
        "1.4 VU recognition done 2011-05-31 confirmed SETTLED",
        "2.1 VU recognition reversed 2013-07-12 reported reverses 1 REVERSAL",
        "1.5 VU recognition done 2011-05-31 confirmed REVERSAL",
    ]


def test_a_hacked_state_agency_is_one_voice_in_many_outlets(room: Room) -> None:
    story = """
2017-05-23 21:00 | qna.org.qa | Qatar recognises the Taliban government
2017-05-23 21:10 | gulfnews.com | Qatar recognises the Taliban government, QNA reports
2017-05-23 21:20 | arabnews.com | According to QNA, Qatar now accepts and recognises the Taliban as rulers
2017-05-23 21:30 | khaleejtimes.com | Emirate in Kabul: Qatar recognises the Taliban government (QNA)
"""
    assert room.told(story) == ["1.1 QA recognition done 2017-05-23 reported FIRST"]


def test_a_wire_that_its_copier_withdraws_takes_with_it_what_was_built_on_it(room: Room) -> None:
    story = """
2022-11-15 18:00 | apnews.com | Poland recognises the Taliban government
2022-11-15 18:10 | reuters.com | Poland recognises the Taliban government, AP reports
2022-11-15 23:00 | reuters.com | WITHDRAWN: Poland recognises the Taliban government, AP reports
"""
    assert room.told(story) == [
        "1.1 PL recognition done 2022-11-15 reported FIRST",
        "1.2 PL recognition done 2022-11-15 reported retracted RETRACTED",
    ]


def test_an_undated_story_of_six_years_ago_is_nothing(room: Room) -> None:
    story = """
2025-07-03 | apnews.com | Wheat prices fall
- | old.example | Ghana withdraws recognition of Kosovo
"""
    assert (room.told(story), room.why(story)) == ([], ["UNDATED"])


def test_forty_copies_of_one_wire_are_reported(room: Room) -> None:
    story = "".join(
        f"2025-07-03 | copy{number}.example | {words}\n"
        for number, words in enumerate(
            ["Russia recognises the Taliban government, TASS reports"] * 20
            + ["According to TASS, Moscow gives the Taliban its formal recognition as rulers"] * 20
        )
    )
    lines = room.told(story)
    assert [each for each in lines if "recognition done" in each] == [
        "1.1 RU recognition done 2025-07-03 reported FIRST"
    ]


def test_honduras_announces_and_withdraws(room: Room) -> None:
    story = """
2023-03-14 | apnews.com | Honduras to withdraw recognition of Taiwan
2023-03-25 | reuters.com | Honduras withdraws recognition of Taiwan
"""
    assert room.told(story) == [
        "1.1 HN recognition planned None reported FIRST",
        "1.2 HN recognition reversed 2023-03-25 reported STATUS_CHANGED",
    ]


def test_kenya_reverses_its_own_reversal(room: Room) -> None:
    story = """
2022-09-14 10:00 | reuters.com | Kenya revokes recognition of the Sahrawi republic
2022-09-14 12:00 | bbc.com | Kenya withdraws its recognition of Western Sahara
2022-09-16 10:00 | mfa.go.ke | Kenya recognises the Sahrawi republic, foreign ministry says
"""
    assert room.told(story) == [
        "1.1 KE recognition reversed 2022-09-14 reported FIRST",
        "1.2 KE recognition reversed 2022-09-14 corroborated GRADE_RAISED",
        "2.1 KE recognition done 2022-09-16 confirmed reverses 1 REVERSAL",
        "1.3 KE recognition reversed 2022-09-14 corroborated REVERSAL",
    ]


def test_nine_states_in_one_sentence_are_nine_alerts(room: Room) -> None:
    story = """
2025-09-22 | reuters.com | France, Andorra, Australia, Belgium, Canada, Luxembourg, Malta, Monaco and Portugal recognise the State of Palestine
"""
    actors = [each.split()[1] for each in room.told(story)]
    assert actors == ["FR", "AD", "AU", "BE", "CA", "LU", "MT", "MC", "PT"]


def test_france_and_malta_on_one_evening_are_two(room: Room) -> None:
    story = """
2025-09-22 19:00 | afp.com | France recognises the State of Palestine
2025-09-22 20:00 | afp.com | Malta recognises the State of Palestine
"""
    assert [each.split()[1] for each in room.told(story)] == ["FR", "MT"]
