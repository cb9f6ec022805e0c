# ruff: noqa: E501  (stories and pages are data)
"""Texts that no agency wrote though its name or initials stand where a credit would, in twenty and more languages.

They were written before the rules: an abbreviation that the text explains, an agency that the story is about, two
agencies that sign one text, a newspaper's own text. Right is: unknown. `STORIES_MORE` are stories in further languages.
"""

from __future__ import annotations

import origin_cases
from origin_cases import HOST, Case

STORIES_MORE = {
    "bg": (
        "Пристанищната управа ще затвори северния терминал за шест седмици, за да бъде сменена кейова стена, повредена "
        "от зимните бури, съобщиха служители във вторник.",
        "Около 2400 пътници използват терминала в работен ден. Автобуси ще ги возят до южния кей, а първият кораб ще "
        "тръгва петнадесет минути по-рано от сега.",
        "Ремонтът ще струва 3,1 милиона и трябва да приключи преди лятното разписание през юни.",
    ),
    "el": (
        "Το λιμεναρχείο ανακοίνωσε την Τρίτη ότι θα κλείσει για έξι εβδομάδες τον βόρειο σταθμό των πορθμείων, για να "
        "επισκευαστεί το κρηπίδωμα που υπέστη ζημιές από τις χειμερινές καταιγίδες.",
        "Περίπου 2.400 επιβάτες χρησιμοποιούν τον σταθμό κάθε εργάσιμη ημέρα. Λεωφορεία θα τους μεταφέρουν στη νότια "
        "προβλήτα και το πρώτο πλοίο θα αναχωρεί δεκαπέντε λεπτά νωρίτερα.",
        "Τα έργα θα κοστίσουν 3,1 εκατομμύρια και θα έχουν τελειώσει πριν από τα θερινά δρομολόγια του Ιουνίου.",
    ),
    "da": (
        "Havnemyndigheden lukker den nordlige færgeterminal i seks uger, så en kajmur, der blev ødelagt i vinterens "
        "storme, kan udskiftes, oplyste myndigheden tirsdag.",
        "Omkring 2400 pendlere bruger terminalen på en hverdag. Busser kører dem til den sydlige anløbsbro, og den "
        "første båd sejler et kvarter tidligere end nu.",
        "Arbejdet ventes at koste 3,1 millioner og skal være færdigt, før sommerfartplanen begynder i juni.",
    ),
    "hu": (
        "A kikötői hatóság hat hétre bezárja az északi kompkikötőt, hogy kicseréljék a téli viharokban megrongálódott "
        "partfalat, közölték kedden az illetékesek.",
        "Munkanapokon mintegy 2400 ingázó használja a kikötőt. Autóbuszok viszik majd őket a déli mólóhoz, és az első "
        "hajó tizenöt perccel korábban indul, mint most.",
        "A munka várhatóan 3,1 millióba kerül, és a nyári menetrend júniusi kezdete előtt befejeződik.",
    ),
    "fa": (
        "اداره بندر روز سه‌شنبه اعلام کرد پایانه شمالی کشتی‌ها را شش هفته تعطیل می‌کند تا دیوار اسکله که در توفان‌های "
        "زمستان آسیب دیده است بازسازی شود.",
        "روزانه حدود دو هزار و چهارصد مسافر از این پایانه استفاده می‌کنند. اتوبوس‌ها آنان را به اسکله جنوبی می‌برند و "
        "نخستین کشتی پانزده دقیقه زودتر حرکت می‌کند.",
        "هزینه این کار حدود سه میلیون برآورد شده است و پیش از آغاز برنامه تابستانی در ژوئن پایان می‌یابد.",
    ),
    "bn": (
        "বন্দর কর্তৃপক্ষ মঙ্গলবার জানিয়েছে, শীতের ঝড়ে ক্ষতিগ্রস্ত ঘাটের দেয়াল বদলানোর জন্য উত্তর ফেরিঘাট ছয় সপ্তাহ বন্ধ থাকবে।",
        "প্রতি কর্মদিবসে প্রায় দুই হাজার চারশ যাত্রী এই ঘাট ব্যবহার করেন। বাসে করে তাঁদের দক্ষিণ ঘাটে নেওয়া হবে এবং "
        "প্রথম নৌযান পনেরো মিনিট আগে ছাড়বে।",
        "কাজের খরচ ধরা হয়েছে একত্রিশ লাখ এবং জুনে গ্রীষ্মের সময়সূচি শুরুর আগেই তা শেষ হওয়ার কথা।",
    ),
    "uk": (
        "Портове управління закриє північний поромний термінал на шість тижнів, щоб замінити причальну стіну, яку "
        "пошкодили зимові шторми, повідомили у вівторок посадовці.",
        "У робочий день терміналом користуються близько 2400 пасажирів. Автобуси возитимуть їх до південного причалу, а "
        "перше судно вирушатиме на п'ятнадцять хвилин раніше.",
        "Роботи коштуватимуть 3,1 мільйона і мають завершитися до початку літнього розкладу в червні.",
    ),
    "hr": (
        "Lučka uprava zatvorit će sjeverni trajektni terminal na šest tjedana kako bi se zamijenio obalni zid koji su "
        "oštetile zimske oluje, priopćili su dužnosnici u utorak.",
        "Oko 2400 putnika služi se terminalom radnim danom. Autobusi će ih voziti do južnog gata, a prvi će brod "
        "polaziti petnaest minuta ranije nego sada.",
        "Radovi će stajati 3,1 milijun i trebali bi biti gotovi prije ljetnog voznog reda u lipnju.",
    ),
    "vi": (
        "Cơ quan quản lý cảng hôm thứ Ba cho biết sẽ đóng cửa bến phà phía bắc trong sáu tuần để thay bức tường cầu cảng "
        "bị hư hại trong các cơn bão mùa đông.",
        "Khoảng 2.400 hành khách sử dụng bến này mỗi ngày làm việc. Xe buýt sẽ đưa họ đến cầu tàu phía nam và chuyến tàu "
        "đầu tiên sẽ khởi hành sớm hơn mười lăm phút.",
        "Công trình dự kiến tốn 3,1 triệu và sẽ hoàn thành trước khi lịch trình mùa hè bắt đầu vào tháng 6.",
    ),
}
origin_cases.STORIES |= STORIES_MORE


