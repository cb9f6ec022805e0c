# ruff: noqa: E501  (stories and pages are data)
"""Small cases of who wrote a text, in many languages, written before the weights were fitted.

A case is a page as a crawler leaves it: a story (by language) with what a page or a wire puts before and after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STORIES = {
    "en": (
        "The harbour authority said on Tuesday that it would close the northern ferry terminal for six weeks so that "
        "engineers can replace a quay wall that was damaged in the winter storms.",
        "About 2,400 commuters use the terminal on a working day. Buses will carry them to the southern pier, and the "
        "first boat will leave fifteen minutes earlier than it does now, the authority said.",
        "“Nobody likes a detour, but the wall will not wait another winter,” harbour master Ines Calder told reporters.",
        "The work is expected to cost 3.1 million and to be finished before the summer timetable begins in June.",
    ),
    "de": (
        "Die Hafenbehörde schließt das nördliche Fährterminal für sechs Wochen, weil eine Kaimauer erneuert werden muss. "
        "Das teilte die Behörde am Dienstag mit.",
        "Etwa 2400 Pendler nutzen das Terminal an einem Werktag. Busse bringen sie zur südlichen Anlegestelle, und das "
        "erste Schiff legt fünfzehn Minuten früher ab als bisher.",
        "Die Arbeiten sollen 3,1 Millionen Euro kosten und vor Beginn des Sommerfahrplans im Juni beendet sein.",
    ),
    "fr": (
        "L'autorité portuaire a annoncé mardi la fermeture pendant six semaines du terminal nord des ferries, le temps de "
        "remplacer un mur de quai endommagé par les tempêtes de l'hiver.",
        "Quelque 2.400 voyageurs empruntent chaque jour ce terminal. Des autobus les conduiront à l'embarcadère sud, et le "
        "premier bateau partira quinze minutes plus tôt.",
        "Les travaux, estimés à 3,1 millions d'euros, doivent être achevés avant les horaires d'été, en juin.",
    ),
    "es": (
        "La autoridad portuaria anunció este martes el cierre durante seis semanas de la terminal norte de "
        "transbordadores para sustituir un muro del muelle dañado por los temporales del invierno.",
        "Unos 2.400 viajeros usan la terminal cada día laborable. Los autobuses los llevarán al embarcadero sur y el "
        "primer barco saldrá quince minutos antes.",
        "Las obras costarán 3,1 millones de euros y terminarán antes del horario de verano, en junio.",
    ),
    "it": (
        "L'autorità portuale ha annunciato martedì la chiusura per sei settimane del terminal nord dei traghetti, per "
        "sostituire un muro di banchina danneggiato dalle mareggiate dell'inverno.",
        "Ogni giorno circa 2.400 pendolari usano il terminal. Gli autobus li porteranno al molo sud e la prima nave "
        "partirà quindici minuti prima.",
        "I lavori costeranno 3,1 milioni di euro e finiranno prima dell'orario estivo, in giugno.",
    ),
    "pt": (
        "A autoridade portuária anunciou na terça-feira o encerramento durante seis semanas do terminal norte dos "
        "barcos para substituir um muro do cais danificado pelos temporais do inverno.",
        "Cerca de 2.400 passageiros usam o terminal em cada dia útil. Os autocarros vão levá-los ao cais sul e o "
        "primeiro barco parte quinze minutos mais cedo.",
        "As obras custam 3,1 milhões de euros e terminam antes do horário de verão, em junho.",
    ),
    "nl": (
        "Het havenbedrijf sluit de noordelijke veerterminal zes weken om een kademuur te vervangen die in de "
        "winterstormen is beschadigd. Dat maakte het bedrijf dinsdag bekend.",
        "Ongeveer 2400 forenzen gebruiken de terminal op een werkdag. Bussen brengen hen naar de zuidelijke steiger en de "
        "eerste boot vertrekt een kwartier eerder.",
        "Het werk kost 3,1 miljoen euro en moet klaar zijn voordat in juni de zomerdienstregeling begint.",
    ),
    "sv": (
        "Hamnmyndigheten stänger den norra färjeterminalen i sex veckor för att byta ut en kajmur som skadades i vinterns "
        "stormar. Det meddelade myndigheten på tisdagen.",
        "Omkring 2 400 pendlare använder terminalen en vanlig dag. Bussar tar dem till den södra bryggan och den första "
        "båten går en kvart tidigare.",
        "Arbetet väntas kosta 31 miljoner kronor och vara klart innan sommartidtabellen börjar i juni.",
    ),
    "no": (
        "Havnemyndigheten stenger den nordlige fergeterminalen i seks uker for å bytte ut en kaimur som ble skadet i "
        "vinterens stormer. Det opplyste myndigheten tirsdag.",
        "Rundt 2400 pendlere bruker terminalen en vanlig dag. Busser tar dem til den sørlige brygga, og den første båten "
        "går et kvarter tidligere.",
        "Arbeidet ventes å koste 31 millioner kroner og skal være ferdig før sommerrutene begynner i juni.",
    ),
    "fi": (
        "Satamaviranomainen sulkee pohjoisen lauttaterminaalin kuudeksi viikoksi, jotta talvimyrskyissä vaurioitunut "
        "laiturimuuri voidaan uusia. Viranomainen kertoi asiasta tiistaina.",
        "Terminaalia käyttää arkipäivisin noin 2 400 matkustajaa. Bussit vievät heidät eteläiselle laiturille, ja "
        "ensimmäinen lautta lähtee vartin aikaisemmin.",
        "Työn arvioidaan maksavan 3,1 miljoonaa euroa ja valmistuvan ennen kesäaikataulujen alkua kesäkuussa.",
    ),
    "pl": (
        "Zarząd portu zamknie na sześć tygodni północny terminal promowy, żeby wymienić ścianę nabrzeża uszkodzoną podczas "
        "zimowych sztormów - poinformowano we wtorek.",
        "Z terminalu korzysta w dni robocze około 2400 pasażerów. Autobusy dowiozą ich do przystani południowej, a "
        "pierwszy statek odpłynie kwadrans wcześniej.",
        "Prace mają kosztować 3,1 mln euro i skończyć się przed letnim rozkładem w czerwcu.",
    ),
    "ro": (
        "Autoritatea portuară a anunţat marţi închiderea pentru şase săptămâni a terminalului nordic, pentru înlocuirea "
        "unui zid de chei avariat de furtunile iernii.",
        "Circa 2.400 de navetişti folosesc zilnic terminalul. Autobuzele îi vor duce la debarcaderul sudic, iar primul "
        "vapor va pleca cu cincisprezece minute mai devreme.",
        "Lucrările vor costa 3,1 milioane de euro şi se vor încheia înainte de orarul de vară, în iunie.",
    ),
    "ru": (
        "Администрация порта сообщила во вторник, что северный паромный терминал закроют на шесть недель, чтобы заменить "
        "причальную стенку, поврежденную зимними штормами.",
        "Терминалом в рабочий день пользуются около 2400 пассажиров. Автобусы будут возить их к южному причалу, а первый "
        "паром уйдет на пятнадцать минут раньше.",
        "Работы оцениваются в 3,1 млн евро и должны завершиться до начала летнего расписания в июне.",
    ),
    "tr": (
        "Liman idaresi, kış fırtınalarında hasar gören rıhtım duvarının yenilenmesi için kuzey feribot iskelesinin altı "
        "hafta kapatılacağını salı günü duyurdu.",
        "İskeleyi iş günlerinde yaklaşık 2 bin 400 yolcu kullanıyor. Otobüsler yolcuları güney iskelesine taşıyacak ve ilk "
        "vapur on beş dakika erken kalkacak.",
        "Çalışmaların 3,1 milyon avroya mal olması ve haziranda yaz tarifesinden önce bitmesi bekleniyor.",
    ),
    "ar": (
        "أعلنت سلطة الميناء يوم الثلاثاء إغلاق محطة العبارات الشمالية لمدة ستة أسابيع لاستبدال جدار الرصيف الذي تضرر في عواصف الشتاء.",
        "ويستخدم المحطة نحو 2400 راكب في يوم العمل الواحد، وستنقلهم الحافلات إلى الرصيف الجنوبي وستغادر العبارة الأولى قبل موعدها بربع ساعة.",
        "ومن المتوقع أن تبلغ تكلفة الأعمال 3.1 مليون يورو وأن تنتهي قبل بدء جدول الصيف في يونيو.",
    ),
    "ja": (
        "港湾当局は十日、冬の嵐で壊れた岸壁を取り換えるため、北側のフェリーターミナルを六週間閉鎖すると発表した。",
        "平日には約二千四百人がこのターミナルを利用しており、期間中はバスで南側の桟橋に運ばれる。始発便は十五分早くなる。",
        "工事費は三百十万ユーロで、六月の夏の時刻表が始まる前に終わる見通しだ。",
    ),
    "ko": (
        "항만 당국은 겨울 폭풍으로 파손된 부두 벽을 교체하기 위해 북쪽 여객선 터미널을 6주간 폐쇄한다고 10일 밝혔다.",
        "평일에는 약 2천400명이 이 터미널을 이용하며, 이 기간에는 버스가 승객을 남쪽 선착장으로 실어 나른다.",
        "공사비는 310만 유로이며 6월 여름 시간표가 시작되기 전에 끝날 예정이다.",
    ),
    "zh": (
        "港务局十日宣布，为更换在冬季风暴中受损的码头岸壁，北渡轮码头将关闭六周。",
        "工作日约有两千四百名乘客使用该码头，期间将由巴士送往南码头，首班船提前十五分钟开出。",
        "工程预计耗资三百一十万欧元，将在六月夏季时刻表开始前完工。",
    ),
    "hi": (
        "बंदरगाह प्राधिकरण ने मंगलवार को कहा कि सर्दियों के तूफान में क्षतिग्रस्त घाट की दीवार बदलने के लिए उत्तरी नौका टर्मिनल छह सप्ताह तक बंद रहेगा।",
        "कामकाजी दिन में लगभग 2,400 यात्री इस टर्मिनल का उपयोग करते हैं। बसें उन्हें दक्षिणी घाट तक ले जाएंगी और पहली नाव पंद्रह मिनट पहले चलेगी।",
        "काम पर 31 लाख यूरो खर्च होने और जून में गर्मियों की समय सारिणी से पहले पूरा होने की उम्मीद है।",
    ),
    "id": (
        "Otoritas pelabuhan mengumumkan pada Selasa bahwa terminal feri utara ditutup selama enam minggu untuk mengganti "
        "dinding dermaga yang rusak akibat badai musim dingin.",
        "Sekitar 2.400 penumpang memakai terminal itu pada hari kerja. Bus akan mengantar mereka ke dermaga selatan dan "
        "kapal pertama berangkat lima belas menit lebih awal.",
        "Pekerjaan itu menelan biaya 3,1 juta euro dan selesai sebelum jadwal musim panas mulai pada Juni.",
    ),
    "cs": (
        "Přístavní správa uzavře na šest týdnů severní terminál přívozů, aby mohla vyměnit nábřežní zeď poškozenou zimními "
        "bouřemi. Oznámila to v úterý.",
        "Terminál používá v pracovní den asi 2400 cestujících. Autobusy je odvezou k jižnímu molu a první loď vypluje o "
        "čtvrt hodiny dříve.",
        "Práce mají stát 3,1 milionu eur a skončit před letním jízdním řádem v červnu.",
    ),
}


@dataclass(frozen=True)
class Case:
    """`origin`: the name expected, None for unknown. `head` and `end` stand before and after the story."""

    name: str
    origin: str | None
    lang: str = "en"
    head: str = ""
    end: str = ""
    #: Further fields of the record.
    record: dict[str, Any] = field(default_factory=dict)
    kind: str | None = None

    def article(self) -> dict[str, Any]:
        story = "\n\n".join(STORIES[self.lang])
        return {"id": self.name, "text": self.head + story + self.end, **self.record}


AP, AFP, DPA = "Associated Press", "Agence France-Presse", "Deutsche Presse-Agentur"
HOST = {"domain": "millbrook-courier.example"}

CASES = [
    # -- datelines
    Case("ap-place", AP, head="PORTHAVEN, Maine (AP) — "),
    Case("ap-after-title", AP, head="Ferry terminal to close for six weeks\n\nPORTHAVEN, Maine (AP) — "),
    Case("ap-after-byline-and-date", AP, head="By JANE ROE\n\nMarch 10, 2026\n\nPORTHAVEN (AP) - "),
    Case("reuters-date", "Reuters", head="PORTHAVEN, March 10 (Reuters) - "),
    Case("reuters-bare", "Reuters", head="(Reuters) - "),
    Case("afp-en", AFP, head="Porthaven (AFP) – "),
    Case("afp-fr", AFP, "fr", head="Port-Royal, 10 mars 2026 (AFP) - "),
    Case("afp-ar", AFP, "ar", head="باريس (أ ف ب) - "),
    Case("reuters-ar", "Reuters", "ar", head="لندن (رويترز) - "),
    Case("dpa-de", DPA, "de", head="Nordhafen (dpa) - "),
    Case("dpa-lnw", DPA, "de", head="Düsseldorf (dpa/lnw) - "),
    Case("dpa-afx", DPA, "de", head="FRANKFURT (dpa-AFX) - "),
    Case("apa-at", "Austria Presse Agentur", "de", head="Wien (APA) - "),
    Case("efe", "Agencia EFE", "es", head="Puerto Norte, 10 mar (EFE).- "),
    Case("europa-press", "Europa Press", "es", head="PUERTO NORTE, 10 Mar. (EUROPA PRESS) -\n\n"),
    Case("ansa", "Agenzia ANSA", "it", head="(ANSA) - PORTO NORD, 10 MAR - "),
    Case("lusa", "Agência Lusa", "pt", head="Lisboa, 10 mar 2026 (Lusa) - "),
    Case("anp", "Algemeen Nederlands Persbureau", "nl", head="NOORDHAVEN (ANP) - "),
    Case("ritzau-slash", "Ritzau", "no", end="\n\n/ritzau/"),
    Case("ntb", "Norsk Telegrambyrå", "no", end=" (NTB)"),
    Case("ntb-copyright", "Norsk Telegrambyrå", "no", end="\n\n(©NTB)"),
    Case("tt-byline", "TT Nyhetsbyrån", "sv", end="\n\nTT", record={"domain": "norrbladet.example.se"}),
    Case("stt", "Suomen Tietotoimisto", "fi", end="\n\nSTT", record={"domain": "satamalehti.fi"}),
    Case("pap-end", "Polska Agencja Prasowa", "pl", end=" (PAP)\n\nkno/ jann/"),
    Case("pap-dateline", "Polska Agencja Prasowa", "pl", head="Gdańsk (PAP) - "),
    Case("ctk", "Czech News Agency", "cs", head="Praha 10. března (ČTK) - "),
    Case("ctk-source", "Czech News Agency", "cs", end="\n\nZdroj: ČTK"),
    Case("agerpres", "Agerpres", "ro", end="\n\nAGERPRES/(AS - autor: Ion Popa, editor: Ana Ene)"),
    Case("agerpres-slash", "Agerpres", "ro", end=" /Agerpres/"),
    Case("tass-ru", "TASS", "ru", head="МОСКВА, 10 марта. /ТАСС/. "),
    Case("tass-en", "TASS", head="MOSCOW, March 10. /TASS/. "),
    Case("interfax", "Interfax", "ru", head="Москва. 10 марта. INTERFAX.RU - "),
    Case("interfax-en", "Interfax", head="MOSCOW. March 10 (Interfax) - "),
    Case("ria", "RIA Novosti", "ru", head="МОСКВА, 10 мар - РИА Новости. "),
    Case("aa", "Anadolu Agency", "tr", head="ANKARA (AA) - "),
    Case("dha", "Demirören Haber Ajansı", "tr", head="İZMİR, (DHA) - "),
    Case("kyodo-ja", "Kyodo News", "ja", head="【ロンドン共同】"),
    Case("jiji-ja", "Jiji Press", "ja", head="【パリ時事】"),
    Case("jiji-en", "Jiji Press", head="Tokyo, March 10 (Jiji Press)--"),
    Case("kyodo-en", "Kyodo News", head="TOKYO (Kyodo) -- "),
    Case("yonhap-ko", "Yonhap News Agency", "ko", head="(부산=연합뉴스) 홍길동 기자 = "),
    Case("newsis-ko", "Newsis", "ko", head="[부산=뉴시스]김철수 기자 = "),
    Case("yonhap-en", "Yonhap News Agency", head="SEOUL, March 10 (Yonhap) -- ", end="\n\nhong@yna.co.kr\n(END)"),
    Case("xinhua-zh", "Xinhua News Agency", "zh", head="新华社上海3月10日电（记者王强）"),
    Case("xinhua-en", "Xinhua News Agency", head="SHANGHAI, March 10 (Xinhua) -- ", end=" Enditem"),
    Case("chinanews-zh", "China News Service", "zh", head="中新社上海3月10日电 "),
    Case("pti", "Press Trust of India", head="Mumbai, Mar 10 (PTI) ", end=" PTI ABC XY"),
    Case("pti-end-only", "Press Trust of India", end=" PTI VT ABC BNM"),
    Case("ani", "Asian News International", head="New Delhi [India], March 10 (ANI): "),
    Case("ians-end", "Indo-Asian News Service", end="\n\n--IANS\n\nabc/xyz"),
    Case("bhasha-hi", "Press Trust of India", "hi", head="मुंबई, 10 मार्च (भाषा) "),
    Case("antara", "ANTARA News", "id", head="Jakarta (ANTARA) - "),
    Case(
        "antara-credits",
        "ANTARA News",
        "id",
        end="\n\nPewarta: Budi Santoso\nEditor: Ani Wati\nCopyright © ANTARA 2026",
    ),
    Case("bernama", "Bernama", head="KUALA LUMPUR, March 10 (Bernama) -- ", end="\n\n-- BERNAMA"),
    Case("wam", "Emirates News Agency", head="ABU DHABI, 10th March, 2026 (WAM) -- "),
    Case("upi", "United Press International", head="March 10 (UPI) -- "),
    Case("afp-end", AFP, end="\n\nab/cd/ef\n\n© Agence France-Presse"),
    Case(
        "canadian-press",
        "The Canadian Press",
        end="\n\nThis report by The Canadian Press was first published March 10, 2026.",
    ),
    Case("aap-sydney", "Australian Associated Press", head="SYDNEY, AAP — ", end="\n\nAustralian Associated Press"),
    # -- call signs and station groups
    Case("call-sign", "WQRT", head="PORTHAVEN, Maine (WQRT) — ", record={"domain": "coastnews.example"}),
    Case(
        "station-footer",
        "KQRB",
        end="\n\nCopyright 2026 KQRB. All rights reserved.",
        record={"domain": "coastnews.example"},
    ),
    Case("nexstar", "Nexstar Media Wire", head="PORTHAVEN, Maine (NEXSTAR) – "),
    # -- bylines and credits
    Case("byline-ap", AP, head="By JANE ROE, Associated Press\n\n"),
    Case("byline-slash", "Reuters", head="By Jane Roe and John Doe | Reuters\n\n"),
    Case("authors-ap", AP, record={**HOST, "authors": ["Jane Roe, Associated Press"]}),
    Case("authors-dpa", DPA, "de", record={**HOST, "authors": "dpa"}),
    Case("cbs-ap", AP, record={"domain": "cbsnews.com", "authors": "CBS/AP"}),
    Case(
        "ap-copyright",
        AP,
        end="\n\nCopyright 2026 The Associated Press. All rights reserved. This material may not be published.",
    ),
    Case("quelle-dpa", DPA, "de", end="\n\nQuelle: dpa"),
    Case("fonte-ansa", "Agenzia ANSA", "it", end="\n\nFonte: ANSA"),
    Case("source-afp-rfi", AFP, end="\n\nSource: AFP"),
    Case("kilde-ntb", "Norsk Telegrambyrå", "no", end="\n\nKilde: NTB"),
    Case("laiyuan-xinhua", "Xinhua News Agency", "zh", head="来源：新华社\n\n"),
    Case("avec-afp", None, "fr", end="\n\n(avec AFP)", record=HOST),
    Case("reuters-signoff", "Reuters", end="\n\n(Reporting by Jane Roe in Porthaven; Editing by John Doe)"),
    Case("trust-principles", "Reuters", end="\n\nOur Standards: The Thomson Reuters Trust Principles."),
    Case(
        "ap-writer-contributed",
        AP,
        end="\n\nAssociated Press writer John Doe in Boston contributed to this report.",
        record=HOST,
    ),
    # -- licences
    Case(
        "conversation",
        "The Conversation",
        end="\n\nThis article is republished from The Conversation under a Creative Commons license. Read the original article.",
    ),
    Case("propublica", "ProPublica", head="This story was originally published by ProPublica.\n\n"),
    Case(
        "unknown-outlet-licence",
        "Millbrook Ledger",
        end="\n\nThis article was originally published by the Millbrook Ledger.",
    ),
    Case("licence-de", "Nordhafener Bote", "de", end="\n\nDieser Artikel erschien zuerst im Nordhafener Bote."),
    # -- press releases
    Case(
        "prnewswire",
        "Calder Marine, Inc.",
        head="PORTHAVEN, Maine, March 10, 2026 /PRNewswire/ -- Calder Marine, Inc., a builder of quay walls, today announced a contract. ",
        end="\n\nSOURCE Calder Marine, Inc.",
        kind="issuer",
    ),
    Case(
        "businesswire",
        "Calder Marine",
        head="PORTHAVEN, Maine--(BUSINESS WIRE)--Calder Marine (NYSE: CLDM), a builder of quay walls, today announced a contract. ",
        kind="issuer",
    ),
    Case(
        "globenewswire",
        "Calder Marine Inc.",
        head="PORTHAVEN, Maine, March 10, 2026 (GLOBE NEWSWIRE) -- Calder Marine Inc. (Nasdaq: CLDM) today announced a contract. ",
        end="\n\nAbout Calder Marine Inc.\nCalder Marine Inc. builds quay walls.",
        kind="issuer",
    ),
    Case(
        "ots",
        "Hafenbau Nord GmbH",
        "de",
        head="Nordhafen (ots) - ",
        end="\n\nOriginal-Content von: Hafenbau Nord GmbH, übermittelt durch news aktuell",
        kind="issuer",
    ),
    # -- metadata
    Case(
        "canonical",
        "Harbour Gazette",
        record={
            **HOST,
            "meta": {
                "canonical": "https://www.harbourgazette.example/2026/03/10/ferry-terminal",
                "jsonld": {"publisher": {"name": "Harbour Gazette", "url": "https://www.harbourgazette.example"}},
            },
        },
    ),
    Case(
        "canonical-agency", AP, record={**HOST, "meta": {"canonical": "https://apnews.com/article/ferry-terminal-0123"}}
    ),
    Case("canonical-root", None, record={**HOST, "meta": {"canonical": "https://apnews.com/"}}),
    Case("provider", "Reuters", record={"domain": "msn.com", "meta": {"provider": "Reuters"}}),
    Case(
        "jsonld-author",
        AFP,
        record={
            **HOST,
            "meta": {"jsonld": {"@type": "NewsArticle", "author": {"@type": "Organization", "name": "AFP"}}},
        },
    ),
    Case(
        "rss-source",
        "Reuters",
        record={**HOST, "meta": {"rss_source": {"url": "https://www.reuters.com/", "name": "Reuters"}}},
    ),
    Case(
        "ap-pixel",
        AP,
        record={
            **HOST,
            "meta": {"images": ["https://analytics.apnewsregistry.com/analytics/v2/image.svc/X/RWS/x.com/MAI/0123"]},
        },
    ),
    # -- sites
    Case("home-reuters", "Reuters", record={"domain": "reuters.com"}),
    Case("home-prnewswire", None, record={"domain": "prnewswire.com"}),
    Case("plain-host", None, record=HOST),
    Case(
        "aggregator",
        None,
        head="This article was added by the user . TheWorldNews is not responsible for the content of the platform.\n\n",
        record={"domain": "theworldnews.net"},
    ),
    Case(
        "syndicated-feed",
        None,
        end="\n\n(This story has not been edited by NDTV staff and is auto-generated from a syndicated feed.)",
        record={"domain": "ndtv.com"},
    ),
    # -- relays
    Case(
        "feed-footer",
        None,
        end="\n\nThe post Ferry terminal to close appeared first on Harbour Blog.",
        record={"domain": "aggr.example"},
    ),
    Case("via", None, end="\n\nVia Harbour Blog", record=HOST),
    Case("reuters-via-yahoo", "Reuters", head="PORTHAVEN (Reuters) - ", record={"domain": "news.yahoo.com"}),
    Case(
        "ap-feed-footer",
        AP,
        head="PORTHAVEN (AP) — ",
        end="\n\nThe post Ferry terminal to close appeared first on Boston Globe.",
        record={"domain": "aggr.example"},
    ),
    # -- what is no credit
    Case("told-reuters", None, end="\n\n“We are ready,” Calder told Reuters on Monday.", record=HOST),
    Case(
        "according-kcna",
        None,
        head="Seoul will close a terminal, according to KCNA, the state news agency.\n\n",
        record=HOST,
    ),
    Case("photo-ap", None, head="Passengers wait at the terminal. (AP Photo/Jane Roe)\n\n", record=HOST),
    Case("foto-agerpres", None, "ro", end="\n\nFoto: Agerpres", record=HOST),
    Case("bild-dpa", None, "de", head="Bild: Jan Woitas/dpa\n\n", record=HOST),
    Case("contributed", None, end="\n\nThe Associated Press contributed to this report.", record=HOST),
    Case("inputs", None, end="\n\n(With inputs from PTI and ANI)", record=HOST),
    Case(
        "tail-dateline",
        None,
        end="\n\nYou May Also Like\n\nCHICAGO (WLS) — An Illinois state representative said…\n\nNEW YORK (AP) — A storm…\n\nMore snow is on the way…",
        record=HOST,
    ),
    Case("pa-state", None, head="ERIE (PA) — ", record=HOST),
    Case("pa-plain", None, head="A ferry company from Erie (PA) said it would help.\n\n", record=HOST),
    Case("aap-party", None, head="The Aam Aadmi Party (AAP) - which rules the city - objected.\n\n", record=HOST),
    Case("ppi", None, head="The producer price index (PPI) – a measure of inflation – rose.\n\n", record=HOST),
    Case(
        "imran-pti",
        None,
        head="Pakistan Tehreek-e-Insaf (PTI) — the party of Imran Khan — called for protests.\n\n",
        record=HOST,
    ),
    Case("mena-region", None, head="Middle East and North Africa (MENA) - ", record=HOST),
    Case("map-word", None, end="\n\nMap", record=HOST),
    Case("unhcr", None, head="GENEVA (UNHCR) — ", record=HOST),
    Case(
        "reuters-sued",
        None,
        head="Reuters was sued on Monday by a shipping company over a photograph.\n\n",
        record=HOST,
    ),
    Case("getty", None, end="\n\nImage: Getty Images", record=HOST),
    Case("first-published-date", None, head="First published on March 10, 2026\n\n", record=HOST),
]
