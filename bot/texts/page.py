"""The page's own sentences; what it says of alerts and countries is said as in the chat."""

from dataclasses import dataclass

from bot.texts.language import Words, languages, own_name


@dataclass(frozen=True, slots=True)
class Labels:
    """Every word of the page that belongs to no alert."""

    about: str
    skip: str
    stand: str
    alerts: str
    older: str
    none_yet: str
    subscribe: str
    feed: str
    calendar: str
    table: str
    objects: str
    warning: str
    country: str
    since: str
    back: str
    sources: str
    languages: str
    cases: str
    contested: str


def labels(words: Words) -> Labels:
    """Return them in a language."""
    return Labels(
        about=words.gettext(
            "Where states stand toward contested authorities, and what changes: each with how "
            "sure it is and on whose word."
        ),
        skip=words.gettext("To the newest alerts"),
        stand=words.gettext("Where things stand"),
        alerts=words.gettext("Newest alerts"),
        older=words.gettext("Older alerts"),
        none_yet=words.gettext("There are no alerts yet."),
        subscribe=words.gettext("Subscribe"),
        feed=words.gettext("Alerts as a feed (Atom)"),
        calendar=words.gettext("Forums as a calendar (iCalendar)"),
        table=words.gettext("Events as a table (CSV)"),
        objects=words.gettext("Events as data (JSON)"),
        warning=words.gettext("This alert as a warning (CAP)"),
        country=words.gettext("Country"),
        since=words.gettext("Since"),
        back=words.gettext("Back to everything"),
        sources=words.gettext("Sources"),
        languages=words.gettext("Languages"),
        cases=words.gettext("Cases"),
        contested=words.gettext(
            "Contested borders are dashed, and the territory at issue is hatched: the map takes "
            "no side."
        ),
    )


def opens_in_telegram(words: Words) -> str:
    """Return what is said to whom the bot does not serve."""
    return words.gettext("This page opens inside Telegram, for those whom its bot serves.")


def no_such_page(words: Words) -> str:
    """Return what stands where nothing is."""
    return words.gettext("There is no such page.")


def own_names() -> dict[str, str]:
    """Return the page's languages by code, each in its own name."""
    return {code: own_name(code) for code in languages()}
