"""A digest in words: many alerts in one message, the weightiest first."""

from collections.abc import Mapping

from bot.texts.alerts import headline, how_sure, when
from bot.texts.language import N_, Words, words_of
from bot.texts.messages import Message, Writer
from bot.texts.wording import MAY_BE_A_REPEAT, why_changed
from jobs.domain.alerts import Digest, DigestLine, Occasion
from jobs.reference import Reference

_TITLES: Mapping[Occasion, str] = {
    Occasion.DAILY: N_("Your day"),
    Occasion.WEEKLY: N_("Your week"),
    Occasion.LAST: N_("What had gathered for your digest"),
    Occasion.QUIET: N_("What came in your quiet hours"),
    Occasion.AWAY: N_("While I was away"),
    Occasion.FULL: N_("Much came at once"),
    Occasion.RESTORED: N_("Caught up"),
}
_MAY_BE_KNOWN = N_(
    "I was put back to a copy of that moment. You may have had some of this already; what you "
    "changed here since then, please change once more."
)
_ROOM_FOR_END = 300


def render_digest(
    digest: Digest,
    *,
    names: Reference,
    language: str = "en",
    zone: str = "UTC",
    possibly_repeated: bool = False,
) -> Message:
    """Return a digest in words; one without alerts says how many sources were read for it."""
    words = words_of(language, zone)
    writer = Writer()
    if possibly_repeated:
        writer.line(words.gettext(MAY_BE_A_REPEAT))
    with writer.bold():
        writer.write(_title(digest, words))
    writer.line()
    writer.line(words.gettext("since {moment}").format(moment=words.moment(digest.since)))
    if digest.occasion is Occasion.RESTORED:
        writer.line(words.gettext(_MAY_BE_KNOWN))
    left = digest.more
    for place, line in enumerate(digest.lines):
        if writer.room < _ROOM_FOR_END + 500:
            left += len(digest.lines) - place
            break
        _write_line(writer, words, line, names)
    if left:
        more = words.ngettext("and {count} more", "and {count} more", left).format(count=left)
        writer.line(f"{more}: /latest")
    writer.write(_sources(digest, words))
    return writer.build()


def _title(digest: Digest, words: Words) -> str:
    title = words.gettext(_TITLES[digest.occasion])
    count = len(digest.lines) + digest.more
    if not count:
        return words.gettext("{title}: nothing new").format(title=title)
    counted = words.ngettext("{count} alert", "{count} alerts", count).format(count=count)
    return f"{title}: {counted}"


def _write_line(writer: Writer, words: Words, line: DigestLine, names: Reference) -> None:
    facts = line.facts
    writer.line()
    writer.line(headline(facts, words, names))
    if not line.is_new:
        writer.write(why_changed(words, line.reason, facts.status) + " ")
    sure = how_sure(facts, words, names)
    writer.line(f"{when(facts, words)} · {sure} · /why_{line.alert_id}")


def _sources(digest: Digest, words: Words) -> str:
    if not digest.sources:
        return ""
    said = words.ngettext(
        "{read} of {count} source was read for this.",
        "{read} of {count} sources were read for this.",
        digest.sources,
    )
    return "\n" + said.format(read=digest.sources_read, count=digest.sources)
