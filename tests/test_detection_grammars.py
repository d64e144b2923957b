"""What a file of words can say of a language's grammar, each in a few lines of one."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.detection import Detector, Text
from jobs.reference import load_reference
from jobs.reference.phrases import load_phrases
from tests.detecting import PUBLISHED

TURKISH = """
[grammar]
order = "sov"
[suffixes]
object = ["'ı", "'i", "'yı", "'yi"]
of = ["'nın", "'nin"]
[head_endings]
with = ["yla", "yle"]
[postpositions]
with = ["ile"]
by = ["tarafından"]
[classes]
person = ["dışişleri bakan*"]
negation = ["değil"]
consider = ["olabilir"]
[[triggers]]
id = "recognition.verb"
type = "recognition"
words = ["tanıdı", "tanındı"]
[[triggers]]
id = "recognition.not"
type = "recognition"
status = "denied"
words = ["tanımadı*"]
[[triggers]]
id = "recognition.noun"
type = "recognition"
noun = true
words = ["tanıma*"]
[[triggers]]
id = "meeting.met"
type = "meeting"
words = ["görüştü"]
"""
ARABIC = """
[grammar]
order = "vso"
head_first = true
adjectives_after = true
cased = false
[prefixes]
object = ["ب"]
goal = ["ل"]
joiner = ["و"]
[classes]
person = ["وزير خارجية"]
negation = ["لا", "لم"]
joiner = ["،"]
[[triggers]]
id = "recognition.verb"
type = "recognition"
words = ["اعترفت", "تعترف"]
[[triggers]]
id = "meeting.met"
type = "meeting"
words = ["التقى"]
"""
HINDI = """
[grammar]
order = "sov"
cased = false
[postpositions]
object = ["को"]
with = ["से", "के साथ"]
none = ["ने"]
[classes]
person = ["विदेश मंत्री"]
possessive = ["के", "का", "की"]
negation = ["नहीं"]
[[triggers]]
id = "recognition.verb"
type = "recognition"
words = ["मान्यता दी"]
[[triggers]]
id = "recognition.not"
type = "recognition"
status = "denied"
words = ["मान्यता नहीं दी"]
[[triggers]]
id = "meeting.met"
type = "meeting"
words = ["मुलाकात"]
"""


@pytest.mark.parametrize(
    ("lang", "content", "title", "says"),
    [
        ("tr", TURKISH, "Rusya Taliban'ı tanıdı", ["RU recognition done"]),
        ("tr", TURKISH, "Taliban Rusya tarafından tanındı", ["RU recognition done"]),
        ("tr", TURKISH, "Rusya Taliban'ı tanımadı", ["RU recognition denied"]),
        ("tr", TURKISH, "Rusya'nın Taliban'ı tanıması", ["RU recognition done"]),
        ("tr", TURKISH, "Rusya Taliban'ı tanıması olabilir", ["RU recognition considered"]),
        ("tr", TURKISH, "Taliban Kosova'yı tanıdı", []),
        ("tr", TURKISH, "Taliban Rusya ile görüştü", ["RU meeting done"]),
        ("tr", TURKISH, "Taliban Rusya Dışişleri Bakanıyla görüştü", ["RU meeting done"]),
        ("ar", ARABIC, "اعترفت روسيا بطالبان", ["RU recognition done"]),
        ("ar", ARABIC, "لم تعترف روسيا بطالبان", ["RU recognition denied"]),
        (
            "ar",
            ARABIC,
            "اعترفت روسيا والصين بطالبان",
            ["CN recognition done", "RU recognition done"],
        ),
        ("ar", ARABIC, "التقى وزير خارجية روسيا بطالبان", ["RU meeting done"]),
        ("hi", HINDI, "रूस ने तालिबान को मान्यता दी", ["RU recognition done"]),
        ("hi", HINDI, "रूस ने तालिबान को मान्यता नहीं दी", ["RU recognition denied"]),
        ("hi", HINDI, "तालिबान की रूस के विदेश मंत्री से मुलाकात", ["RU meeting done"]),
        ("hi", HINDI, "रूस ने चीन के साथ मुलाकात", []),
    ],
    ids=str,
)
def test_reads_a_small_grammar(
    tmp_path: Path, lang: str, content: str, title: str, says: list[str]
) -> None:
    path = tmp_path / f"{lang}.toml"
    path.write_text(content, "utf-8")
    reference = replace(load_reference(), phrases={lang: load_phrases(path)})
    read = Text(title, "", lang, "example.org", PUBLISHED)
    found = Detector(reference, ["taliban"]).detect(read)
    assert sorted(f"{m.actor} {m.type} {m.status}" for m in found) == says
