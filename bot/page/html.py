"""Markup made of elements: every text and attribute is escaped, unless it is markup of ours."""

from html import escape

from jobs.exports.plain import plain

_VOID = frozenset({"br", "img", "link", "meta"})


class Markup(str):
    """A text that is markup already, since this module made it."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str | bool | None) -> Markup:
    """Return an element. Children that are no ``Markup`` are escaped; None is left out.

    ``class_`` is written ``class``, ``data_theme`` is ``data-theme``; an attribute that is
    True stands alone, and one that is None or False is left out.
    """
    written = name
    for each, value in attributes.items():
        written += _attribute(each, value)
    if name in _VOID:
        return Markup(f"<{written}>")
    return Markup(f"<{written}>{joined(*children)}</{name}>")


def joined(*children: str | None) -> Markup:
    """Return elements and texts behind each other."""
    return Markup("".join([_safe(child) for child in children if child is not None]))


def foreign(text: str, most: int = 300) -> Markup:
    """Return words of others: one line, whose direction ends where it ends."""
    return tag("bdi", plain(text, most))


def document(head: Markup, body: Markup, **attributes: str | None) -> str:
    """Return a whole page."""
    return f"<!doctype html>\n{tag('html', tag('head', head), body, **attributes)}\n"


def _safe(child: str) -> str:
    return child if isinstance(child, Markup) else escape(child)


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(value)}"'
