from pathlib import Path

import pytest

from jobs.domain.items import SUBJECT, Outlet, SourceId, Tier
from jobs.errors import ConfigError
from jobs.reference import Reference, load_reference
from tests.detecting import DATA

SOMALILAND = """\
id = "somaliland"
title = "Republic of Somaliland"
short = "Somaliland"
seat = "XS"
opponents = ["SO"]

[names]
en = ["Somaliland", "Republic of Somaliland"]
so = ["Soomaaliland"]

[traps]
en = ["British Somaliland"]

[[watch]]
actor = "ET"
outlook = "possible"
note = "Signed a memorandum on access to the sea."
"""


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def test_what_ships_is_whole(reference: Reference) -> None:
    assert set(reference.cases) == {"kosovo", "palestine", "taliban"}
    assert {"RU", "UZ", "EU", "UN", "SCO", "OIC", "ICC"} <= set(reference.actors)
    assert reference.sources
    assert "en" in reference.phrases


def test_a_new_case_needs_no_code(tmp_path: Path) -> None:
    (tmp_path / "somaliland.toml").write_text(SOMALILAND, encoding="utf-8")
    cases = load_reference(cases_dir=tmp_path).cases
    assert set(cases) == {"kosovo", "palestine", "somaliland", "taliban"}
    assert cases["somaliland"].names["so"] == ("Soomaaliland",)


def test_an_operator_may_mend_a_shipped_case(tmp_path: Path) -> None:
    text = SOMALILAND.replace('"somaliland"', '"taliban"')
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    assert load_reference(cases_dir=tmp_path).cases["taliban"].short == "Somaliland"


def test_a_missing_folder_of_cases_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere: holds no case"):
        load_reference(cases_dir=tmp_path / "nowhere")


def test_a_list_of_sources_of_ones_own_replaces_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        '[local]\nname = "Local"\nkind = "feed"\nurl = "https://feeds.local.example/rss"\n'
        'language = "en"\nfamily = "Local Ltd"\ntier = "outlet"\nside = "UZ"\n',
        encoding="utf-8",
    )
    reference = load_reference(sources_file=path)
    assert set(reference.sources) == {SourceId("local")}
    assert reference.outlet_of("feeds.local.example").family == "Local Ltd"


def test_an_outlet_of_a_new_cases_own_press_is_the_subjects(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        '[apsny]\nname = "Apsny"\nkind = "feed"\nurl = "https://apsny.example/rss"\n'
        'language = "ru"\nfamily = "Apsny"\ntier = "wire"\nside = "XB"\n',
        encoding="utf-8",
    )
    reference = load_reference(DATA / "cases", sources_file=path)
    assert reference.outlet_of("apsny.example", "abkhazia").side == SUBJECT
    assert reference.outlet_of("apsny.example", "taliban").side == "XB"


def test_a_missing_list_of_sources_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        load_reference(sources_file=tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("host", "family", "tier", "side"),
    [
        pytest.param("tass.com", "TASS", Tier.WIRE, "RU", id="as listed"),
        pytest.param("https://www.tass.ru/politika/1", "TASS", Tier.WIRE, "RU", id="address"),
        pytest.param("afghanistan.mid.ru", "Russian MFA", Tier.OFFICIAL, "RU", id="subdomain"),
        pytest.param("EN.Kremlin.ru.", "Kremlin", Tier.OFFICIAL, "RU", id="case and final dot"),
        pytest.param("m.dw.com", "DW", Tier.OUTLET, "third", id="mobile host"),
        pytest.param("nowhere.example", "nowhere.example", Tier.OUTLET, "third", id="unlisted"),
        pytest.param("nottass.com", "nottass.com", Tier.OUTLET, "third", id="only ends alike"),
        pytest.param("localhost", "localhost", Tier.OUTLET, "third", id="one label"),
        pytest.param("203.0.113.7", "203.0.113.7", Tier.OUTLET, "third", id="number"),
        pytest.param("", "", Tier.OUTLET, "third", id="nothing"),
    ],
)
def test_outlet_of(reference: Reference, host: str, family: str, tier: Tier, side: str) -> None:
    outlet = reference.outlet_of(host)
    assert (outlet.family, outlet.tier, outlet.side) == (family, tier, side)


@pytest.mark.parametrize(
    ("host", "case", "side"),
    [
        pytest.param("tolonews.com", "taliban", "subject", id="Kabul on Kabul"),
        pytest.param("tolonews.com", "palestine", "AF", id="Kabul on Palestine"),
        pytest.param("english.wafa.ps", "palestine", "subject", id="Ramallah on Palestine"),
        pytest.param("english.wafa.ps", "taliban", "PS", id="Ramallah on Kabul"),
        pytest.param("tolonews.com", None, "AF", id="no case asked"),
        pytest.param("amu.tv", "taliban", "third", id="exile"),
        pytest.param("mid.ru", "taliban", "RU", id="an actor"),
    ],
)
def test_an_outlet_is_a_party_only_to_its_own_seats_case(
    reference: Reference, host: str, case: str | None, side: str
) -> None:
    assert reference.outlet_of(host, case).side == side


def test_an_unlisted_outlet_is_its_own_family(reference: Reference) -> None:
    assert reference.outlet_of("one.blogspot.com") == Outlet("one.blogspot.com", "one.blogspot.com")
    assert reference.outlet_of("two.blogspot.com").family == "two.blogspot.com"
