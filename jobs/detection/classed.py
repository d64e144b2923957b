"""A text's words of classes ("in": place, "embassy": embassy), found by class and by place."""

from collections.abc import Iterable

from jobs.detection.lexicon import Kind, Span


class Classed:
    """The spans of word classes, which are asked for again and again."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._of: dict[str, list[Span]] = {}
        for span in spans:
            self.add(span)

    def add(self, span: Span) -> None:
        """Take in a span, behind those before it; what is of no class is left."""
        if span.entry.kind is Kind.CLASS:
            self._of.setdefault(span.entry.value, []).append(span)

    def has(self, name: str) -> bool:
        """Say whether a word of a class is there."""
        return name in self._of

    def of(self, *names: str) -> list[Span]:
        """Return the spans of the given classes, in order, the longer first."""
        held = self._of
        found = [held[name] for name in names if name in held]
        if len(found) < 2:
            return list(found[0]) if found else []
        return sorted((s for spans in found for s in spans), key=_in_order)

    def by_start(self, *names: str) -> dict[int, Span]:
        """Return by first word the longest span of the classes."""
        return {span.start: span for span in reversed(self.of(*names))}

    def by_end(self, *names: str) -> dict[int, Span]:
        """Return by the word after it the longest span of the classes."""
        return {span.end: span for span in reversed(self.of(*names))}


def _in_order(span: Span) -> tuple[int, int]:
    return span.start, -span.end
