# ruff: noqa: E501  (stories and pages are data)
"""More cases, written when the mechanism stood and before it was changed for any of them: 93 of 110 right at first."""

from __future__ import annotations

from origin_cases import AFP, AP, DPA, HOST, Case

CASES = [
    # -- datelines in other dress
    Case("ap-bold", AP, head="**WASHINGTON (AP)** — "),
    Case("ap-two-places", AP, head="NEW YORK/LONDON (AP) — "),
    Case("ap-st", AP, head="ST. PAUL, Minn. (AP) — "),
    Case("ap-no-place", AP, head="(AP) — "),
    Case(
        "ap-after-summary",
        AP,
        head="Terminal to close\nFerries move south for six weeks\nBy Jane Roe\nToday at 10:14 a.m. EDT\n\nPORTHAVEN, Maine (AP) — ",
    ),
    Case(
        "reuters-update",
        "Reuters",
        head="* Terminal shut for six weeks\n* 2,400 commuters affected\n\nPORTHAVEN, March 10 (Reuters) - ",
    ),
    Case("reuters-breakingviews", "Reuters", head="LONDON, March 10 (Reuters Breakingviews) - "),
    Case("afp-bureau-slash", AFP, "es", head="Puerto Norte (AFP) – "),
    Case("afp-de", AFP, "de", head="Paris (AFP) "),
    Case("dpa-double", DPA, "de", head="Berlin/Nordhafen (dpa) – "),
    Case("dpa-combined", None, "de", head="Nordhafen (dpa/AFP) - "),
    Case("ap-dpa-de", DPA, "de", head="Hamburg (dpa/tmn) - ", end="\n\n© dpa-infocom, dpa:260310-99-123456/2"),
    Case("epd", "Evangelischer Pressedienst", "de", head="Nordhafen (epd). "),
    Case("kna", "Katholische Nachrichten-Agentur", "de", head="Bonn (KNA) "),
    Case("sda", "Keystone-SDA", "de", end="\n\n(sda)", record={"domain": "seezeitung.ch"}),
    Case("sda-afp", "Keystone-SDA", "de", end=" (sda/afp)", record={"domain": "seezeitung.ch"}),
    Case("belga", "Belga News Agency", "nl", end=" (Belga)"),
    Case("efe-desk", "Agencia EFE", "es", head="Puerto Norte (EFE).- ", end=" EFE\n\nabc/xyz"),
    Case("ansa-end", "Agenzia ANSA", "it", end=" (ANSA)."),
    Case("ansa-riproduzione", "Agenzia ANSA", "it", end="\n\nRIPRODUZIONE RISERVATA © Copyright ANSA"),
    Case("agi-roma", "Agenzia Giornalistica Italia", "it", head="AGI - "),
    Case("adnkronos", "Adnkronos", "it", head="Roma, 10 mar. (Adnkronos) - "),
    Case("lusa-end", "Agência Lusa", "pt", end="\n\nABC // XYZ\n\nLusa/Fim"),
    Case("estadao", "Estadão Conteúdo", "pt", head="Estadão Conteúdo\n\n"),
    Case("agencia-brasil", "Agência Brasil", "pt", head="Por Ana Lima - Repórter da Agência Brasil - Brasília\n\n"),
    Case("ritzau-slash-afp", "Ritzau", "no", end="\n\n/ritzau/AFP"),
    Case("tt-paren", "TT Nyhetsbyrån", "sv", head="STOCKHOLM (TT) "),
    Case("stt-paren", "Suomen Tietotoimisto", "fi", head="Helsinki (STT) ", record={"domain": "satama.fi"}),
    Case("mti", "Magyar Távirati Iroda", head="Budapest, március 10., kedd (MTI) - "),
    Case("tasr", "News Agency of the Slovak Republic", "cs", head="Bratislava 10. marca (TASR) - "),
    Case("hina", "Croatian News Agency", head="ZAGREB, 10. ožujka (Hina) - "),
    Case("bta", "Bulgarian News Agency", head="Sofia, March 10 (BTA) - "),
    Case("belta", "BelTA", head="MINSK, 10 March (BelTA) – "),
    Case("ukrinform", "Ukrinform", head="Source: Ukrinform\n\n"),
    Case("kazinform", "Kazinform", head="ASTANA. KAZINFORM "),
    Case("iha", "Ihlas News Agency", "tr", head="İSTANBUL (İHA) - "),
    Case("aa-muhabir", "Anadolu Agency", "tr", end="\n\nKaynak: AA", record={"domain": "limanhaber.com.tr"}),
    Case("wafa", "Palestinian News and Information Agency", head="RAMALLAH, March 10, 2026 (WAFA) – "),
    Case("irna", "Islamic Republic News Agency", head="Tehran, IRNA - "),
    Case("mehr", "Mehr News Agency", head="TEHRAN, Mar. 10 (MNA) – "),
    Case("spa", "Saudi Press Agency", head="Riyadh, March 10, 2026, SPA -- "),
    Case("cna-tw", "Central News Agency (Taiwan)", head="Taipei, March 10 (CNA) "),
    Case("cna-zh", "Central News Agency (Taiwan)", "zh", head="（中央社台北10日電）"),
    Case("news1", "News1 Korea", "ko", head="(부산=뉴스1) 이영희 기자 = "),
    Case("vna", "Vietnam News Agency", head="Hanoi (VNA) - "),
    Case("gna", "Ghana News Agency", head="Accra, March 10, GNA - "),
    Case("nan", "News Agency of Nigeria", end=" (NAN)", record={"domain": "lagospost.ng"}),
    Case("cp-dateline-none", "The Canadian Press", head="THE CANADIAN PRESS\n\n"),
    Case("tns", "Bangor Daily News", end="\n\n©2026 Bangor Daily News. Distributed by Tribune Content Agency, LLC."),
    # -- station groups
    Case(
        "cnn-wire",
        "CNN",
        head="(CNN) — ",
        end="\n\nThe-CNN-Wire ™ & © 2026 Cable News Network, Inc., a Warner Bros. Discovery Company. All rights reserved.",
    ),
    Case("gray", "Gray News", head="(Gray News) - "),
    Case("tnd", "The National Desk", head="WASHINGTON (TND) — "),
    Case("call-kxan", "KXAN", head="AUSTIN, Texas (KXAN) — ", record={"domain": "dailyrepublisher.example"}),
    # -- bylines and credit lines
    Case("by-the-ap", AP, head="By The Associated Press\n\n"),
    Case("by-afp-reuters", None, head="By AFP and Reuters\n\n", record=HOST),
    Case("von-dpa", DPA, "de", head="Von dpa\n\n"),
    Case("par-afp", AFP, "fr", head="Par AFP\n\n"),
    Case("le-figaro-avec-afp", None, "fr", head="Par Le Figaro avec AFP\n\n", record=HOST),
    Case("redaccion-efe", "Agencia EFE", "es", head="Por EFE\n\n"),
    Case("author-reuters-staff", "Reuters", record={**HOST, "authors": "Reuters Staff"}),
    Case("author-person", None, record={**HOST, "authors": "Jane Roe"}),
    Case("author-afp-list", AFP, record={**HOST, "authors": ["AFP"]}),
    Case("author-ap-writer", AP, record={**HOST, "authors": "Jane Roe, AP Sports Writer"}),
    Case("fotka-ctk", None, "cs", end="\n\nFoto: ČTK", record=HOST),
    Case("photo-by-afp", None, head="Commuters at the terminal on Monday. Photo: AFP\n\n", record=HOST),
    Case("image-credit-reuters", None, head="Image credit: Reuters\n\n", record=HOST),
    Case("reuters-file", None, head="The terminal in February. REUTERS/Jane Roe/File Photo\n\n", record=HOST),
    Case("zdjecie-pap", None, "pl", head="Fot. PAP/Jan Nowak\n\n", record={"domain": "port.example.pl"}),
    # -- licences and relays
    Case("guardian", "The Guardian", end="\n\nThis article was first published in The Guardian."),
    Case(
        "republished-grist",
        "Grist",
        head="This story was originally published by Grist. Sign up for Grist’s weekly newsletter here.\n\n",
    ),
    Case(
        "licence-fr",
        "The Conversation",
        "fr",
        end="\n\nCet article est republié à partir de The Conversation sous licence Creative Commons.",
    ),
    Case(
        "licence-es",
        "El Faro del Norte",
        "es",
        end="\n\nEste artículo fue publicado originalmente en El Faro del Norte.",
    ),
    Case(
        "zerohedge", None, head="Authored by Jane Roe via The Harbour Letter,\n\n", record={"domain": "zerohedge.com"}
    ),
    Case(
        "footer-de",
        None,
        "de",
        end="\n\nDer Beitrag Fährterminal wird geschlossen erschien zuerst auf Hafenblog.",
        record={"domain": "aggr.example"},
    ),
    Case("read-more-at", None, end="\n\nRead more at Harbour Blog", record=HOST),
    Case(
        "feed-pti",
        "Press Trust of India",
        head="New Delhi, Mar 10 (PTI) ",
        end="\n\n(This story has not been edited by THE WEEK and is auto-generated from PTI)",
    ),
    Case("hotlink-msn", None, record={"domain": "msn.com"}),
    # -- press releases
    Case(
        "accesswire",
        "Harbor Robotics Corp.",
        head="PORTHAVEN, ME / ACCESSWIRE / March 10, 2026 / Harbor Robotics Corp. (OTC: HRBR) today announced that its cranes are in use. ",
        end="\n\nSOURCE: Harbor Robotics Corp.",
        kind="issuer",
    ),
    Case(
        "newsfile",
        "Northern Quay Mining Ltd.",
        head="Vancouver, British Columbia--(Newsfile Corp. - March 10, 2026) - Northern Quay Mining Ltd. (TSXV: NQM) is pleased to announce results. ",
        kind="issuer",
    ),
    Case(
        "cnw",
        "Quaywall Energy Inc.",
        head="CALGARY, AB, March 10, 2026 /CNW/ - Quaywall Energy Inc. (TSX: QWE) today announced a dividend. ",
        end="\n\nSOURCE Quaywall Energy Inc.",
        kind="issuer",
    ),
    Case(
        "eqs",
        "Hafenbau Nord AG",
        "de",
        head="EQS-News: Hafenbau Nord AG / Schlagwort(e): Auftragseingänge\n\n",
        kind="issuer",
    ),
    Case("prn-quoted", None, head="The company said so in a statement on PR Newswire.\n\n", record=HOST),
    # -- metadata
    Case(
        "meta-own-canonical", None, record={**HOST, "meta": {"canonical": "https://www.millbrook-courier.example/a/b"}}
    ),
    Case("meta-amp", None, record={**HOST, "meta": {"canonical": "https://amp.millbrook-courier.example/a/b"}}),
    Case("meta-credit", AFP, record={**HOST, "meta": {"credit": "AFP"}}),
    Case("meta-credit-photo", None, record={**HOST, "meta": {"credit": "Photo: AFP"}}),
    Case(
        "meta-ld-own",
        None,
        record={
            **HOST,
            "meta": {
                "jsonld": {
                    "author": {"@type": "Person", "name": "Jane Roe"},
                    "publisher": {"name": "Millbrook Courier"},
                }
            },
        },
    ),
    Case(
        "meta-ld-basedon",
        "ProPublica",
        record={
            **HOST,
            "meta": {
                "jsonld": [{"@type": "NewsArticle", "isBasedOn": "https://www.propublica.org/article/ferry-terminal"}]
            },
        },
    ),
    Case(
        "meta-syndication",
        "The Guardian",
        record={**HOST, "meta": {"syndication_source": "https://www.theguardian.com/world/2026/mar/10/ferry"}},
    ),
    Case("meta-original-name", "Reuters", record={**HOST, "meta": {"original_source": "Reuters"}}),
    # -- homonyms and traps
    Case("ap-andhra", None, head="The new scheme in Andhra Pradesh (AP) - its third - was announced.\n\n", record=HOST),
    Case(
        "sta-station",
        None,
        head="The Science and Technology Academy (STA) — a private school — objected.\n\n",
        record=HOST,
    ),
    Case(
        "reuters-said", None, head="LONDON — Reuters reported on Monday that the terminal would close.\n\n", record=HOST
    ),
    Case("afp-police", None, head="The Australian Federal Police (AFP) said it had charged two men.\n\n", record=HOST),
    Case(
        "afp-police-dateline",
        None,
        head="CANBERRA — The Australian Federal Police (AFP) - the force - said it had charged two men.\n\n",
        record=HOST,
    ),
    Case("dpa-data", None, head="A data processing agreement (DPA) — required by law — was signed.\n\n", record=HOST),
    Case("upi-india", None, head="Unified Payments Interface (UPI) - India's system - was down.\n\n", record=HOST),
    Case("ani-acronym", None, head="The American Nautical Institute (ANI): what it does.\n\n", record=HOST),
    Case("pap-singapore", None, head="The People's Action Party (PAP) — in power since 1959 — won.\n\n", record=HOST),
    Case("texas-pa", None, head="Scranton, PA — ", record=HOST),
    Case("laut-dpa", None, "de", head="Laut dpa soll das Terminal im April schließen.\n\n", record=HOST),
    Case("selon-afp", None, "fr", head="Selon l'AFP, le terminal fermera en avril.\n\n", record=HOST),
    Case("tass-cited", None, "ru", head="Как сообщает ТАСС, терминал закроют в апреле.\n\n", record=HOST),
    Case(
        "tail-other",
        None,
        end="\n\nRelated stories\n\nSEOUL (Yonhap) — North Korea fires missile\n\nTOKYO (Kyodo) — Quake hits north\n\nLONDON (Reuters) - Markets rise",
        record=HOST,
    ),
    Case(
        "more-tail",
        None,
        end="\n\nMost read\n\nPARIS (AFP) - Strikes continue\nBERLIN (dpa) - Koalition streitet\nROMA (ANSA) - Governo",
        record=HOST,
    ),
    Case("bbc-title", None, head="BBC News - Ferry terminal to close\n\n", record=HOST),
    Case("staff-agencies", None, head="Staff and agencies\n\n", record=HOST),
    Case("afp-reuters-agencies", None, end="\n\n(AFP, Reuters)", record=HOST),
    Case("with-ap", None, end="\n\nWith The Associated Press", record=HOST),
    Case("info-from-ap", None, end="\n\nInformation from the Associated Press was used in this report.", record=HOST),
    # -- a third lot, written last: 34 of 40 at first
    Case("ap-dash-before", AP, head="BOSTON — (AP) The "),
    Case("third-2", "Reuters", head="By Jane Roe\n\nLONDON (Reuters) – "),
    Case("third-3", AFP, "fr", head="PARIS, 10 mars (AFP) -- "),
    Case("third-4", DPA, "de", end="\n\n© dpa"),
    Case("third-5", DPA, "de", end="\n\n(dpa)"),
    Case("third-6", "Agencia EFE", "es", end="\n\n© EFE"),
    Case("third-7", "Agencia EFE", "es", head="Agencia EFE\nMadrid\n\n"),
    Case("third-8", "Agenzia ANSA", "it", head="Redazione ANSA\n\n"),
    Case("third-9", "TASS", "ru", end="\n\nИсточник: ТАСС"),
    Case("third-10", "RIA Novosti", "ru", head="МОСКВА, 10 марта — РИА Новости. "),
    Case("third-11", "Yonhap News Agency", "ko", head="[서울=연합뉴스] "),
    Case("third-12", "Yonhap News Agency", "ko", end="\n\n저작권자(c) 연합뉴스, 무단 전재-재배포 금지"),
    Case("third-13", "Kyodo News", "ja", end="（共同）"),
    Case("third-14", "Xinhua News Agency", "zh", head="（新华社北京3月10日电）"),
    Case("third-15", "Syrian Arab News Agency", "ar", head="دمشق-سانا\n\n"),
    Case("third-16", "Emirates News Agency", "ar", head="أبوظبي في 10 مارس / وام / "),
    Case("third-17", "Kuwait News Agency", "ar", end=" (كونا)"),
    Case("bhasha-desk", "Press Trust of India", "hi", end=" भाषा राजकुमार नरेश"),
    Case("third-19", "Polska Agencja Prasowa", "pl", end="\n\nŹródło: PAP"),
    Case("third-20", "Magyar Távirati Iroda", end="\n\nForrás: MTI"),
    Case("third-21", "Algemeen Nederlands Persbureau", "nl", end="\n\nBron: ANP"),
    Case("third-22", "Belga News Agency", "fr", end="\n\nBelga"),
    Case("third-23", "Australian Associated Press", end="\n\n© AAP 2026", record={"domain": "coastnews.com.au"}),
    Case("third-24", "PA Media", head="By Jane Roe, PA\n\n", record={"domain": "harbourecho.co.uk"}),
    Case("third-25", "Bloomberg", head="(Bloomberg) -- ", end="\n\n©2026 Bloomberg L.P."),
    Case(
        "kff-note",
        "KFF Health News",
        end="\n\nKFF Health News is a national newsroom that produces in-depth journalism about health issues.",
    ),
    Case("third-27", None, head="Reuters Institute fellows visited the harbour.\n\n", record=HOST),
    Case("third-28", None, "de", end="\n\n(Mit Material der dpa)", record=HOST),
    Case("third-29", None, "es", end="\n\nCon información de EFE", record=HOST),
    Case("third-30", None, "it", end="\n\n(Foto ANSA)", record=HOST),
    Case("third-31", None, head="(CNN) reported the closure first.\n\n", record=HOST),
    Case("third-32", None, "tr", end="\n\nFotoğraf: AA", record=HOST),
    Case("third-33", None, head="The Press Trust of India reported that the harbour would close.\n\n", record=HOST),
    Case("third-34", None, end="\n\nFollow AP on Twitter", record=HOST),
    Case("third-35", None, head="Harrisburg, Pa. (PA) — ", record=HOST),
    Case("third-36", None, head="NEW DELHI (AAP) — The ", record={"domain": "dailyvoice.in"}),
    Case(
        "third-37",
        "The Texas Tribune",
        end="\n\nThis article originally appeared in The Texas Tribune at https://www.texastribune.org/2026/03/10/x/.",
    ),
    Case(
        "third-38",
        "Harbour Blog",
        record={**HOST, "meta": {"canonical": "https://harbourblog.example/2026/ferry-terminal"}},
    ),
    Case(
        "third-39",
        AP,
        record={
            **HOST,
            "meta": {
                "jsonld": {
                    "@graph": [
                        {
                            "@type": "NewsArticle",
                            "author": [
                                {"@type": "Person", "name": "Jane Roe"},
                                {"@type": "Organization", "name": "Associated Press"},
                            ],
                        }
                    ]
                }
            },
        },
    ),
    Case(
        "third-40",
        "Calder Marine GmbH",
        "de",
        head="Hamburg (ots) - Die Calder Marine GmbH erneuert die Kaimauer. ",
        end="\n\nPressekontakt:\nCalder Marine GmbH\nOriginal-Content von: Calder Marine GmbH, übermittelt durch news aktuell",
        kind="issuer",
    ),
]

#: Cases that still find nobody.
MISSED = frozenset({"bhasha-desk", "kff-note"})