def _at(host: str) -> dict[str, str]:
    return {"domain": host}


CASES = [
    # -- an abbreviation that the last sentence explains
    Case("nobody-en-alliance", None, end="\n\nThe party was founded as Alliance for Progress (AP).", record=HOST),
    Case("nobody-en-painters", None, end="\n\nThe hall belongs to the Association of Harbour Painters (AHP)."),
    Case("nobody-en-of-painters", None, end=" The pier is named after the Association of Painters (AP).", record=HOST),
    Case("nobody-en-party-of-people", None, end="\n\nHe joined the Party of the Aged and Poor (PAP).", record=_at("a.sg")),
    Case("nobody-en-not-a-number", None, end="\n\nThe software shows the value as Not a Number (NAN).", record=_at("a.ng")),
    Case("nobody-en-harbour-group", None, end="\n\nShe chairs the Union of Northern Boatmen (UNB).", record=HOST),
    Case("nobody-de-ordnung", None, "de", end="\n\nDie Behörde verweist auf die Allgemeine Prüfordnung (APA).", record=_at("a.de")),
    Case("nobody-de-partei", None, "de", end="\n\nSie gehört der Deutschen Partei für Alle (DPA) an.", record=_at("a.de")),
    Case("nobody-de-partei-end", None, "de", end="\n\nGegründet wurde die Deutsche Partei Aktiver (dpa).", record=_at("a.de")),
    Case("nobody-es-alianza", None, "es", end="\n\nLa querella fue presentada por la Alianza Popular (AP).", record=_at("a.es")),
    Case("nobody-es-de", None, "es", end="\n\nEl edificio pertenece a la Escuela de Formación de Empresas (EFE).", record=_at("a.es")),
    Case("nobody-fr-parti", None, "fr", end="\n\nElle est membre de l'Alliance des pêcheurs (AP).", record=_at("a.fr")),
    Case("nobody-fr-association", None, "fr", end="\n\nLe quai appartient à l'Association des ferries de Provence (AFP).", record=_at("a.fr")),
    Case("nobody-it-alleanza", None, "it", end="\n\nIl ricorso è dell'Associazione Nazionale Sindacati Autonomi (ANSA).", record=_at("a.it")),
    Case("nobody-it-gruppo", None, "it", end="\n\nIl cantiere appartiene all'Azienda Gas Italiana (AGI).", record=_at("a.it")),
    Case("nobody-pt-alianca", None, "pt", end="\n\nO protesto foi convocado pela Aliança Popular (AP).", record=_at("a.com.br")),
    Case("nobody-nl-partij", None, "nl", end="\n\nZij is lid van de Algemene Nederlandse Partij (ANP).", record=_at("a.nl")),
    Case("nobody-pl-program", None, "pl", end="\n\nStatek zbudowano w ramach Programu Aktywizacji Portów (PAP).", record=_at("a.pl")),
    Case("nobody-hu-intezet", None, "hu", end="\n\nA tervet a Magyar Tengerészeti Intézet (MTI) készítette.", record=_at("a.hu")),
    Case("nobody-hu-intezet-end", None, "hu", end="\n\nA tervet készítette: Magyar Tengerészeti Intézet (MTI).", record=_at("a.hu")),
    Case("nobody-cs-klub", None, "cs", end="\n\nStavbu provede Český technický koncern (ČTK).", record=_at("a.cz")),
    Case("nobody-sv-tekniska", None, "sv", end="\n\nMuren har ritats av Trafik och Transport (TT).", record=_at("a.se")),
    Case("nobody-no-nordisk", None, "no", end="\n\nMuren er tegnet av Norsk Teknisk Byrå (NTB).", record=_at("a.no")),
    Case("nobody-fi-seura", None, "fi", end="\n\nRannan omistaa Suomen Telakka ja Terminaali (STT).", record=_at("a.fi")),
    Case("nobody-id-antar", None, "id", end="\n\nPekerjaan dilakukan oleh Antar Nusantara Transportasi (ANT).", record=_at("a.id")),
    Case("nobody-tr-dernek", None, "tr", end="\n\nDuvarı Akdeniz Araştırmaları (AA) derneği inceledi.", record=_at("a.com.tr")),
    Case("nobody-tr-dernek-end", None, "tr", end="\n\nDuvarı inceleyen: Akdeniz Araştırmaları (AA).", record=_at("a.com.tr")),
    Case("nobody-bg-basketbol", None, "bg", end="\n\nТурнира организира Българската турнирна асоциация (БТА).", record=_at("a.bg")),
    Case("nobody-ru-tass", None, "ru", end="\n\nСтену проектировал Технический архив судостроительных систем (ТАСС).", record=_at("a.ru")),
    Case("nobody-uk-ukr", None, "uk", end="\n\nСтіну спроєктувала Українська незалежна асоціація нафтовиків (УНІАН).", record=_at("a.ua")),
    Case("nobody-el-enosi", None, "el", end="\n\nΤο έργο ανέλαβε η Αθηναϊκή Ποντοπόρος Εταιρεία (ΑΠΕ).", record=_at("a.gr")),
    Case("nobody-ro-asociatia", None, "ro", end="\n\nLucrările sunt făcute de Asociația Porturilor (AP).", record=_at("a.ro")),
    Case("nobody-hr-ina", None, "hr", end="\n\nZid je projektirao Hrvatski institut za nasipe (HINA).", record=_at("a.hr")),
    Case("nobody-da-rb", None, "da", end="\n\nMuren er tegnet af Rederiernes Bureau (RB).", record=_at("a.dk")),
    # -- an agency as the topic, a word with another meaning
    Case("nobody-en-topic-ap", None, end="\n\nThe strike at the Associated Press ended on Monday.", record=HOST),
    Case("nobody-en-topic-nan", None, end="\n\nA reporter was beaten at the office of NAN.", record=_at("a.ng")),
    Case("nobody-hi-language", None, "hi", end="\n\nबंदरगाह के नोटिस अब दो भाषाओं में छपेंगे, हिंदी और स्थानीय भाषा।", record=_at("a.in")),
    Case("nobody-hi-language-bracket", None, "hi", end="\n\nयात्रियों को टिकट उनकी अपनी बोली में मिलेगा (भाषा)।", record=_at("a.in")),
    Case("nobody-hi-language-head", None, "hi", head="हिंदी (भाषा) दिवस पर बंदरगाह ने नए टिकट जारी किए। ", record=_at("a.in")),
    Case("nobody-bg-topic", None, "bg", end="\n\nИзложбата е открита в сградата на БТА.", record=_at("a.bg")),
    Case("nobody-bg-said", None, "bg", head="Както вече писа БТА, пристанището ще бъде затворено. ", record=_at("a.bg")),
    Case("nobody-el-topic", None, "el", end="\n\nΗ απεργία στο ΑΠΕ-ΜΠΕ έληξε τη Δευτέρα.", record=_at("a.gr")),
    Case("nobody-el-photo", None, "el", end="\n\nΦωτογραφία: ΑΠΕ-ΜΠΕ", record=_at("a.gr")),
    Case("nobody-ru-topic", None, "ru", end="\n\nВыставка открыта в здании БЕЛТА.", record=_at("a.by")),
    Case("nobody-bg-photo", None, "bg", end="\n\nСнимка: БТА", record=_at("a.bg")),
    Case("nobody-fa-sun", None, "fa", end="\n\nاین اسکله در مهر ماه دوباره گشوده می‌شود.", record=_at("a.ir")),
    Case("nobody-fa-province", None, "fa", head="به گزارش اداره بندر فارس، پایانه بسته می‌شود. ", record=_at("a.ir")),
    Case("nobody-fa-farmer", None, "fa", end="\n\nاین دیوار را مهندسان استان فارس ساخته‌اند.", record=_at("a.ir")),
    Case("nobody-ar-topic", None, "ar", end="\n\nوافتتح المعرض في مقر وكالة كونا.", record=HOST),
    Case("nobody-ar-end", None, "ar", end="\n\n(النهاية)", record=HOST),
    Case("nobody-bn-topic", None, "bn", end="\n\nঅনুষ্ঠানটি হয় বাসস কার্যালয়ে।", record=HOST),
    Case("nobody-fr-topic", None, "fr", end="\n\nUne grève a perturbé lundi le travail de l'AFP.", record=_at("a.fr")),
    Case("nobody-de-topic", None, "de", end="\n\nDer Streik bei der APA endete am Montag.", record=_at("a.at")),
    Case("nobody-pl-topic", None, "pl", end="\n\nWystawę otwarto w siedzibie PAP.", record=_at("a.pl")),
    Case("nobody-da-topic", None, "da", end="\n\nUdstillingen vises hos Ritzau.", record=_at("a.dk")),
    Case("nobody-en-edited", None, end="\n\nEdited by Ada Obi", record=_at("a.ng")),
    Case("nobody-en-site", None, end="\n\n(www.millbrook-courier.example)", record=HOST),
    # -- two agencies sign
    Case("nobody-pt-two", None, "pt", end=" / AFP e EFE", record=_at("a.com.br")),
    Case("nobody-pt-two-estadao", None, "pt", end=" / REUTERS e AP", record=_at("internacional.estadao.com.br")),
    Case("nobody-es-two", None, "es", end="\n\n(EFE y AFP)", record=_at("a.es")),
    Case("nobody-de-two", None, "de", end="\n\n(dpa, AFP)", record=_at("a.de")),
    Case("nobody-de-two-plus", None, "de", end="\n\nQuelle: dpa / Reuters", record=_at("a.de")),
    Case("nobody-fr-two", None, "fr", end="\n\n(AFP et Reuters)", record=_at("a.fr")),
    Case("nobody-nl-two", None, "nl", end="\n\nBron: ANP, Belga", record=_at("a.nl")),
    Case("nobody-bg-two", None, "bg", end="\n\nИзточник: БТА, АФП", record=_at("a.bg")),
    Case("nobody-el-two", None, "el", end="\n\nΠηγή: ΑΠΕ-ΜΠΕ, Reuters", record=_at("a.gr")),
    Case("nobody-hr-two", None, "hr", end="\n\n(Hina/Reuters)\n\nIzvor: Hina, Reuters", record=_at("a.hr")),
    Case("nobody-da-two", None, "da", end="\n\n/ritzau/AFP/Reuters/", record=_at("a.dk")),
    Case("nobody-ru-two", None, "ru", end="\n\nИсточник: ТАСС, Интерфакс", record=_at("a.ru")),
    Case("nobody-uk-two", None, "uk", end="\n\nДжерело: Укрінформ, УНІАН", record=_at("a.ua")),
    Case("nobody-it-two", None, "it", end="\n\n(ANSA e AGI)", record=_at("a.it")),
    Case("nobody-sv-two", None, "sv", end="\n\nTT-AFP-Reuters", record=_at("a.se")),
    # -- a newspaper's own text on a site that also has an agency
    Case("nobody-pt-estadao-own", None, "pt", head="Julia Prado, O Estado de S.Paulo\n\n", record=_at("politica.estadao.com.br")),
    Case("nobody-pt-estadao-bare", None, "pt", record=_at("www.estadao.com.br")),
    Case("nobody-pt-folha-own", None, "pt", head="DE SÃO PAULO\n\n", record=_at("www1.folha.uol.com.br")),
    Case("nobody-fr-with", None, "fr", end="\n\nLa rédaction avec AFP", record=_at("a.fr")),
    Case("nobody-pl-with", None, "pl", end="\n\nJan Kos, z PAP", record=_at("a.pl")),
]  # fmt: skip
