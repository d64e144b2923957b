"""An alert as feeds and warnings tell it, in the reader's language."""

from bot.texts.alerts import headline, how_sure, when
from bot.texts.language import Words
from bot.texts.names import actor_name, case_title, sentence
from jobs.domain.alerts import Story
from jobs.exports.bulletins import Bulletin
from jobs.reference import Reference


def bulletin_of(story: Story, words: Words, names: Reference) -> Bulletin:
    """Return the alert with its sentence, how sure it is, and the names in it."""
    facts = story.facts
    return Bulletin(
        story,
        headline=headline(facts, words, names),
        surety=f"{sentence(when(facts, words))} · {how_sure(facts, words, names)}",
        actor_name=actor_name(names, facts.actor, words.language),
        case_title=case_title(names, facts.case, words.language),
        language=words.language,
    )
