"""A text's found words by what they are: by class ("in": place), triggers, names."""

from collections.abc import Iterable, Sequence

from jobs.detection.lexicon import Kind, Span


class Classed:
    """The spans of word classes, the triggers and the names, asked for again and again."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        """``spans`` are in order, and so are all that are found."""
        held: dict[str, list[Span]] = {}
        triggers: list[Span] = []
        names: list[Span] = []
        for span in spans:
            entry = span.entry
            kind = entry.kind
            if kind is Kind.CLASS:
                if entry.value in held:
                    held[entry.value].append(span)
                else:
                    held[entry.value] = [span]
            elif kind is Kind.TRIGGER:
                triggers.append(span)
            elif kind is Kind.ACTOR or kind is Kind.SUBJECT:
                names.append(span)
        self._of = held
        self.triggers: Sequence[Span] = triggers
        self.names: Sequence[Span] = names

    def has(self, name: str) -> bool:
        """Say whether a word of a class is there."""
        return name in self._of

    def of(self, *names: str) -> Sequence[Span]:
        """Return the spans of the given classes, in order, the longer first."""
        held = self._of
        if len(names) == 1:
            return held.get(names[0], ())
        found = [held[name] for name in names if name in held]
        if len(found) < 2:
            return found[0] if found else ()
        return sorted((s for spans in found for s in spans), key=_in_order)

    def by_start(self, *names: str) -> dict[int, Span]:
        """Return by first word the longest span of the classes."""
        return {span.start: span for span in reversed(self.of(*names))}

    def by_end(self, *names: str) -> dict[int, Span]:
        """Return by the word after it the longest span of the classes."""
        return {span.end: span for span in reversed(self.of(*names))}


def _in_order(span: Span) -> tuple[int, int]:
    return span.start, -span.end
