"""Answers to why: each source behind an alert, its sentence, and what was made of it."""

from collections.abc import Sequence
from datetime import datetime

from bot.texts.foreign import host_of, safe_foreign
from bot.texts.language import N_, Words
from bot.texts.messages import Message, Writer
from bot.texts.reading import Told, write_told
from bot.texts.wording import REASONS
from jobs.domain.alerts import Reason
from jobs.domain.events import Evidence
from jobs.reference import Reference

_ROOM_FOR_ONE_MORE = 700

_WITHHELD = {
    Reason.ALREADY_KNOWN: N_("known already"),
    Reason.BACKGROUND: N_("background"),
    Reason.STALE: N_("too old to be news"),
    Reason.BASELINE: N_("there before the watch began"),
    Reason.UNDATED: N_("without a date"),
    Reason.BELOW_LEVEL: N_("a signal only"),
    Reason.INHIBITED: N_("told within a greater alert"),
    Reason.OTHER_CASE: N_("of another case"),
}


def why(
    words: Words,
    names: Reference,
    told: Told,
    accounts: Sequence[tuple[Evidence, Reason | None]],
    *,
    total: int,
    first: int,
    changes: Sequence[tuple[datetime, Reason]],
) -> Message:
    """Return /why ID: some of its sources with sentence, time, origin and rule, and its changes.

    ``first`` is the place of the first of ``accounts`` among all, counted from 1.
    """
    writer = Writer()
    write_told(writer, words, names, told)
    writer.line()
    counted = words.ngettext("{count} item speaks of it:", "{count} items speak of it:", total)
    writer.line(counted.format(count=total))
    for place, (evidence, reason) in enumerate(accounts, first):
        if writer.room < _ROOM_FOR_ONE_MORE:
            break
        _write_account(writer, words, place, evidence, reason)
    for at, reason in changes:
        if reason in REASONS and writer.room > _ROOM_FOR_ONE_MORE:
            writer.line(f"{words.moment(at)}: {words.gettext(REASONS[reason])}")
    return writer.build()


def _write_account(
    writer: Writer, words: Words, place: int, evidence: Evidence, reason: Reason | None
) -> None:
    mention = evidence.mention
    writer.write(f"{place}. ")
    with writer.link(evidence.url):
        writer.foreign(evidence.title or evidence.url, 200)
    writer.write(" (")
    writer.foreign(host_of(evidence.url) or evidence.outlet.host, 80)
    at = evidence.published_at or evidence.seen_at
    writer.line(f"{words.comma}{words.moment(at)})")
    if mention.clause and mention.clause.strip() != evidence.title.strip():
        writer.line(f"  “{safe_foreign(mention.clause, 220)}”")
    origin = words.gettext("origin {origin}").format(origin=_origin(words, evidence))
    rule = words.gettext("rule {rule}").format(rule=safe_foreign(mention.rule, 60))
    held = _WITHHELD.get(reason) if reason is not None else None
    writer.line(f"  {origin} · {rule}" + (f" · {words.gettext(held)}" if held else ""))


def _origin(words: Words, evidence: Evidence) -> str:
    """Return whose voice it is: the wire or organ that the text names, else the outlet's owner."""
    named = evidence.mention.attributions
    voices = named[:2] or (evidence.outlet.family,)
    return words.listed(safe_foreign(name, 60) for name in voices)
