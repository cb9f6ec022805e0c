"""House forms of agencies in many languages: the mark as the agency or its customers print it."""

from __future__ import annotations

from typing import NamedTuple

import origin_cases
import origin_cases_nobody  # its stories in further languages
from origin_cases import AFP, DPA, Case

PTI, ANA, BTA, PAP = (
    "Press Trust of India",
    "Athens-Macedonian News Agency",
    "Bulgarian News Agency",
    "Polska Agencja Prasowa",
)


class Form(NamedTuple):
    origin: str
    lang: str
    head: str = ""
    end: str = ""
    domain: str = "paper.example"


FORMS = (
    Form(ANA, "el", end="\n\nΠηγή: ΑΜΠΕ"),
    Form(ANA, "el", end="\n\nΠΗΓΗ: ΑΠΕ-ΜΠΕ"),
    Form(ANA, "el", end="\n\n(ΑΠΕ-ΜΠΕ)"),
    Form(BTA, "bg", end="\n\nИзточник: БТА"),
    Form(BTA, "bg", head="Пристанище, 10 март /БТА/ "),
    Form(BTA, "bg", end="\n\n/БТА/"),
    Form(PAP, "pl", end="\n\n(PAP)\n\nabc/ mhr/"),
    Form(PAP, "pl", end="\n\nPAP - Nauka w Polsce, Anna Kos"),
    Form(PAP, "pl", end="\n\nŹródło: PAP", domain="gazeta.pl"),
    Form("Ritzau", "da", head="HAVNEBY /ritzau/ "),
    Form("Ritzau", "da", end="\n\n/ritzau/"),
    Form("Croatian News Agency", "hr", end="\n\n(Hina) xab yc"),
    Form("Croatian News Agency", "hr", end="\n\nIzvor: Hina"),
    Form("Magyar Távirati Iroda", "hu", head="Kikötő, 2026. március 10., kedd (MTI) - "),
    Form("Magyar Távirati Iroda", "hu", end="\n\nForrás: MTI"),
    Form(PTI, "hi", head="बंदरगाह, दस मार्च (भाषा) "),
    Form("Press Trust of India", "hi", end="\n\nस्रोत: पीटीआई"),
    Form("Bangladesh Sangbad Sangstha", "bn", head="ঢাকা, ১০ মার্চ, ২০২৬ (বাসস) : "),
    Form("United News of Bangladesh", "bn", head="ঢাকা, ১০ মার্চ (ইউএনবি)- "),
    Form(AFP, "bn", end="\n\nসূত্র: এএফপি"),
    Form("Mehr News Agency", "fa", head="به گزارش خبرگزاری مهر، "),
    Form("Fars News Agency", "fa", head="به گزارش خبرگزاری فارس، "),
    Form("Iranian Students’ News Agency", "fa", head="به گزارش ایسنا، "),
    Form("Kuwait News Agency", "ar", end="\n\n(النهاية) ك و ن ا / ع ب"),
    Form("Kuwait News Agency", "ar", end="\n\nالمصدر: كونا"),
    Form(AFP, "ar", end="\n\n(أ ف ب)"),
    Form("BelTA", "ru", head="10 марта, Минск /Корр. БЕЛТА/. "),
    Form("TASS", "ru", head="МОСКВА, 10 марта. /ТАСС/. "),
    Form("Ukrinform", "uk", end="\n\nДжерело: Укрінформ"),
    Form("News Agency of Nigeria", "en", end="\n\n(NAN)(www.nannews.ng)\n\nEdited by Ada Obi"),
    Form("The Canadian Press", "en", end="\n\nJane Roe, The Canadian Press"),
    Form(AFP, "fr", end="\n\nafp/abc"),
    Form(AFP, "fr", end="\n\n(AFP)"),
    Form("Austria Presse Agentur", "de", end="\n\n(APA, 10.3.2026)"),
    Form(DPA, "de", end="\n\n(APA/dpa, 10.3.2026)", domain="zeitung.at"),
    Form("Keystone-SDA", "de", end=" (sda/afp)", domain="zeitung.ch"),
    Form("Vietnam News Agency", "vi", end="\n\nNguồn: TTXVN"),
    Form("Dow Jones Newswires", "en", end="\n\n(END) Dow Jones Newswires"),
    Form("Servimedia", "es", end="\n\n(SERVIMEDIA)"),
    Form("Angop", "pt", end="\n\nFonte: ANGOP"),
    Form("FoNet", "hr", end="\n\nIzvor: FoNet"),
)  # fmt: skip
assert origin_cases_nobody.STORIES_MORE.keys() <= origin_cases.STORIES.keys()
CASES = [
    Case(f"form-{form.lang}-{i}", form.origin, form.lang, form.head, form.end, {"domain": form.domain})
    for i, form in enumerate(FORMS)
]
