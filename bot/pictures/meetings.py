"""Who met the authority how often: a row for each actor, a column for each month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.pictures.svg import FAINT, INK, MARGIN, TITLE_HEIGHT, WIDTH, Sheet, document, words

MONTHS = 12
_ROWS = 9
_CELL, _ROW = 52, 54
_NAMES = 262
"""Pixels for the names; the sum has what the cells leave."""
_HEAD = TITLE_HEIGHT + 72
SHADES = ((1, "#CFE3F2"), (2, "#93C3E6"), (4, "#2F77B4"), (8, "#08518F"))
"""From so many meetings on; one hue, lighter to darker, and each has its number written in."""
WHITE_FROM = 4


@dataclass(frozen=True, slots=True)
class MeetingsLegend:
    """The words of the picture, already in the reader's language."""

    title: str
    names: Mapping[str, str]
    others: str
    total: str
    from_right: bool = False


def draw_meetings(
    counts: Mapping[tuple[str, date], int], legend: MeetingsLegend, *, on: date
) -> str:
    """Return the last twelve months' meetings as SVG; ``counts`` is by actor and month's first.

    The nine who met most have a row each, in that order; the rest share one. The columns
    run from left to right in every language, as their numbers do.
    """
    months = months_until(on)
    rows = _rows(counts, months, legend)
    sheet = Sheet(legend.from_right)
    bottom = _HEAD + len(rows) * _ROW
    return document(
        WIDTH,
        bottom + MARGIN,
        sheet.heading(legend.title, on.isoformat()),
        *_month_names(sheet, months),
        *(
            part
            for i, (name, numbers) in enumerate(rows)
            for part in _row(sheet, _HEAD + i * _ROW, name, numbers, is_sum=i == len(rows) - 1)
        ),
    )


def months_until(on: date) -> list[date]:
    """Return the firsts of the months that the picture shows, this one last."""
    last = on.year * 12 + on.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - MONTHS + 1, last + 1)]


def most_met(counts: Mapping[tuple[str, date], int]) -> list[str]:
    """Return the actors that have a row of their own, who met most first."""
    totals: Counter[str] = Counter()
    for (actor, _), count in counts.items():
        totals[actor] += count
    ranked = sorted(totals, key=lambda actor: (-totals[actor], actor))
    return ranked[: _ROWS + 1] if len(ranked) == _ROWS + 1 else ranked[:_ROWS]


def _rows(
    counts: Mapping[tuple[str, date], int], months: Sequence[date], legend: MeetingsLegend
) -> list[tuple[str, list[int]]]:
    own = most_met(counts)
    rows = [
        (legend.names.get(actor, actor), [counts.get((actor, month), 0) for month in months])
        for actor in own
    ]
    every = Counter(dict.fromkeys(months, 0))
    for (_, month), count in counts.items():
        every[month] += count
    total = [every[month] for month in months]
    others = [
        whole - sum(column) for whole, *column in zip(total, *(r for _, r in rows), strict=True)
    ]
    if any(others):
        rows.append((legend.others, others))
    return [*rows, (legend.total, total)]


def _left(sheet: Sheet, column: int) -> float:
    """Return a column's left edge; the sum is the last column, on the far side of the names."""
    if not sheet.from_right:
        return MARGIN + _NAMES + column * _CELL
    cells = MARGIN + WIDTH - 2 * MARGIN - _NAMES - MONTHS * _CELL
    return MARGIN if column == MONTHS else cells + column * _CELL


def _month_names(sheet: Sheet, months: Sequence[date]) -> list[str]:
    drawn = []
    for i, month in enumerate(months):
        x = _left(sheet, i) + _CELL / 2
        drawn.append(
            words(x, _HEAD - 12, f"{month:%m}", 24, room=_CELL, fill=FAINT, anchor="middle")
        )
        if i == 0 or month.month == 1:
            drawn.append(
                words(x - 16, _HEAD - 44, f"{month:%Y}", 24, room=110, fill=FAINT, anchor="start")
            )
    return drawn


def _row(sheet: Sheet, top: float, name: str, numbers: Sequence[int], *, is_sum: bool) -> list[str]:
    middle = top + _ROW / 2
    drawn = [sheet.words(MARGIN, middle + 9, name, 27, room=_NAMES - 14)]
    if is_sum:
        drawn.append(
            f'<path d="M{MARGIN} {top}H{WIDTH - MARGIN}" stroke="{FAINT}" stroke-width="2"/>'
        )
    for i, number in enumerate(numbers):
        drawn.append(_cell(_left(sheet, i), top, number, is_sum=is_sum))
    x = _left(sheet, MONTHS) + (WIDTH - 2 * MARGIN - _NAMES - MONTHS * _CELL) / 2
    drawn.append(words(x, middle + 9, str(sum(numbers)), 27, room=90, anchor="middle"))
    return drawn


def _cell(left: float, top: float, number: int, *, is_sum: bool) -> str:
    x, y = left + _CELL / 2, top + _ROW / 2
    if number == 0:
        return f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="#B8C1C8"/>'
    ink = "#FFFFFF" if number >= WHITE_FROM and not is_sum else INK
    written = words(x, y + 9, str(number), 25, room=_CELL - 6, fill=ink, anchor="middle")
    if is_sum:
        return written
    shade = [colour for least, colour in SHADES if number >= least][-1]
    return (
        f'<rect x="{left + 2:g}" y="{top + 3}" width="{_CELL - 4}" height="{_ROW - 6}" rx="6"'
        f' fill="{shade}"/>{written}'
    )
