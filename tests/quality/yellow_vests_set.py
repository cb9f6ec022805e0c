"""Articles of the press on the yellow vests in three languages, a part of `multi_fresh`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from repositories import Files, Row

#: How articles are marked in a file. Of those with a date the first line is the title, and part of the text.
ADDRESSED = r"""<doc url=["']?(?P<url>[^\s>"']+)["']?[^>]*>(?P<text>.*?)</doc>"""
TITLED = r'<doc title="(?P<title>[^"]*)"[^>]*>(?P<text>.*?)</doc>'
DATED = (
    r'<ARTICLE url="(?P<url>[^"]*)"(?: date="(?P<published>[^"]*)")?[^>]*>(?P<text>\s*(?P<title>[^\n]*).*?)</ARTICLE>'
)
ALGERIAN = r"<article[^>]*>\s*<title>(?P<title>.*?)</title>.*?<content>(?P<text>.*?)</content>"
SPANISH = r"<item><url>(?P<url>.*?)</url><title>(?P<title>.*?)</title><content>(?P<text>.*?)</content>"
CHINESE = (
    r'<text date="(?P<published>[^"]*)" id="(?P<site>[a-z]+)_[^>]* title="(?P<title>[^"]*)"[^>]*>(?P<text>.*?)</text>'
)
#: Language, marks, folder, what stands before a file's name in ids, files.
YELLOW_VESTS = (
    ("fr", ADDRESSED, "Francais/Corpus", "", ("fr_CA_corpus.xml", "fr_CA_corpus_contraste.xml")),
    ("fr", ADDRESSED, "Francais/Corpus", "", ("fr_CH_corpus.xml", "fr_CH_corpus_contraste.xml")),
    ("fr", TITLED, "Francais/Corpus", "", ("JDQ.xml",)),
    ("fr", TITLED, "Francais/Belgique", "", ("DH.xml", "DH_CONTRAST.xml", "LaLibre.xml", "LaLibreContrast.xml")),
    ("fr", DATED, "Francais/France/Corpus", "", ("GJLeFigURL", "GJLePointURL", "GJLHumaURL")),
    ("fr", ALGERIAN, "Francais_DZ", "DZ_", ("gilets_jaunes.xml", "contrast_gilets.xml")),
    ("es", SPANISH, "Espagnol_ES", "gj_", ("elconfi.xml", "ep.xml", "pais_contraste.xml", "confi_contraste.xml")),
    ("zh", CHINESE, "Chinois_CN/corpus", "gj_", ("corpus_zh_cn.xml", "corpus_contrast_zh_cn.xml")),
)
PATHS = tuple(f"{folder}/{name}" for _, _, folder, _, names in YELLOW_VESTS for name in names)
#: The sites of articles without an address, by the name of the file or what the file calls the site.
SITES = {
    "JDQ": "journaldequebec.com", "DH": "dhnet.be", "DH_CONTRAST": "dhnet.be", "LaLibre": "lalibre.be",
    "LaLibreContrast": "lalibre.be", "ce": "ce.cn", "huanqiu": "huanqiu.com", "people": "people.cn",
    "xinhua": "xinhuanet.com",
}  # fmt: skip


def gilets_jaunes(files: Files) -> Iterator[Row]:
    """French, Spanish and Chinese: marked articles, many in a file."""
    for language, marks, folder, start, names in YELLOW_VESTS:
        for name in names:
            stem, whole = name.removesuffix(".xml"), files[f"{folder}/{name}"].decode("utf-8", "replace")
            for place, found in enumerate(re.finditer(marks, whole, re.DOTALL)):
                row = {field: value or "" for field, value in found.groupdict().items()}
                row |= {field: _without_marks(row[field]) for field in ("text", "title") if field in row}
                site = SITES.get(row.get("site", stem))
                yield row | {"language": language, "id": f"{start}{stem}-{place}"} | ({"domain": site} if site else {})


def _without_marks(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", text)).strip()
