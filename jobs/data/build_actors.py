"""Build ``actors.toml`` from CLDR and our corrections; run it when either changes.

    python -m jobs.data.build_actors

CLDR (Babel) gives each territory's name and many capitals (as time-zone cities) in every
language we read; ``countrynames`` checks that each correction names the state it is filed
under; ``actor_corrections.toml`` adds what neither knows in English, ``actor_words/<lang>.toml``
in each other language; ``without`` there refuses what CLDR gives (a capital written as another
state's name). Development only: the result is shipped as data.
"""

import json
import sys
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import countrynames
from babel import Locale

HERE = Path(__file__).parent
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "en": ("en",),
    "ru": ("ru",),
    "fa": ("fa", "fa_AF"),
    "ps": ("ps",),
    "ar": ("ar",),
    "ur": ("ur",),
    "uz": ("uz", "uz_Cyrl"),
    "tg": ("tg",),
    "kk": ("kk",),
    "ky": ("ky",),
    "tr": ("tr",),
    "hi": ("hi",),
    "zh": ("zh", "zh_Hant"),
    "de": ("de",),
    "fr": ("fr",),
    "es": ("es",),
}
FIELDS = ("names", "demonyms", "capitals", "cities", "leaders")
CAPITAL_ZONES = """
AD Andorra, AF Kabul, AL Tirane, AT Vienna, AZ Baku, BB Barbados, BD Dhaka, BG Sofia, BH
Bahrain, BN Brunei, BS Nassau, BT Thimphu, BY Minsk, CL Santiago, CO Bogota, CU Havana, CY
Nicosia, CZ Prague, DE Berlin, DK Copenhagen, DZ Algiers, EE Tallinn, EG Cairo, ES Madrid, FI
Helsinki, FR Paris, GB London, GE Tbilisi, GR Athens, HR Zagreb, HU Budapest, ID Jakarta, IE
Dublin, IQ Baghdad, IR Tehran, IS Reykjavik, IT Rome, JO Amman, JP Tokyo, KE Nairobi, KG
Bishkek, KP Pyongyang, KR Seoul, KW Kuwait, LB Beirut, LT Vilnius, LV Riga, LY Tripoli, MD
Chisinau, MK Skopje, MN Ulaanbaatar, MT Malta, MY Kuala_Lumpur, NO Oslo, NP Katmandu, OM Muscat,
PE Lima, PH Manila, PL Warsaw, PT Lisbon, QA Qatar, RO Bucharest, RS Belgrade, RU Moscow, SA
Riyadh, SD Khartoum, SE Stockholm, SI Ljubljana, SK Bratislava, SO Mogadishu, SY Damascus, TH
Bangkok, TJ Dushanbe, TM Ashgabat, TN Tunis, TW Taipei, UA Kiev, UZ Tashkent, VE Caracas
"""


def main() -> int:
    """Write ``actors.toml``; return 1 if a correction names another state."""
    corrections = read_corrections()
    wrong = [line for code, row in corrections.items() for line in misfiled(code, row)]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    tables = "\n".join(table(code, row) for code, row in sorted(corrections.items()))
    (HERE / "actors.toml").write_text(
        "# Built by build_actors.py; edit actor_corrections.toml instead.\n\n" + tables, "utf-8"
    )
    return 1 if wrong else 0


def read_corrections() -> dict[str, dict[str, Any]]:
    """Return what is added to CLDR by actor code and language; an unknown code is an error."""
    corrections = tomllib.loads((HERE / "actor_corrections.toml").read_text("utf-8"))
    for path in sorted((HERE / "actor_words").glob("*.toml")):
        if path.stem not in LANGUAGES:
            raise SystemExit(f"{path}: no language of LANGUAGES; add its locales there")
        for code, words in tomllib.loads(path.read_text("utf-8")).items():
            if unknown := set(words) - {*FIELDS, "without"}:
                raise SystemExit(f"{path}: {code}: unknown {', '.join(sorted(unknown))}")
            corrections[code][path.stem] = words
    return corrections


def misfiled(code: str, row: Mapping[str, Any]) -> list[str]:
    """Return a line for each English name that countrynames gives to another state."""
    names = row.get("en", {}).get("names", ())
    found = {name: countrynames.to_code(name) for name in names if "kind" not in row}
    return [
        f"{code}: {name} is {other}" for name, other in found.items() if other not in (None, code)
    ]


def table(code: str, row: Mapping[str, Any]) -> str:
    """Return one actor as TOML."""
    kind = row.get("kind", "state")
    lines = [f"[{code}]", f"kind = {quoted(kind)}"]
    for language, locales in LANGUAGES.items():
        known = row.get(language, {})
        from_cldr = cldr(code, locales) if kind == "state" else {}
        refused = known.get("without", ())
        parts = [
            f"{field} = [{', '.join(map(quoted, words))}]"
            for field in FIELDS
            if (words := distinct([*from_cldr.get(field, ()), *known.get(field, ())], refused))
        ]
        if parts:
            lines.append(f"{language} = {{ {', '.join(parts)} }}")
    return "\n".join(lines) + "\n"


def cldr(code: str, locales: Iterable[str]) -> dict[str, list[str]]:
    """Return the territory's names and its capital in the given locales."""
    zone = capital_zones().get(code)
    names, capitals = [], []
    for tag in locales:
        locale = Locale.parse(tag)
        names.append(locale.territories.get(code, ""))
        if zone:
            capitals.append(city(locale, zone))
    return {"names": names, "capitals": capitals}


def city(locale: Locale, zone: str) -> str:
    """Return what CLDR calls the city of a time zone; English cities are our own."""
    if locale.language == "en":
        return ""
    for region in ("Europe", "Asia", "Africa", "America", "Atlantic"):
        found = locale.time_zones.get(f"{region}/{zone}")
        if found and "city" in found:
            return str(found["city"])
    return ""


def capital_zones() -> dict[str, str]:
    """Return the time zone named after each capital, by state."""
    rows = (pair.split() for pair in CAPITAL_ZONES.replace("\n", " ").split(","))
    return {row[0]: row[1] for row in rows}


def distinct(words: Iterable[str], refused: Collection[str] = ()) -> list[str]:
    """Return the words once each, in order, without empty and refused ones."""
    return list(dict.fromkeys(word for word in words if word and word not in refused))


def quoted(text: str) -> str:
    """Return a TOML basic string."""
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    raise SystemExit(main())
