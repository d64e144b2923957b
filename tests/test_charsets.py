import pytest

from jobs.errors import NotAFeed
from jobs.sources.charsets import decode_text, looks_garbled

RUSSIAN = "Россия официально признала правительство талибов, сообщил посол. Флаг поднят."
CHINESE = "俄罗斯正式承认塔利班政府，外交部发言人在例行记者会上表示。"
TAIWAN = "俄羅斯正式承認塔利班政府，外交部發言人在例行記者會上表示。"
ARABIC = "روسيا تعترف رسميا بحكومة طالبان في أفغانستان وترفع العلم في موسكو"
TURKISH = "Rusya, Taliban yönetimini resmen tanıyan ilk ülke oldu; Türkiye'nin görüşü değişmedi."
FRENCH = "La Russie reconnaît l’émirat; les autres États réservent leur décision à l’été."
POLISH = "Rosja uznała rząd talibów; inne państwa wciąż się wahają, mówi źródło."
KOREAN = "러시아가 탈레반 정부를 공식 승인했다고 외무부 대변인이 밝혔다."
JAPANESE = "ロシアがタリバン政権を正式に承認したと外務省報道官が述べた。"
GREEK = "Η Ρωσία αναγνώρισε επίσημα την κυβέρνηση των Ταλιμπάν."
HEBREW = "רוסיה הכירה רשמית בממשלת הטליבאן באפגניסטן"

RIGHT = {
    "windows-1251": (RUSSIAN, "windows-1251"),
    "koi8-r": (RUSSIAN, "koi8-r"),
    "iso-8859-5": (RUSSIAN, "iso-8859-5"),
    "gbk": (CHINESE, "gbk"),
    "big5": (TAIWAN, "big5"),
    "iso-8859-6": (ARABIC, "iso-8859-6"),
    "windows-1256": (ARABIC, "windows-1256"),
    "windows-1254": (TURKISH, "windows-1254"),
    "windows-1252": (FRENCH, "windows-1252"),
    "windows-1250": (POLISH, "windows-1250"),
    "euc-kr": (KOREAN, "euc-kr"),
    "shift_jis": (JAPANESE, "shift_jis"),
    "iso-2022-jp": (JAPANESE, "iso-2022-jp"),
    "windows-1253": (GREEK, "windows-1253"),
    "windows-1255": (HEBREW, "windows-1255"),
    "utf-8": (RUSSIAN, "utf-8"),
    "utf-16": (RUSSIAN, "utf-16"),
    "utf-16-le": (RUSSIAN, "utf-16-le"),
    "utf-16-be": (RUSSIAN, "utf-16-be"),
    "utf-32": (RUSSIAN, "utf-32"),
    "utf-8-sig": (ARABIC, "utf-8-sig"),
}
WRONG = ["utf-8", "iso-8859-1", "windows-1252", "us-ascii", "no-such-charset", "windows-1251"]
WRONG += ["koi8-r", "gb2312", "windows-1256", "utf-16"]


def feed(text: str, prolog: str = "") -> str:
    declared = f' encoding="{prolog}"' if prolog else ""
    items = "".join(f"<item><title>{text}</title></item>" for _ in range(5))
    return f'<?xml version="1.0"{declared}?><rss><channel>{items}</channel></rss>'


@pytest.mark.parametrize(("text", "charset"), RIGHT.values(), ids=RIGHT.keys())
def test_declared_in_the_document(text: str, charset: str) -> None:
    assert text in decode_text(feed(text, charset).encode(charset), "text/xml")


@pytest.mark.parametrize(("text", "charset"), RIGHT.values(), ids=RIGHT.keys())
def test_declared_by_the_host_only(text: str, charset: str) -> None:
    assert text in decode_text(feed(text).encode(charset), f'text/xml; charset="{charset}"')


@pytest.mark.parametrize(("text", "charset"), RIGHT.values(), ids=RIGHT.keys())
def test_host_and_document_disagree(text: str, charset: str) -> None:
    body = feed(text, charset).encode(charset)
    assert text in decode_text(body, "text/html; charset=iso-8859-1")


@pytest.mark.parametrize("wrong", ["", *WRONG])
@pytest.mark.parametrize(("text", "charset"), RIGHT.values(), ids=RIGHT.keys())
def test_undeclared_or_wrongly_declared(text: str, charset: str, wrong: str) -> None:
    assert text in decode_text(feed(text, wrong).encode(charset), "text/xml")


def test_a_title_cut_inside_a_character_spoils_no_feed() -> None:
    body = feed(RUSSIAN, "utf-8").encode().replace(b"</title>", b"\xd0</title>", 1)
    assert decode_text(body, "").count(RUSSIAN) == 5


def test_rubbish_is_refused() -> None:
    with pytest.raises(NotAFeed, match="charset declared: utf-8"):
        decode_text(b"<rss>" + bytes(range(128, 256)) * 20, "text/xml; charset=utf-8")


GARBLED = {
    "UTF-8 read as Windows-1252": RUSSIAN.encode().decode("cp1252", "replace"),
    "UTF-8 read as Latin-1": RUSSIAN.encode().decode("latin-1"),
    "French twice encoded": FRENCH.encode().decode("latin-1"),
    "Arabic twice encoded": ARABIC.encode().decode("latin-1"),
    "Chinese twice encoded": CHINESE.encode().decode("latin-1"),
    "Windows-1251 read as Latin-1": RUSSIAN.encode("cp1251").decode("latin-1"),
    "KOI8-R read as Windows-1251": RUSSIAN.encode("koi8-r").decode("cp1251"),
    "Windows-1251 read as KOI8-R": RUSSIAN.encode("cp1251").decode("koi8-r"),
    "replaced": "\ufffd\ufffd\ufffd \ufffd\ufffd",
}


@pytest.mark.parametrize("text", GARBLED.values(), ids=GARBLED.keys())
def test_garbled_text_is_seen(text: str) -> None:
    assert looks_garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        *dict.fromkeys(text for text, _ in RIGHT.values()),
        "Plain English",
        "",
        "Þórður og Ægir",
        "Organização das Nações Unidas: declaração",
        "Päätös hyväksyä määräys",
        "Là… où… l’été",
        "Talibã: «não» — “sim”",
        "Thủ tướng Việt Nam tiếp đoàn",
        "« Libéré », dit-il à Évian",
        "ООН ПРИЗНАЛА: США, ФРГ И КНР ЗА",
        "ВКонтакте и ЯндексПлюс",
        "COVID疫情 и IT-рынок",
        "Größe, Straße, Übermaß",
        "Çağlayan: «İyi günler»",
        "“Quoted” — ‘text’ … £5 ±2°",
    ],
)
def test_right_text_is_not_called_garbled(text: str) -> None:
    assert not looks_garbled(text)
