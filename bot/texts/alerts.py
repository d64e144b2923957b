"""An alert in words: who did what toward whom, when, how sure, on whose word."""

from bot.texts.foreign import host_of, safe_foreign
from bot.texts.language import Words, words_of
from bot.texts.messages import Message, Writer
from bot.texts.names import actor_in_sentence, case_in_sentence, sentence
from bot.texts.wording import (
    MAY_BE_A_REPEAT,
    NOT_RECOGNITION,
    TYPE_NAMES,
    grade_in_words,
    headline_of,
    why_changed,
)
from jobs.domain.alerts import Action, AlertId, Facts, Reason, Voice
from jobs.domain.events import EventStatus, EventType, Grade
from jobs.reference import Reference

NO_ALERT = AlertId(0)
"""The number of what is shown as an alert and is none: there is nothing to ask why of."""
_SHOWN_VOICES = 3


def render_alert(
    facts: Facts,
    alert_id: AlertId,
    *,
    action: Action,
    reason: Reason,
    names: Reference,
    language: str = "en",
    zone: str = "UTC",
    possibly_repeated: bool = False,
) -> Message:
    """Return what one chat is told about one alert.

    SEND is the whole telling; EDIT the same with what has changed (struck through under
    a banner once retracted); REPLY one sentence on what has changed, and where things
    stand now. ``possibly_repeated`` says that an earlier sending may have arrived.
    """
    words = words_of(language, zone)
    writer = Writer()
    if possibly_repeated:
        writer.line(words.gettext(MAY_BE_A_REPEAT))
    if action is Action.REPLY:
        _write_reply(writer, words, facts, alert_id, reason, names)
    elif facts.retracted:
        _write_retracted(writer, words, facts, names)
    else:
        _write_telling(writer, words, facts, names)
        why = why_changed(words, reason, facts.status)
        if action is Action.EDIT and why:
            writer.line(words.gettext("Edited: {why}").format(why=why))
    if alert_id != NO_ALERT:
        _write_footer(writer, words, alert_id)
    return writer.build()


def headline(facts: Facts, words: Words, names: Reference) -> str:
    """Return the alert's one sentence, marked where it is only claimed or is disputed."""
    said = headline_of(
        words,
        facts.type,
        facts.status,
        facts.detail,
        actor=actor_in_sentence(names, facts.actor, words.language),
        case=case_in_sentence(names, facts.case, words.language),
    )
    if facts.contested:
        return words.gettext("Disputed: {said}").format(said=said)
    if facts.grade is Grade.CLAIMED:
        return words.gettext("Claimed: {said}").format(said=said)
    return said


def how_sure(facts: Facts, words: Words, names: Reference) -> str:
    """Return the grade in words, as it follows a date."""
    actor = actor_in_sentence(names, facts.actor, words.language)
    return grade_in_words(words, facts.grade, facts.origins, actor)


def when(facts: Facts, words: Words) -> str:
    """Return the day of the event, or how much of it is known."""
    if facts.on is None:
        if facts.status is EventStatus.PLANNED:
            return words.gettext("no day named")
        return words.gettext("first seen {moment}").format(moment=words.moment(facts.first_seen_at))
    if facts.status is EventStatus.PLANNED:
        return words.gettext("planned for {day}").format(day=words.day(facts.on))
    return words.day(facts.on)


def needs_caution(facts: Facts) -> bool:
    """Tell whether what is told is often taken for a recognition, and is none."""
    told = facts.status in {EventStatus.DONE, EventStatus.PLANNED}
    return told and facts.type in NOT_RECOGNITION and not facts.recognises


def write_voice(writer: Writer, voice: Voice, words: Words) -> None:
    """Write one source: its headline as a link, its host, its day."""
    with writer.link(voice.url):
        writer.foreign(voice.title, 220) if voice.title else writer.foreign(voice.outlet, 80)
    # Where the link leads, not what the item calls itself.
    writer.write(" (")
    writer.foreign(host_of(voice.url) or voice.outlet, 80)
    if voice.published_at is not None:
        on = words.day(voice.published_at.astimezone(words.zone).date())
        writer.write(f"{words.comma}{on}")
    writer.line(")")


def _write_telling(writer: Writer, words: Words, facts: Facts, names: Reference) -> None:
    with writer.bold():
        writer.write(headline(facts, words, names))
    writer.line()
    writer.line(f"{sentence(when(facts, words))} · {how_sure(facts, words, names)}")
    if needs_caution(facts):
        writer.line(words.gettext("This is not recognition."))
    if facts.contested:
        writer.line(words.gettext("Sources contradict each other on this."))
    if facts.includes:
        writer.line(_included(facts, words))
    if facts.reverses is not None:
        writer.line(words.gettext("It takes back alert {id}.").format(id=facts.reverses))
    if facts.reversed_by is not None:
        told_by = words.gettext("It has since been taken back: alert {id}.")
        writer.line(told_by.format(id=facts.reversed_by))
    if facts.note:
        writer.line(safe_foreign(facts.note))
    for voice in facts.voices[:_SHOWN_VOICES]:
        write_voice(writer, voice, words)


def _write_retracted(writer: Writer, words: Words, facts: Facts, names: Reference) -> None:
    with writer.bold():
        if facts.same_as is None:
            writer.write(words.gettext("RETRACTED. Please disregard this alert:"))
        else:
            same = words.gettext("The same event as alert {id}, which goes on:")
            writer.write(same.format(id=facts.same_as))
    writer.line()
    with writer.struck():
        writer.write(headline(facts, words, names))
    writer.line()
    if facts.note:
        writer.line(words.gettext("Why: {why}").format(why=safe_foreign(facts.note)))


def _write_reply(
    writer: Writer,
    words: Words,
    facts: Facts,
    alert_id: AlertId,
    reason: Reason,
    names: Reference,
) -> None:
    why = why_changed(words, reason, facts.status)
    with writer.bold():
        writer.write(words.gettext("About alert {id}: {why}").format(id=alert_id, why=why))
    writer.line()
    if facts.retracted:
        with writer.struck():
            writer.write(headline(facts, words, names))
        writer.line()
    else:
        writer.line(headline(facts, words, names))
        writer.line(f"{sentence(when(facts, words))} · {how_sure(facts, words, names)}")
    if facts.note:
        writer.line(safe_foreign(facts.note))
    if facts.voices and not facts.retracted:
        write_voice(writer, facts.voices[0], words)


def _write_footer(writer: Writer, words: Words, alert_id: AlertId) -> None:
    writer.write(
        words.gettext("Alert {id} · why: {command}").format(id=alert_id, command=f"/why_{alert_id}")
    )


def _included(facts: Facts, words: Words) -> str:
    kinds: dict[EventType, None] = dict.fromkeys(kind for kind, _ in facts.includes)
    listed = words.listed(words.gettext(TYPE_NAMES[kind]).lower() for kind in kinds)
    return words.gettext("Part of the same move: {kinds}.").format(kinds=listed)
