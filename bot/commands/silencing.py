"""Silences: from a button under an alert, listed and lifted by /silences.

The button asks what to silence, then for how long; each press carries all that was chosen,
so nothing is remembered in between.
"""

from collections.abc import Mapping
from datetime import timedelta

from bot.commands.asks import Ask
from bot.commands.desk import Desk
from bot.texts import silences as texts
from bot.texts.language import Words
from bot.texts.messages import Button, Message
from jobs.domain.alerts import AlertId, Facts
from jobs.domain.silences import Matcher, Silence, SilenceId
from jobs.store import alerts, silences

SILENCE = "silence"
"""The button under an alert; its payload is the alert's number."""
CHOICE = "mute"
"""The buttons of the answers to it."""
_LIFT = "lift"
HOURS = (8, 24, 7 * 24, 30 * 24)
_WHATS = ("n", "ak", "a", "k", "c")
"""What can be silenced: this alert, this kind of this actor, the actor, the kind, the case."""


async def list_silences(desk: Desk, ask: Ask, words: Words) -> Message:
    """Answer /silences: what is silenced here and until when, each with a button to lift it."""
    place, now = ask.place, desk.clock.now()
    async with desk.store.read() as conn:
        found = await silences.of_place(conn, place.chat_id, place.thread_id, now)
    buttons = [_lift_button(desk, ask, words, each) for each in found]
    return texts.listed(words, desk.reference, found, buttons)


async def press_silence(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Answer the button under an alert with the question what shall be silenced."""
    number = AlertId(int(payload))
    facts = await _facts(desk, number)
    if facts is None:
        return texts.gone(words)
    buttons = [
        desk.button(
            ask,
            texts.matcher_in_words(words, desk.reference, _matchers(number, facts)[what]),
            CHOICE,
            f"{number}:{what}",
        )
        for what in _WHATS
    ]
    return texts.what_question(words, buttons)


async def press_choice(desk: Desk, ask: Ask, words: Words, payload: str) -> Message:
    """Carry a choice on: ask for how long, silence, or lift."""
    head, _, rest = payload.partition(":")
    if head == _LIFT:
        async with desk.store.write() as conn:
            await silences.lift(conn, ask.place.chat_id, SilenceId(int(rest)))
        return await list_silences(desk, ask, words)
    number = AlertId(int(head))
    facts = await _facts(desk, number)
    if facts is None:
        return texts.gone(words)
    what, _, hours = rest.partition(":")
    matcher = _matchers(number, facts)[what]
    if hours:
        return await _silence(desk, ask, words, matcher, int(hours))
    buttons = [
        desk.button(ask, texts.span(words, each), CHOICE, f"{number}:{what}:{each}")
        for each in HOURS
    ]
    return texts.span_question(words, desk.reference, matcher, buttons)


async def _silence(desk: Desk, ask: Ask, words: Words, matcher: Matcher, hours: int) -> Message:
    now, place = desk.clock.now(), ask.place
    until = now + timedelta(hours=hours)
    async with desk.store.write() as conn:
        number = await silences.put(conn, place.chat_id, place.thread_id, matcher, until, now)
    if number is None:
        return texts.too_many(words)
    made = Silence(number, place.chat_id, place.thread_id, matcher, until)
    return texts.silenced(words, desk.reference, made, _lift_button(desk, ask, words, made))


async def _facts(desk: Desk, number: AlertId) -> Facts | None:
    async with desk.store.read() as conn:
        found = await alerts.newest(conn, [number])
    facts = found[0].facts if found else None
    return facts if isinstance(facts, Facts) else None


def _matchers(number: AlertId, facts: Facts) -> Mapping[str, Matcher]:
    return {
        "n": Matcher(alert_id=number),
        "ak": Matcher(actor=facts.actor, type=facts.type),
        "a": Matcher(actor=facts.actor),
        "k": Matcher(type=facts.type),
        "c": Matcher(case=facts.case),
    }


def _lift_button(desk: Desk, ask: Ask, words: Words, each: Silence) -> Button:
    label = words.gettext("Lift: {what}").format(
        what=texts.matcher_in_words(words, desk.reference, each.matcher)
    )
    return desk.button(ask, label, CHOICE, f"{_LIFT}:{each.id}")
