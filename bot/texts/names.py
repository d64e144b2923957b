"""What actors and cases are called within a sentence."""

from bot.texts.language import Name
from jobs.reference import Reference
from jobs.reference.actors import ActorKind

# English alone puts an article before some names: these states, and every organisation
# but those whose initials are read as a word.
_STATES_WITH_ARTICLE = frozenset(
    {"AE", "BS", "CD", "CF", "DO", "GB", "GM", "KM", "MH", "MV", "NL", "PH", "SB", "US"}
)
_READ_AS_WORDS = frozenset({"ASEAN", "BRICS", "CARICOM", "NATO", "OPEC", "SAARC"})


def actor_name(reference: Reference, code: str, language: str) -> str:
    """Return an actor's name as a list shows it; an unknown code stands for itself."""
    actor = reference.actors.get(code)
    return actor.name(language) if actor else code


def actor_in_sentence(reference: Reference, code: str, language: str) -> str:
    """Return an actor's name as it stands within a sentence."""
    name = actor_name(reference, code, language)
    actor = reference.actors.get(code)
    if language != "en" or actor is None or name.lower().startswith("the "):
        return name
    if actor.kind is ActorKind.ORGANISATION:
        takes_article = name not in _READ_AS_WORDS
    else:
        takes_article = code in _STATES_WITH_ARTICLE
    return f"the {name}" if takes_article else name


def case_title(reference: Reference, case: str, language: str) -> str:
    """Return a case's full name as a list shows it."""
    known = reference.cases.get(case)
    return known.full_name(language) if known else case


def case_in_sentence(reference: Reference, case: str, language: str) -> Name:
    """Return a case's full name as it stands within a sentence, with its forms."""
    title = case_title(reference, case, language)
    if language != "en":
        known = reference.cases.get(case)
        return Name(title, known.forms.get(language) if known else None)
    # "the Taliban government of Afghanistan", "the State of Palestine", but "Palestine".
    bare = title.lower().startswith("the ") or not (" of " in title or "overnment" in title)
    return Name(title if bare else f"the {title}")


def sentence(text: str) -> str:
    """Return the text with its first letter raised, the rest as it is."""
    return text[:1].upper() + text[1:]
