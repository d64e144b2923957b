"""What /export says, and how its files are called."""

from collections.abc import Mapping

from bot.texts.language import N_, Words
from bot.texts.messages import Button, Message, Writer

FILES: Mapping[str, str] = {
    "csv": "events.csv",
    "json": "events.json",
    "atom": "alerts.atom",
    "calendar": "forums.ics",
    "cap": "alert.cap.xml",
}
"""The formats, by what they are asked for as, and the names of their files."""

_ABOUT: Mapping[str, str] = {
    "csv": N_("the newest events as a table, with CAMEO and PLOVER codes"),
    "json": N_("the same for programs"),
    "atom": N_("the newest alerts as a feed"),
    "calendar": N_("forums, past and to come, as a calendar"),
    "cap": N_("one alert as a warning (CAP 1.2)"),
}


def formats(words: Words, page_url: str, *, is_private: bool) -> Message:
    """Return /export without a format: what there is, and where to subscribe to it.

    In a private chat the page opens inside Telegram.
    """
    writer = Writer()
    writer.line(words.gettext("What I know, as a file for other programs:"))
    for name, about in _ABOUT.items():
        usage = "cap 12" if name == "cap" else name
        writer.line(f"/export {usage}: {words.gettext(about)}")
    writer.line(words.gettext("The name of a case behind it gives that case alone."))
    see_page = words.gettext("To subscribe to them, see the page.")
    if page_url and is_private:
        writer.row(Button(see_page, app=page_url))
    elif page_url:
        with writer.link(page_url):
            writer.write(see_page)
    return writer.build()


def file(words: Words, wanted: str, made: str) -> Message:
    """Return one export as a file, and in one line what it is."""
    about = words.gettext(_ABOUT[wanted])
    text = about[:1].upper() + about[1:]
    return Message(text, document=made.encode("utf-8"), document_name=FILES[wanted])
