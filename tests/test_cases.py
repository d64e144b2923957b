from datetime import date
from pathlib import Path

import pytest

from jobs.errors import ConfigError
from jobs.reference import load_reference
from jobs.reference.cases import BaselineStanding, Case, Outlook, load_case, load_cases

ACTORS = {"AF", "CN", "IR", "RU", "UZ"}

SMALL = """\
id = "taliban"
title = "Taliban government of Afghanistan"
short = "Taliban"
seat = "AF"
opponents = ["IR"]
baseline = [
  { actor = "RU", on = 2025-07-03, recognition = "de_jure", certain = true, url = "https://a.b/1" },
  { actor = "RU", on = 2022-04-09, mission = "embassy", certain = false, url = "https://a.b/2" },
]

[[forums]]
name = "Summit"
organisation = "SCO"
starts_on = 2026-08-31
ends_on = 2026-09-01
participation = "not invited"

[names]
en = ["Taliban"]

[[watch]]
actor = "UZ"
outlook = "likely"
note = "Builds a railway."

[[officials]]
name = "Amir Khan Muttaqi"
spellings = ["Muttaqi"]
office = "foreign minister"
since = 2021-09-07
"""


@pytest.fixture(scope="module")
def taliban() -> Case:
    return load_reference().cases["taliban"]


@pytest.fixture(scope="module")
def palestine() -> Case:
    return load_reference().cases["palestine"]


def load(tmp_path: Path, text: str) -> Case:
    path = tmp_path / "taliban.toml"
    path.write_text(text, encoding="utf-8")
    return load_case(path, ACTORS)


def test_a_small_case_is_read_whole(tmp_path: Path) -> None:
    case = load(tmp_path, SMALL)
    assert (case.id, case.seat, case.opponents) == ("taliban", "AF", ("IR",))
    assert case.names == {"en": ("Taliban",)}
    assert case.watch[0].outlook is Outlook.LIKELY
    assert case.officials[0].since == date(2021, 9, 7)
    assert case.forums[0].place == ""
    assert [known.on for known in case.baseline] == [date(2022, 4, 9), date(2025, 7, 3)]


def test_each_fact_of_the_baseline_has_its_own_day_and_certainty(tmp_path: Path) -> None:
    embassy, recognition = load(tmp_path, SMALL).known("RU")
    assert (embassy.standing.mission, embassy.standing.mission_on) == ("embassy", embassy.on)
    assert embassy.standing.recognition == "none"
    assert (embassy.certain, embassy.standing.certain) == (False, False)
    assert recognition.standing.recognised_on == date(2025, 7, 3)
    assert (recognition.certain, recognition.standing.certain) == (True, True)
    assert load(tmp_path, SMALL).known("UZ") == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param('id = "taliban"', 'id = "Tali ban"', "id: is 'Tali ban'", id="bad id"),
        pytest.param("short =", "shrot =", "short: is missing", id="missing key"),
        pytest.param('seat = "AF"', 'seat = "AF"\nflag = 1', "flag: no such key", id="unknown key"),
        pytest.param('en = ["Taliban"]', "", "names: is missing", id="no names"),
        pytest.param('en = ["Taliban"]', 'prs = ["x"]', "names.prs: 'prs'", id="no ISO language"),
        pytest.param('"UZ"', '"ZZ"', "watch[1].actor: no actor has the code 'ZZ'", id="no actor"),
        pytest.param('"likely"', '"likly"', "give one of likely, possible", id="no outlook"),
        pytest.param('note = "', 'not = "', "watch[1].note: is missing", id="no note"),
        pytest.param('["IR"]', '["XQ"]', "opponents: no actor has the code", id="no opponent"),
        pytest.param(
            'actor = "UZ"', 'actor = "AF"', "seat: AF is the case's own", id="seat watched"
        ),
        pytest.param('actor = "RU"', 'actor = "AF"', "seat: AF is the case's own", id="seat acts"),
        pytest.param('["IR"]', '["AF"]', "seat: AF is the case's own", id="seat opposed"),
        pytest.param('["IR"]', '["UZ"]', "watch: names an actor twice", id="opponent watched"),
        pytest.param('"de_jure"', '"yes"', "recognition: is 'yes'; give one of", id="recognition"),
        pytest.param(
            'mission = "embassy"',
            'mission = "embassy", listing = "listed"',
            "just one of",
            id="two",
        ),
        pytest.param('mission = "embassy", ', "", "baseline[2].actor: give just one of", id="none"),
        pytest.param("on = 2022-04-09", 'on = "April"', "baseline[2].on: is 'April'", id="bad day"),
        pytest.param("2022-04-09", "2022-04-31", "is no TOML", id="impossible day"),
        pytest.param("certain = false", 'certain = "no"', "give true or false", id="certain"),
        pytest.param(", certain = false", "", "baseline[2].certain: is missing", id="no certain"),
        pytest.param("https://a.b/2", "a.example", "begins with http://", id="bad url"),
        pytest.param("2026-09-01", "2026-08-01", "ends_on: lies before starts_on", id="ends early"),
        pytest.param("not invited", "no", "participation: is 'no'", id="participation"),
        pytest.param(
            "since = 2021-09-07",
            "since = 2021-09-07\nuntil = 2020-01-01",
            "before since",
            id="until",
        ),
    ],
)
def test_a_broken_case_names_file_key_and_remedy(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in SMALL
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, SMALL.replace(old, new, 1))
    assert str(caught.value).startswith(str(tmp_path / "taliban.toml"))
    assert says in str(caught.value)


