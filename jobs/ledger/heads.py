"""Heads: how agencies mark that an item takes back, corrects or repeats an earlier one."""

import re
from enum import StrEnum


class Head(StrEnum):
    """What an item is to the one before it."""

    WITHDRAWN = "withdrawn"
    """What the same voice said before is not so, or not known."""
    CORRECTED = "corrected"
    """What the same voice said before is replaced by this."""
    REPEAT = "repeat"
    """The same again: refiled, repeated, brought up to date."""


_WORDS = {
    Head.WITHDRAWN: (
        r"(?:mandatory )?kill|(?:story )?withdrawn|withdrawal|retracted|retraction|annulled|"
        r"отозвано|аннулировано|аннулируется|снято с ленты|zurückgezogen|annulation|annulé|"
        r"anulado|anulación|retirado|geri çekildi|iptal|撤稿|撤回|撤销|سحب خبر|إلغاء خبر|حذف خبر"
    ),
    Head.CORRECTED: (
        r"corrected|correction|corrects|corr|исправлено|исправление|исправляется|уточнение|"
        r"виправлено|korrektur|korrigiert|berichtigung|rectificatif|corrigé|corrección|"
        r"corregido|correção|düzeltme|更正|تصحيح|تصويب|اصلاحیه"
    ),
    Head.REPEAT: (
        r"refile|rpt|repeats?|repeating|resend|update(?: ?\d+)?|updated|wrapup(?: ?\d+)?|"
        r"writethru|recasts|повтор|дополнено|обновлено|wiederholung|重发"
    ),
}
_HEAD = re.compile(
    r"^[\W_]*(?:"
    + "|".join(f"(?P<{head.value}>{words})" for head, words in _WORDS.items())
    # A mark must follow: «Correction officers strike» has no head.
    + r")\s*(?:\)|\]|】|[-–—:：/|.…]+|--)\s*",
    re.IGNORECASE,
)
_STRONGEST = tuple(Head)


def head_of(title: str) -> Head | None:
    """Return the strongest head that a title begins with, None if it has none."""
    found = _split(title)[0]
    return min(found, key=_STRONGEST.index, default=None)


def headless(title: str) -> str:
    """Return a title without its heads: what was repeated or taken back."""
    return _split(title)[1]


def _split(title: str) -> tuple[list[Head], str]:
    found: list[Head] = []
    while (match := _HEAD.match(title)) and match.end() < len(title):
        found.append(Head(match.lastgroup or Head.REPEAT))
        title = title[match.end() :]
    return found, title
