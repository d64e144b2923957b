"""What actors and cases are called within a sentence."""

from jobs.reference import Reference

# English alone puts an article before some names; codes are ISO 3166-1 alpha-2 or ours.
_WITH_ARTICLE = frozenset(
    "AE BS CD CF CG DO FK FO GB GM IM KM KY MH MP MV NL PH SB SC TC US VA VG VI "
    "ASEAN AU CSTO EU GCC ICC ICJ IMF OIC OSCE SCO UN UNSC".split()
)


def actor_name(reference: Reference, code: str, language: str) -> str:
    """Return an actor's name as a list shows it; an unknown code stands for itself."""
    actor = reference.actors.get(code)
    return actor.name(language) if actor else code


def actor_in_sentence(reference: Reference, code: str, language: str) -> str:
    """Return an actor's name as it stands within a sentence."""
    name = actor_name(reference, code, language)
    if language == "en" and code in _WITH_ARTICLE and not name.lower().startswith("the "):
        return f"the {name}"
    return name


def case_title(reference: Reference, case: str) -> str:
    """Return a case's name as a list shows it."""
    known = reference.cases.get(case)
    return known.title if known else case


def case_in_sentence(reference: Reference, case: str, language: str) -> str:
    """Return a case's name as it stands within a sentence."""
    title = case_title(reference, case)
    # "the Taliban government of Afghanistan", "the State of Palestine", but "Palestine".
    if language == "en" and (" of " in title or "overnment" in title):
        return title if title.lower().startswith("the ") else f"the {title}"
    return title


def sentence(text: str) -> str:
    """Return the text with its first letter raised, the rest as it is."""
    return text[:1].upper() + text[1:]
