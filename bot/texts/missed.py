"""What a chat missed while the bot was away: one line for each alert."""

from bot.texts.alerts import headline, when
from bot.texts.language import words_of
from bot.texts.messages import Message, Writer
from bot.texts.wording import MAY_BE_A_REPEAT
from jobs.domain.alerts import Missed
from jobs.reference import Reference

_ROOM_FOR_THE_REST = 300


def render_missed(
    missed: Missed,
    *,
    names: Reference,
    language: str = "en",
    zone: str = "UTC",
    possibly_repeated: bool = False,
) -> Message:
    """Return the message that stands for alerts which waited too long to be sent one by one."""
    words = words_of(language, zone)
    writer = Writer()
    if possibly_repeated:
        writer.line(words.gettext(MAY_BE_A_REPEAT))
    with writer.bold():
        writer.write(words.gettext("While I was away:"))
    writer.line()
    unlisted = missed.more
    for alert_id, facts in missed.alerts:
        line = f"• {headline(facts, words, names)}, {when(facts, words)} (/why {alert_id})"
        if writer.room < len(line) + _ROOM_FOR_THE_REST:
            unlisted += 1
            continue
        writer.line(line)
    if unlisted:
        more = words.ngettext("and {count} more", "and {count} more", unlisted)
        writer.line(more.format(count=unlisted))
    writer.line(words.gettext("/latest shows the newest alerts with their sources."))
    return writer.build()
