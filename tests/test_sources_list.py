import re
from dataclasses import asdict
from pathlib import Path

import pytest

from jobs.domain.items import EventScope, Source, SourceKind, Tier
from jobs.errors import ConfigError, NotAFeed
from jobs.reference import DATA, Reference, load_reference
from jobs.reference.sources import host_of, load_outlets, load_sources, outlet_host
from jobs.sources.formats.lists import parse_list

SOURCE = """\
[tass-english]
name = "TASS"
kind = "feed"
url = "https://tass.example/rss"
language = "en"
family = "TASS"
tier = "wire"
side = "RU"
cases = ["taliban"]
"""
PAGE = (
    SOURCE.replace('"feed"', '"page"')
    + """\
[tass-english.layout]
row = "li"
date = "time"
link_date = '/(\\d+)/(\\d+)/(\\d+)/'
zone = "Asia/Tashkent"
"""
)
WIKI = SOURCE.replace('"feed"', '"mediawiki"').replace("/rss", "/wiki/Page")
CHANNEL = SOURCE.replace('"feed"', '"telegram"').replace("tass.example/rss", "t.me/s/tass_agency")
EVENTS = SOURCE.replace('"feed"', '"gdelt"') + '[tass-english.scope]\nactors = ["AFG"]\n'
OUTLET = '"tass.example" = { family = "TASS", tier = "wire", side = "RU" }\n'


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "list.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_source_is_read_whole(tmp_path: Path) -> None:
    [source] = load_sources(written(tmp_path, SOURCE), ["taliban"], {"RU"}).values()
    assert (source.id, source.tier, source.side) == ("tass-english", Tier.WIRE, "RU")
    assert (source.cases, source.interval_seconds) == (("taliban",), 300)


def test_keys_of_a_kind_are_read(tmp_path: Path) -> None:
    def load(text: str) -> Source:
        [source] = load_sources(written(tmp_path, text), ["taliban"], {"RU"}).values()
        return source

    layout = load(PAGE).layout
    assert (layout.row, layout.link, layout.zone) == ("li", "a[href]", "Asia/Tashkent")
    assert load(EVENTS).scope == EventScope(actors=("AFG",))
    assert load(WIKI.replace("cases", 'sections = ["Recognition"]\ncases')).sections == (
        "Recognition",
    )
    assert outlet_host(load(CHANNEL)) == "tass_agency.t.me"


