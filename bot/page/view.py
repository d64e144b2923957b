"""The page as markup, from its contents; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from bot.page.html import Markup, document, foreign, joined, tag
from bot.pictures.levels import Level, level_of
from bot.texts.alerts import headline, how_sure, needs_caution, when
from bot.texts.charts import level_name, recognised_by
from bot.texts.foreign import host_of, safe_url
from bot.texts.language import Words, is_right_to_left
from bot.texts.names import actor_name, sentence
from bot.texts.page import (
    Labels,
    labels,
    no_such_page,
    opens_in_telegram,
    own_names,
)
from jobs.domain.alerts import AlertId, Facts, Story, Voice
from jobs.domain.events import Standing
from jobs.reference import Reference
from jobs.reference.cases import Case

NAME = "Recognition Watch"
_SINCE: Mapping[Level, str] = {
    Level.RECOGNISED: "recognised_on",
    Level.AMBASSADOR: "head_on",
    Level.MISSION: "mission_on",
    Level.DELISTED: "listing_on",
    Level.CONTACT: "last_meeting_on",
}
_OPENED = 12
"""A list of so many states is open from the start; a longer one opens at a tap."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader is: what each of the page's own links carries on.

    ``root`` leads from the page's address to its first page, which may lie under any path.
    """

    language: str
    case: str
    theme: str = ""
    ticket: str = ""
    root: str = ""

    def to(self, path: str = "", **further: str) -> str:
        """Return the address of another part of the page."""
        known = {"case": self.case, "lang": self.language, "theme": self.theme, "t": self.ticket}
        query = {name: value for name, value in {**known, **further}.items() if value}
        return f"{self.root or './'}{path}?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class Contents:
    """What the first page shows of one case; ``older_than`` asks for the page after this."""

    case: Case
    standings: Sequence[Standing]
    stories: Sequence[Story]
    older_than: AlertId | None
    fresh: str


def home(words: Words, names: Reference, contents: Contents, place: Place) -> str:
    """Return the first page: map, standings, newest alerts with their evidence, feeds."""
    said = labels(words)
    body = tag(
        "body",
        tag("a", said.skip, class_="skip", href="#alerts"),
        _header(said, names, place),
        tag(
            "main",
            _map(words, said, contents, place),
            tag(
                "div",
                _standings(words, names, said, contents),
                _alerts(words, names, said, contents, place),
                _feeds(said, place),
                class_="columns",
            ),
        ),
        tag("footer", tag("p", contents.fresh)),
        tag("script", src=f"{place.root}app.js", defer=True),
    )
    return _document(f"{contents.case.full_name(words.language)} · {NAME}", body, place)


def one_alert(
    words: Words, names: Reference, story: Story, voices: Sequence[Voice], place: Place
) -> str:
    """Return the page of one alert, with every source given."""
    said = labels(words)
    told = replace(story.facts, voices=tuple(voices))
    times = " – ".join(
        dict.fromkeys(words.moment(each.made_at) for each in (story.tellings[0], story.last))
    )
    warning = f"alerts/{story.alert_id}.cap.xml"
    body = tag(
        "body",
        _header(said, names, place),
        tag(
            "main",
            tag(
                "section",
                _article(words, names, story.alert_id, told, place, is_link=False),
                tag("p", times, class_="faint"),
                tag("p", tag("a", said.warning, href=place.to(warning))),
                tag("p", tag("a", said.back, href=place.to())),
            ),
        ),
    )
    return _document(f"{headline(story.facts, words, names)} · {NAME}", body, place)


def notice(words: Words, place: Place, *, is_closed: bool) -> str:
    """Return what is shown where there is nothing, or nothing for whoever asks."""
    text = opens_in_telegram(words) if is_closed else no_such_page(words)
    way = tag("p", tag("a", labels(words).back, href=place.to()))
    body = tag(
        "body",
        tag("main", tag("section", tag("h1", NAME), tag("p", text), None if is_closed else way)),
        tag("script", src=f"{place.root}app.js", defer=True) if is_closed else None,
    )
    return _document(NAME, body, place)


def _document(title: str, body: Markup, place: Place) -> str:
    head = joined(
        tag("meta", charset="utf-8"),
        tag("title", title),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="stylesheet", href=f"{place.root}page.css"),
        tag(
            "link",
            rel="alternate",
            type="application/atom+xml",
            title=NAME,
            href=place.to("alerts.atom", t="", theme=""),
        ),
    )
    return document(
        head,
        body,
        lang=place.language,
        dir="rtl" if is_right_to_left(place.language) else "ltr",
        data_theme=place.theme or None,
    )


def _header(said: Labels, names: Reference, place: Place) -> Markup:
    cases = [
        (case.short_name(place.language), place.to(case=case.id), case.id == place.case)
        for case in names.cases.values()
    ]
    spoken = [
        (name, place.to(lang=code), code == place.language) for code, name in own_names().items()
    ]
    return tag(
        "header",
        tag("h1", NAME),
        tag("p", said.about, class_="faint"),
        _choices(said.cases, cases),
        _choices(said.languages, spoken),
    )


def _choices(label: str, entries: Sequence[tuple[str, str, bool]]) -> Markup | None:
    if len(entries) < 2:
        return None
    items = (
        tag("li", tag("a", name, href=to, aria_current="true" if is_here else None))
        for name, to, is_here in entries
    )
    return tag("nav", tag("ul", *items), aria_label=label)


def _map(words: Words, said: Labels, contents: Contents, place: Place) -> Markup:
    count = sum(level_of(each) is Level.RECOGNISED for each in contents.standings)
    counted = recognised_by(words, contents.case.full_name(words.language), count)
    picture = tag(
        "img", class_="map", src=place.to("map.svg"), alt=counted, width="1000", height="640"
    )
    caption = tag("figcaption", counted, " ", said.contested)
    return tag("section", tag("figure", picture, caption))


def _standings(words: Words, names: Reference, said: Labels, contents: Contents) -> Markup:
    rows: dict[Level, list[Standing]] = {level: [] for level in Level}
    for standing in contents.standings:
        rows[level_of(standing)].append(standing)
    groups = [
        _group(words, names, said, level, found)
        for level, found in rows.items()
        if found and level is not Level.NONE
    ]
    nothing = None if groups else tag("p", words.gettext("Nothing is known yet."))
    title = tag("h2", said.stand, id="stand")
    return tag("section", title, *groups, nothing, class_="stand", aria_labelledby="stand")


def _group(
    words: Words, names: Reference, said: Labels, level: Level, found: Sequence[Standing]
) -> Markup:
    named = [(actor_name(names, each.actor, words.language), each) for each in found]
    lines = []
    for name, standing in sorted(named, key=lambda each: each[0]):
        since = getattr(standing, _SINCE[level])
        lines.append(tag("tr", tag("td", name), tag("td", _day(words, since) if since else "")))
    heads = (tag("th", label, scope="col") for label in (said.country, said.since))
    key = tag("span", class_=f"key {level}", aria_hidden="true")
    return tag(
        "details",
        tag("summary", key, f"{level_name(words, level)} ({len(found)})"),
        tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines)),
        open=len(found) <= _OPENED and level in (Level.RECOGNISED, Level.AMBASSADOR),
    )


@lru_cache(maxsize=4096)
def _day(words: Words, on: date) -> str:
    # A case may have two hundred days on its page, and each takes as long as a query.
    return words.day(on)


def _alerts(
    words: Words, names: Reference, said: Labels, contents: Contents, place: Place
) -> Markup:
    articles = [
        _article(words, names, each.alert_id, each.facts, place, is_link=True)
        for each in contents.stories
    ]
    older = None
    if contents.older_than is not None:
        to = place.to(before=str(contents.older_than))
        older = tag("p", tag("a", said.older, href=f"{to}#alerts", rel="next"))
    title = tag("h2", said.alerts, id="alerts", tabindex="-1")
    nothing = None if articles else tag("p", said.none_yet)
    return tag(
        "section", title, *articles, nothing, older, class_="alerts", aria_labelledby="alerts"
    )


def _article(
    words: Words, names: Reference, alert_id: AlertId, facts: Facts, place: Place, *, is_link: bool
) -> Markup:
    said: Markup | str = headline(facts, words, names)
    if facts.retracted:
        said = tag("del", said)
    if is_link:
        said = tag("a", said, href=place.to(f"alerts/{alert_id}"))
    sure = f"{sentence(when(facts, words))} · {how_sure(facts, words, names)}"
    return tag(
        "article",
        tag("h3" if is_link else "h2", said),
        *(tag("p", each, class_="flag") for each in _flags(words, facts)),
        None if facts.retracted else tag("p", sure, class_="faint"),
        tag("p", foreign(facts.note)) if facts.note else None,
        None if facts.retracted else _evidence(words, facts.voices),
    )


def _flags(words: Words, facts: Facts) -> list[str]:
    """Return what must be said before anything else, as in the chat."""
    if facts.same_as is not None:
        same = words.gettext("The same event as alert {id}, which goes on:")
        return [same.format(id=facts.same_as).rstrip(":")]
    if facts.retracted:
        return [words.gettext("RETRACTED. Please disregard this alert:").rstrip(":")]
    flags = []
    if needs_caution(facts):
        flags.append(words.gettext("This is not recognition."))
    if facts.contested:
        flags.append(words.gettext("Sources contradict each other on this."))
    if facts.reversed_by is not None:
        told_by = words.gettext("It has since been taken back: alert {id}.")
        flags.append(told_by.format(id=facts.reversed_by))
    return flags


def _evidence(words: Words, voices: Sequence[Voice]) -> Markup | None:
    items = [tag("li", *_voice(words, each)) for each in voices]
    return tag("ul", *items, class_="evidence") if items else None


def _voice(words: Words, voice: Voice) -> list[Markup | str]:
    said = foreign(voice.title or voice.outlet)
    url = safe_url(voice.url)
    # Where the link leads, not what the item calls itself.
    host = foreign(host_of(voice.url) or voice.outlet, 80)
    link = tag("a", said, href=url, rel="nofollow noopener noreferrer external") if url else said
    day = ""
    if voice.published_at is not None:
        on = _day(words, voice.published_at.astimezone(words.zone).date())
        day = f"{words.comma}{on}"
    return [link, " ", tag("span", "(", host, day, ")", class_="faint")]


def _feeds(said: Labels, place: Place) -> Markup | None:
    if place.ticket:
        return None  # a feed reader has no ticket, or only an old one
    found = {
        "alerts.atom": said.feed,
        "forums.ics": said.calendar,
        "events.csv": said.table,
        "events.json": said.objects,
    }
    items = (tag("li", tag("a", label, href=place.to(to))) for to, label in found.items())
    title = tag("h2", said.subscribe, id="feeds")
    return tag("section", title, tag("ul", *items), class_="feeds", aria_labelledby="feeds")
