"""What the names in a picture look like, in a language that its font may not have."""

from collections.abc import Iterable, Mapping
from string import ascii_uppercase

from bot.pictures.font import covers


class Lettering:
    """Gives the words of one picture, and keeps what must be explained below it.

    What the font cannot write becomes a letter, an actor its code; ``key`` says what they
    stand for. Raises ``PictureError`` where there is no font.
    """

    def __init__(self) -> None:
        self._key: dict[str, str] = {}
        self._letters = iter(ascii_uppercase)

    def label(self, text: str) -> str:
        """Return a label as the picture can hold it."""
        return text if covers(text) else self._sign(next(self._letters), text)

    def title(self, text: str, code: str) -> str:
        """Return a title, or its code; the caption begins with the title anyway."""
        return text if covers(text) else code

    def names(self, names: Mapping[str, str], shown: Iterable[str]) -> dict[str, str]:
        """Return the names of the actors shown, codes where the font has no letters."""
        return {
            code: name if covers(name) else self._sign(code, name)
            for code in shown
            if (name := names.get(code, code))
        }

    def explain(self, codes: Iterable[str], names: Mapping[str, str]) -> None:
        """Note that these codes stand in the picture in place of names."""
        for code in codes:
            self._sign(code, names.get(code, code))

    @property
    def key(self) -> str:
        """Return what the letters and codes in the picture stand for, in one line."""
        return " · ".join(f"{sign} {name}" for sign, name in self._key.items() if sign != name)

    def _sign(self, sign: str, name: str) -> str:
        self._key[sign] = name
        return sign