def test_met_gives_the_last_meeting(tmp_path: Path) -> None:
    case = load(tmp_path, SMALL.replace('mission = "embassy"', "met = true"))
    assert case.known("RU")[0].standing.last_meeting_on == date(2022, 4, 9)


def test_a_folder_without_a_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no case"):
        load_cases([tmp_path], ACTORS)


def test_two_files_of_one_folder_cannot_share_an_id(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(SMALL, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"b\.toml: id: another file there has 'taliban' too"):
        load_cases([tmp_path], ACTORS)


def test_a_later_folder_replaces_a_case(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder, short in ((first, "Taliban"), (second, "Kabul")):
        folder.mkdir()
        text = SMALL.replace('short = "Taliban"', f'short = "{short}"')
        (folder / "case.toml").write_text(text, encoding="utf-8")
    assert load_cases([first, second], ACTORS)["taliban"].short == "Kabul"


# The shipped cases.

LANGUAGES = {
    "en",
    "ru",
    "fa",
    "ar",
    "ur",
    "ps",
    "uz",
    "zh",
    "tr",
    "az",
    "hi",
    "mr",
    "bn",
    "ne",
    "kk",
    "ky",
    "tg",
    "de",
    "fr",
    "es",
    "uk",
    "it",
    "bg",
    "no",
    "bs",
    "ro",
    "ka",
    "ug",
    "tk",
}


def test_the_taliban_are_named_in_every_language_that_the_news_uses(taliban: Case) -> None:
    assert set(taliban.names) >= LANGUAGES


@pytest.mark.parametrize("language", ["en", "ru", "fa", "ar", "ur", "zh", "tr", "hi", "kk", "tg"])
def test_the_pakistani_taliban_and_the_emirates_are_traps(taliban: Case, language: str) -> None:
    assert len(taliban.traps[language]) >= 2


def test_the_watch_list_is_the_one_agreed(taliban: Case) -> None:
    unlikely = {watched.actor for watched in taliban.watch if watched.outlook is Outlook.UNLIKELY}
    assert {watched.actor for watched in taliban.watch} == {"UZ", "KZ", "BY", "CN", "PK", "IR"}
    assert unlikely == {"IR"}


def test_only_russia_has_recognised_the_taliban(taliban: Case) -> None:
    given = [known for known in taliban.baseline if known.standing.recognition == "de_jure"]
    assert [(known.standing.actor, known.on, known.certain) for known in given] == [
        ("RU", date(2025, 7, 3), True)
    ]


def test_china_has_an_ambassador_and_no_recognition(taliban: Case) -> None:
    heads = {known.on for known in taliban.known("CN") if known.standing.head_of_mission}
    assert date(2024, 1, 30) in heads
    assert all(known.standing.recognition == "none" for known in taliban.known("CN"))


@pytest.mark.parametrize(
    ("actor", "on", "certain"),
    [
        pytest.param("KZ", date(2023, 12, 29), True, id="delisting that fifteen outlets date"),
        pytest.param("AE", date(2024, 8, 21), True, id="credentials that fifteen outlets date"),
        pytest.param("UZ", date(2024, 2, 2), False, id="handover that rows date differently"),
        pytest.param("OM", date(2024, 9, 15), False, id="handover on one side's word"),
        pytest.param("PK", date(2021, 10, 1), False, id="only the month is known"),
    ],
)
def test_only_a_day_that_two_agree_on_is_certain(
    taliban: Case, actor: str, on: date, certain: bool
) -> None:
    assert {known.certain for known in taliban.known(actor) if known.on == on} == {certain}


def test_palestine_is_a_case_of_data_alone(palestine: Case) -> None:
    recognised = {
        known.standing.actor for known in palestine.baseline if known.standing.recognised_on
    }
    assert {"GB", "CA", "AU", "PT", "FR", "ES", "IE", "NO", "SI"} <= recognised
    assert palestine.opponents == ("IL",)
    assert not {known.certain for known in palestine.known("SM")} - {False}


def test_palestine_counts_as_many_as_were_counted_in_2025(palestine: Case) -> None:
    recognised = {
        known.standing.actor
        for known in palestine.baseline
        if known.standing.recognition == "de_jure"
    }
    assert len(recognised) == 157
    assert not recognised & {"US", "DE", "IT", "JP", "NZ", "IL", "KR", "DK", "FI", "SG"}


def test_no_withdrawal_that_only_serbia_announced_is_certain() -> None:
    kosovo = load_reference().cases["kosovo"]
    withdrawn = [k for k in kosovo.baseline if k.standing.recognition == "withdrawn"]
    assert {"SR", "GH", "PW", "NR"} <= {known.standing.actor for known in withdrawn}
    assert not any(known.certain for known in withdrawn)


@pytest.mark.parametrize("name", ["taliban", "palestine", "kosovo"])
def test_a_shipped_case_is_whole(name: str) -> None:
    case = load_reference().cases[name]
    assert case.officials
    assert case.watch
    assert case.forums
    assert set(case.traps) <= set(case.names)
    assert not any(set(case.traps[language]) & set(case.names[language]) for language in case.traps)


@pytest.mark.parametrize("name", ["taliban", "palestine", "kosovo"])
def test_shipped_dates_are_sane(name: str) -> None:
    case = load_reference().cases[name]
    assert [known.on for known in case.baseline] == sorted(known.on for known in case.baseline)
    assert all(date(1988, 1, 1) <= known.on <= date(2026, 12, 31) for known in case.baseline)
    assert all(parts_given(known) == 1 for known in case.baseline)
    assert all((forum.ends_on - forum.starts_on).days < 366 for forum in case.forums)


def test_past_forums_are_kept_beside_coming_ones(taliban: Case) -> None:
    years = {forum.starts_on.year for forum in taliban.forums}
    assert {2021, 2022, 2023, 2024, 2025, 2026, 2027} <= years
    keys = [(forum.name, forum.starts_on) for forum in taliban.forums]
    assert len(set(keys)) == len(keys)


def parts_given(known: BaselineStanding) -> int:
    standing = known.standing
    days = (
        standing.recognised_on,
        standing.mission_on,
        standing.head_on,
        standing.listing_on,
        standing.last_meeting_on,
    )
    assert set(days) == {None, known.on}
    return sum(day is not None for day in days)