@pytest.mark.parametrize(
    ("text", "old", "new", "says"),
    [
        pytest.param(PAGE, 'row = "li"', "", "layout.row: is missing", id="no row"),
        pytest.param(PAGE, "Asia/Tashkent", "Tashkent", "layout.zone: is 'Tashkent'", id="zone"),
        pytest.param(PAGE, "zone", "zones", "layout.zones: no such key", id="layout typing"),
        pytest.param(PAGE, "/(\\d+)/'", "/'", "link_date: give a pattern", id="two groups"),
        pytest.param(PAGE, "(\\d+)/'", "(\\d+/'", "link_date: is no pattern", id="broken"),
        pytest.param(PAGE, '"page"', '"feed"', "layout: no such key", id="layout of a feed"),
        pytest.param(EVENTS, 'actors = ["AFG"]', "", "scope: names nothing", id="no scope"),
        pytest.param(WIKI, "/wiki/Page", "/w/Page", "url: give the address of one", id="wiki"),
        pytest.param(CHANNEL, "/s/", "/", "url: give the address of a channel", id="channel"),
    ],
)
def test_a_broken_key_of_a_kind_is_named(
    tmp_path: Path, text: str, old: str, new: str, says: str
) -> None:
    assert old in text
    with pytest.raises(ConfigError) as caught:
        load_sources(written(tmp_path, text.replace(old, new)), ["taliban"], {"RU"})
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("[tass-english]", "[TASS]", "TASS: is no id", id="bad id"),
        pytest.param('"feed"', '"gopher"', "tass-english.kind: is 'gopher'", id="bad kind"),
        pytest.param('"wire"', '"agency"', "tier: is 'agency'; give one of", id="bad tier"),
        pytest.param('"RU"', '"XQ"', "side: no actor has the code 'XQ'", id="bad side"),
        pytest.param('"en"', '"prs"', "language: 'prs' is no language", id="bad language"),
        pytest.param("https://", "", "url: is 'tass.example/rss'", id="bad url"),
        pytest.param('["taliban"]', '["kosovo"]', "cases: there is no case 'kosovo'", id="no case"),
        pytest.param("cases =", "case =", "case: no such key; did you mean cases?", id="typing"),
        pytest.param("side =", "interval_seconds = 5\nside =", "give 60 or more", id="too often"),
        pytest.param(SOURCE, "", "names no source", id="empty file"),
        pytest.param(
            SOURCE,
            SOURCE + SOURCE.replace("[tass-english]", "[again]"),
            "again.url: is read by",
            id="twice",
        ),
    ],
)
def test_a_broken_source_names_file_key_and_remedy(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in SOURCE
    path = written(tmp_path, SOURCE.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_sources(path, ["taliban"], {"RU"})
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("tass.example", "www.tass.example", "is no bare host", id="www"),
        pytest.param("tass.example", "https://tass.example", "is no bare host", id="address"),
        pytest.param("family", "owner", "family: is missing", id="no family"),
        pytest.param('"RU"', '"subject"', "no actor has the code 'subject'", id="bad side"),
        pytest.param("tier", "teir", "tier: is missing", id="typing"),
    ],
)
def test_a_broken_outlet_names_file_key_and_remedy(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    path = written(tmp_path, OUTLET.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_outlets(path, {"RU"})
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.tass.ru/x", "tass.ru"),
        ("https://m.dw.com/x", "dw.com"),
        ("https://amp.dw.com", "dw.com"),
        ("HTTP://WWW.BBC.COM:443/", "bbc.com"),
        ("https://m.tv/x", "m.tv"),
        ("https://en.kremlin.ru", "en.kremlin.ru"),
        ("no address", ""),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host


# The shipped lists.


def test_there_are_feeds_enough_in_languages_enough(reference: Reference) -> None:
    sources = reference.sources.values()
    assert len(sources) >= 150
    assert len({source.language for source in sources}) >= 18
    not_read = {SourceKind.TELEGRAM, SourceKind.PUSH}
    assert {source.kind for source in sources} == set(SourceKind) - not_read
    assert {"en", "ru", "fa", "ps", "ar", "ur", "uz", "tg", "tr", "zh"} <= {
        source.language for source in sources
    }


# The states that the cases watch, organs and wires.
@pytest.mark.parametrize("side", ["RU", "CN", "IR", "PK", "IN", "TR", "QA", "AE", "SA", "KZ", "UZ"])
def test_a_watched_state_speaks_for_itself(reference: Reference, side: str) -> None:
    own = {
        source.tier
        for source in reference.sources.values()
        if source.side == side and source.tier in {Tier.OFFICIAL, Tier.WIRE}
    }
    assert own, f"no organ and no wire of {side} is read"


@pytest.mark.parametrize("case", ["taliban", "palestine"])
def test_a_case_has_sources_of_its_own(reference: Reference, case: str) -> None:
    assert sum(case in source.cases for source in reference.sources.values()) >= 8


def test_channels_are_read_only_where_they_are_switched_on(reference: Reference) -> None:
    switched_on = load_reference(telegram_channels=True)
    channels = {
        source.id for source in switched_on.sources.values() if source.kind is SourceKind.TELEGRAM
    }
    assert len(channels) >= 10
    assert set(switched_on.sources) == set(reference.sources) | channels
    assert not channels & set(reference.sources)


def test_a_channel_has_its_own_outlet_read_or_not(reference: Reference) -> None:
    ministry = reference.outlet_of("mid_russia.t.me")
    assert (ministry.tier, ministry.side) == (Tier.OFFICIAL, "RU")
    assert reference.outlet_of("somebody.t.me").tier is Tier.CHANNEL
    assert reference.outlet_of("gdeltproject.org").tier is Tier.AGGREGATOR


def test_every_layout_is_one_that_the_parser_takes(reference: Reference) -> None:
    for source in reference.sources.values():
        if source.kind is SourceKind.PAGE:
            with pytest.raises(NotAFeed, match=r"that has no "):
                parse_list(b"<p>", "text/html", source.url, **asdict(source.layout))


def test_the_list_says_that_it_was_never_tried() -> None:
    head = (DATA / "sources.toml").read_text(encoding="utf-8").split("\n\n")[0]
    assert "None could be tried" in head
    assert "recognition-watch check sources" in head


def test_a_source_and_the_list_of_outlets_agree(reference: Reference) -> None:
    listed = load_outlets(DATA / "outlets.toml", reference.actors)
    alone = Reference(cases=reference.cases, actors=reference.actors, outlets=listed)
    for source in reference.sources.values():
        outlet = alone.outlet_of(outlet_host(source))
        told = (outlet.family, outlet.tier, outlet.side)
        assert told == (source.family, source.tier, source.side), source.id


STATE_AGENCIES = [
    "tass.com",
    "tass.ru",
    "ria.ru",
    "xinhuanet.com",
    "news.cn",
    "irna.ir",
    "aa.com.tr",
    "app.com.pk",
    "uza.uz",
    "inform.kz",
    "kabar.kg",
    "khovar.tj",
    "belta.by",
    "azertag.az",
    "spa.gov.sa",
    "wam.ae",
    "qna.org.qa",
    "bakhtarnews.af",
    "wafa.ps",
]


@pytest.mark.parametrize("host", STATE_AGENCIES)
def test_a_state_agency_is_a_wire_and_no_organ(reference: Reference, host: str) -> None:
    outlet = reference.outlet_of(host)
    assert outlet.tier is Tier.WIRE
    assert outlet.side in reference.actors


@pytest.mark.parametrize(
    ("host", "side"),
    [
        ("mid.ru", "RU"),
        ("kremlin.ru", "RU"),
        ("mfa.gov.cn", "CN"),
        ("mofa.gov.pk", "PK"),
        ("akorda.kz", "KZ"),
        ("president.uz", "UZ"),
        ("mfa.gov.tr", "TR"),
        ("mea.gov.in", "IN"),
        ("eeas.europa.eu", "EU"),
        ("press.un.org", "UN"),
    ],
)
def test_an_organ_is_official_and_of_its_side(reference: Reference, host: str, side: str) -> None:
    outlet = reference.outlet_of(host)
    assert (outlet.tier, outlet.side) == (Tier.OFFICIAL, side)


def test_an_official_voice_always_speaks_for_someone(reference: Reference) -> None:
    unowned = [
        outlet.host
        for outlet in reference.outlets.values()
        if outlet.tier is Tier.OFFICIAL and outlet.side == "third"
    ]
    assert unowned == ["s-cica.org"]  # an organisation that no case has met


@pytest.mark.parametrize("host", ["news.google.com", "msn.com", "menafn.com", "t.me"])
def test_who_only_passes_on_is_no_voice(reference: Reference, host: str) -> None:
    assert reference.outlet_of(host).tier in {Tier.AGGREGATOR, Tier.CHANNEL}


def test_ids_are_plain(reference: Reference) -> None:
    assert all(re.fullmatch(r"[a-z0-9-]{2,60}", id_) for id_ in reference.sources)
