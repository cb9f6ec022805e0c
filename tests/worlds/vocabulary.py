"""Word lists by language, from which templates take their facts."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return a text without accents, as addresses are written."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.replace("ı", "i")) if not unicodedata.combining(c))


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


PLACES: dict[str, list[str]] = {
    "en": _list("Ashford, Bellmore, Cedar Falls, Dunmore, Eastlake, Fairview, Glenwood, Harlan, Ironton, "
          "Jasper, Kenton, "
                "Lowell, Marlow, Norwalk, Oakdale, Pinehurst, Quincy, Redfield, Shelby, Tipton, Union City, Vernon, "
                "Waverly, York, Clarion, Bristol, Hadley, Mercer, Salina, Weston"),
    "de": _list("Kassel, Erfurt, Bamberg, Detmold, Husum, Zwickau, Minden, Lüneburg, Fulda, Görlitz, Hameln, Rastatt, "
                "Landshut, Stendal"),
    "es": _list("Lugo, Teruel, Cáceres, Jaén, Burgos, Ronda, Mérida, Gijón, Elche, Soria, Huelva, Zamora, Ávila"),
    "fr": _list("Limoges, Quimper, Vesoul, Aurillac, Béziers, Cholet, Dole, Épinal, Roanne, Saintes, Niort, Auch"),
    "pt": _list("Londrina, Sorocaba, Joinville, Caruaru, Uberaba, Petrolina, Maringá, Blumenau, Bauru, Ilhéus, Franca"),
    "tr": _list("Kayseri, Edirne, Sinop, Burdur, Malatya, Uşak, Çorum, Rize, Aydın, Tokat, Muğla, Kütahya"),
    "ru": _list("Вологда, Тамбов, Калуга, Пенза, Иваново, Курган, Бийск, Псков, Чита, Кострома, Ржев"),
    "ar": _list("حلب, أسيوط, طنجة, صفاقس, البصرة, إربد, المنصورة, وهران, الطائف, نزوى, بنغازي"),
    "zh": _list("洛阳, 温州, 柳州, 襄阳, 保定, 赣州, 泸州, 烟台, 九江, 绵阳, 衡阳"),
}  # fmt: skip

_FIRST: dict[str, str] = {
    "en": "Alan, Bridget, Carla, Dennis, Elaine, Frank, Gloria, Howard, Irene, Jerome, Karen, Leon, Martha, "
          "Neil, Opal, "
          "Philip, Rosa, Samuel, Teresa, Victor, Wanda, Yvonne, Dwight, Lucille, Marcus, Nadine",
    "de": "Anke, Bernd, Claudia, Dieter, Elke, Frank, Gisela, Holger, Ingrid, Jürgen, Karin, Lothar, Monika, Rolf, Ute",
    "es": "Alicia, Bruno, Carmen, Diego, Elena, Fermín, Gloria, Hugo, Inés, Julián, Lucía, Manuel, Nuria, Óscar, Pilar",
    "fr": "Aline, Benoît, Chantal, Didier, Élise, Franck, Gisèle, Hervé, Josette, Laurent, Mireille, Olivier, Sylvie",
    "pt": "Adriana, Beto, Cláudia, Davi, Eliane, Fábio, Helena, Ivo, Joana, Luciano, Marina, Otávio, Rita, Sérgio",
    "tr": "Ayşe, Burak, Cemile, Deniz, Emre, Fatma, Hakan, İpek, Kemal, Leyla, Murat, Nermin, Orhan, Selin, Yusuf",
    "ru": "Алексей, Виктор, Галина, Дмитрий, Елена, Игорь, Ксения, Лариса, Максим, Наталья, Олег, Павел, Светлана",
    "ar": "أحمد, سعاد, كريم, ليلى, محمود, نادية, يوسف, هالة, سامي, رانيا, خالد",
    "zh": "建国, 晓明, 丽华, 志强, 秀英, 伟, 雪梅, 海涛, 玉兰, 俊杰",
}  # fmt: skip
_LAST: dict[str, str] = {
    "en": "Abbott, Barlow, Castillo, Donnelly, Eckhart, Fontaine, Grady, Hollis, Ingram, Jessup, Kowalski, "
          "Lindgren, Mabry, "
          "Nolan, Osgood, Pruitt, Quarles, Reyes, Stanfield, Tolliver, Underhill, Vance, Whitlock, Yates, "
          "Zeller, Bright",
    "de": "Albers, Böttcher, Conrad, Dreher, Engel, Fischer, Gerlach, Hahn, Jansen, Kranz, Lorenz, Menzel, "
          "Pohl, Reuter",
    "es": "Aguilar, Bermejo, Cano, Delgado, Escudero, Fuentes, Garrido, Hidalgo, Lozano, Medina, Navarro, "
          "Ortega, Prieto",
    "fr": "Arnaud, Besson, Carpentier, Duval, Faure, Gaillard, Hubert, Lacroix, Marchand, Perrin, Renaud, Vasseur",
    "pt": "Azevedo, Barreto, Cardoso, Dantas, Esteves, Fonseca, Guimarães, Lacerda, Moraes, Nogueira, Peixoto, Teles",
    "tr": "Akın, Bulut, Çetin, Demirel, Erdem, Güneş, Kaplan, Özkan, Şahin, Tekin, Uçar, Yalçın",
    "ru": "Агапов, Белых, Воронцов, Гринько, Дементьев, Ершов, Жилин, Карпенко, Логинов, Минц, Остапенко, Черных",
    "ar": "الخطيب, الشامي, بن علي, حداد, الزهراني, عيسى, القاسمي, المصري, ناصر, سليمان",
    "zh": "王, 李, 张, 刘, 陈, 杨, 赵, 黄, 周, 吴",
}  # fmt: skip
_DAYS: dict[str, str] = {
    "en": "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday",
    "de": "Montag, Dienstag, Mittwoch, Donnerstag, Freitag, Samstag, Sonntag",
    "es": "lunes, martes, miércoles, jueves, viernes, sábado, domingo",
    "fr": "lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche",
    "pt": "segunda-feira, terça-feira, quarta-feira, quinta-feira, sexta-feira, sábado, domingo",
    "tr": "pazartesi, salı, çarşamba, perşembe, cuma, cumartesi, pazar",
    "ru": "понедельник, вторник, среду, четверг, пятницу, субботу, воскресенье",
    "ar": "الاثنين, الثلاثاء, الأربعاء, الخميس, الجمعة, السبت, الأحد",
    "zh": "星期一, 星期二, 星期三, 星期四, 星期五, 星期六, 星期日",
}
_MONTHS: dict[str, str] = {
    "en": "January, February, March, April, May, June, July, August, September, October, November, December",
    "de": "Januar, Februar, März, April, Mai, Juni, Juli, August, September, Oktober, November, Dezember",
    "es": "enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre, diciembre",
    "fr": "janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre",
    "pt": "janeiro, fevereiro, março, abril, maio, junho, julho, agosto, setembro, outubro, novembro, dezembro",
    "tr": "Ocak, Şubat, Mart, Nisan, Mayıs, Haziran, Temmuz, Ağustos, Eylül, Ekim, Kasım, Aralık",
    "ru": "января, февраля, марта, апреля, мая, июня, июля, августа, сентября, октября, ноября, декабря",
    "ar": "يناير, فبراير, مارس, أبريل, مايو, يونيو, يوليو, أغسطس, سبتمبر, أكتوبر, نوفمبر, ديسمبر",
    "zh": "1月, 2月, 3月, 4月, 5月, 6月, 7月, 8月, 9月, 10月, 11月, 12月",
}
DATE_FORM = {
    "en": "{m} {d}", "de": "{d}. {m}", "es": "{d} de {m}", "fr": "{d} {m}", "pt": "{d} de {m}", "tr": "{d} {m}",
    "ru": "{d} {m}", "ar": "{d} {m}", "zh": "{m}{d}日",
}  # fmt: skip

_OTHER: dict[str, dict[str, str]] = {
    "en": {
        "company": (
            "Altavera Corp, Brightwell Inc, Corvane Holdings, Dexlin Pharmaceuticals, Ellmark Energy, Fenwick "
            "Foods, Granite Bancorp, Helio Systems, Inverness Group, Juniper Ridge Mining, Kestrel Airlines, "
            "Lumenta Inc, Meridian Freight, Nordane Software, Orrin Therapeutics, Pellworth Corp, Quantiva "
            "Ltd, Rosemont Homes, Silverton Apparel, Trillion Robotics, Umbra Semiconductor, Vantor Chemical, "
            "Westlake Utilities"
        ),
        "street": (
            "Maple Street, Third Avenue, Route 9, Orchard Lane, Mill Road, Highland Avenue, Canal Street, "
            "Lincoln Boulevard, Depot Street, River Road, Chestnut Drive, Prospect Street, Water Street, "
            "County Road 12"
        ),
        "church": (
            "St. Mark's Church, First Baptist Church, Trinity Lutheran Church, Grace Chapel, Holy Cross "
            "Parish, Bethel Methodist Church, Sacred Heart Church"
        ),
        "trade": (
            "welder, school teacher, dairy farmer, nurse, bus driver, machinist, librarian, electrician, "
            "bookkeeper, postal carrier, barber, truck driver, cook, realtor"
        ),
        "hobby": (
            "fishing, quilting, gardening, bowling, polka music, woodworking, crossword puzzles, baseball, "
            "baking pies, restoring tractors, playing cards, bird watching"
        ),
        "team": (
            "Wildcats, Rockets, Lady Hawks, Mustangs, Pirates, Bulldogs, Trojans, Knights, Eagles, Comets, "
            "Tigers, Vikings, Panthers, Raiders"
        ),
        "good": (
            "corn, soybeans, wheat, live cattle, crude oil, natural gas, copper, gold, cotton, sugar, coffee, "
            "cocoa, lumber, silver, canola, palm oil"
        ),
        "firm": (
            "Rosenthal & Pike LLP, the Law Offices of Dana Whitmore, Bragg Keller P.C., Hartley Simmons LLP, "
            "Levanter Law Group, Schuster & Boyle"
        ),
        "sky": (
            "mostly sunny, partly cloudy, overcast with drizzle, breezy and clear, foggy early, cloudy with "
            "showers, hot and hazy, cold with flurries, scattered thunderstorms"
        ),
        "wind": "north, northwest, west, southwest, south, southeast, east, northeast",
        "dish": (
            "lentil soup, apple crumble, chicken pot pie, beef chili, lemon bars, corn chowder, spinach "
            "lasagna, banana bread, roast pork, bean salad, pumpkin muffins, fish tacos"
        ),
        "food": (
            "flour, brown sugar, butter, chopped onion, diced tomatoes, chicken broth, grated cheddar, sour "
            "cream, minced garlic, black beans, heavy cream, carrots, celery, chopped walnuts, olive oil, "
            "rolled oats"
        ),
        "job": (
            "warehouse associate, registered nurse, line cook, diesel mechanic, office manager, CDL driver, "
            "dental hygienist, substitute teacher, sales representative, night auditor, welder, payroll clerk"
        ),
        "crime": "theft, vandalism, disorderly conduct, burglary, trespassing, assault, drunken driving, fraud, "
        "harassment",
        "thing": (
            "a bicycle, a leaf blower, two catalytic converters, a purse, copper wire, a laptop, a kayak, "
            "lottery tickets, a chain saw, a generator, prescription pills, a package from a porch"
        ),
        "reason": (
            "weaker demand, drier weather in the growing regions, a stronger dollar, profit taking, export "
            "sales, rising inventories, strikes at ports, hopes for a rate cut, supply worries, fund buying"
        ),
        "sector": "technology, bank, energy, retail, airline, utility, drug, chip, mining, real estate",
        "sign": "Aries, Taurus, Gemini, Cancer, Leo, Virgo, Libra, Scorpio, Sagittarius, Capricorn, Aquarius, Pisces",
        "topic": (
            "a neighbor who borrows tools, a mother-in-law who rearranges the kitchen, a friend who never "
            "pays, a noisy dog next door, a sister who posts family photos, a coworker who chews loudly, a "
            "wedding without children, an inheritance, a roommate who skips chores, a cousin who cancels trips"
        ),
        "quarter": "first, second, third, fourth",
    },
    "de": {
        "company": (
            "Nordbach AG, Hellwig Maschinenbau, Rheinfels Energie, Ostara Chemie, Veltins Logistik, Kallmeyer "
            "SE, Brück Pharma, Sanderson Stahl, Almtal Foods, Weserbank"
        ),
        "street": "Bahnhofstraße, Goethestraße, Hauptstraße, Lindenallee, Mühlenweg, Schillerplatz, Am Markt, "
        "Ringstraße",
        "sky": "heiter bis wolkig, stark bewölkt, sonnig, neblig-trüb, regnerisch, wechselhaft, gewittrig",
        "wind": "Nord, West, Südwest, Ost, Nordwest, Südost",
        "team": "SV, TSV, FC, SC, VfB, Eintracht, Germania",
        "thing": "ein Fahrrad, Bargeld, eine Motorsäge, Werkzeug, ein Laptop, Kupferkabel, Schmuck, ein Motorroller",
        "job": "Pflegefachkraft, Elektroniker, Lagerist, Bürokauffrau, Koch, Busfahrer, Erzieherin, Buchhalter",
        "trade": "Tischlermeister, Lehrerin, Landwirt, Kranführer, Krankenschwester, Postbeamter, Schneiderin",
        "good": "Weizen, Kupfer, Heizöl, Gold, Schweinefleisch, Raps, Strom, Kaffee",
        "reason": (
            "schwache Konjunkturdaten, die Sorge um die Lieferketten, Gewinnmitnahmen, den starken Euro, die "
            "Hoffnung auf sinkende Zinsen, volle Lager"
        ),
        "sector": "Autowerte, Bankaktien, Chemietitel, Technologiewerte, Versorger, Immobilienwerte",
    },
    "es": {
        "company": "Grupo Alborán, Iberlux, Cementos Duero, Banco Levantino, Aceites Sierra, Telnorte, Puertos del Sur",
        "street": "calle Mayor, avenida de la Constitución, plaza del Carmen, calle Real, paseo del Río, calle "
        "San Juan",
        "sky": "despejado, poco nuboso, cubierto con lluvia, con intervalos nubosos, con nieblas, tormentoso",
        "wind": "norte, poniente, sur, levante, noroeste, suroeste",
        "team": "Atlético, Deportivo, Real, Unión, Racing, Sporting",
        "good": "trigo, aceite de oliva, cobre, petróleo, oro, café, maíz, almendra",
        "reason": (
            "la debilidad de la demanda, la sequía, la fortaleza del dólar, la recogida de beneficios, el "
            "aumento de las existencias, la huelga de los transportistas"
        ),
        "sector": "bancario, energético, turístico, tecnológico, inmobiliario, textil",
        "job": "camarero, enfermera, electricista, mozo de almacén, administrativo, conductor, cocinera, fontanero",
        "dish": (
            "tortilla de patatas, lentejas, arroz con leche, gazpacho, croquetas, bizcocho de limón, potaje de "
            "garbanzos"
        ),
        "food": "harina, azúcar, aceite de oliva, cebolla picada, tomate triturado, caldo, queso rallado, nata, "
        "ajo picado",
    },
    "fr": {
        "company": "Groupe Valmont, Sorelec, Banque du Léman, Papeteries Aubry, Novalis, Transports Guérin, Aérova",
        "street": "rue Victor-Hugo, avenue Foch, place de la Mairie, rue des Lilas, boulevard Carnot, route de Paris",
        "sky": "ensoleillé, nuageux, pluvieux, brumeux, orageux, variable",
        "wind": "nord, ouest, sud, est, nord-ouest",
        "good": "blé, cuivre, pétrole, or, colza, café, cacao",
        "trade": "instituteur, boulangère, menuisier, infirmière, agriculteur, cheminot, couturière",
        "hobby": "la pétanque, le jardinage, la pêche, la lecture, le tarot, la randonnée",
        "dish": "quiche aux poireaux, gratin, tarte aux pommes, soupe à l'oignon, bœuf bourguignon, clafoutis, "
        "ratatouille",
        "food": "farine, sucre, beurre, oignon émincé, tomates pelées, bouillon, gruyère râpé, crème fraîche, "
        "ail haché",
        "thing": "un vélo, des bijoux, un ordinateur, une tronçonneuse, du cuivre, un scooter, de l'argent liquide",
    },
    "pt": {
        "company": "Grupo Aroeira, Banco Ipê, Siderúrgica Serrana, Telesul, Rede Canário, Cimentos Jataí",
        "street": "Rua das Flores, Avenida Brasil, Rua Sete de Setembro, Praça da Matriz, Avenida Getúlio Vargas",
        "sky": "sol entre nuvens, chuvoso, nublado, ensolarado, com pancadas de chuva, abafado",
        "team": "Operário, Comercial, Guarani, Independente, Nacional, União",
        "good": "soja, milho, café arábica, boi gordo, petróleo, minério de ferro, açúcar",
        "reason": "a queda do dólar, a seca, o avanço da colheita, a realização de lucros, a procura menor da China",
        "thing": "uma motocicleta, um celular, dinheiro, ferramentas, fios de cobre, um notebook, joias",
    },
    "tr": {
        "company": "Anadol Holding, Poyraz Enerji, Karataş Gıda, Ege Tekstil, Bozdağ Çimento",
        "sky": "parçalı bulutlu, yağmurlu, açık, sisli, karla karışık yağmurlu, az bulutlu",
        "team": "spor, Gücü, İdmanyurdu, Gençlik, Belediyespor",
        "good": "altın, buğday, pamuk, bakır, petrol, fındık",
        "reason": "kâr satışları, zayıf talep, doların güçlenmesi, kuraklık, faiz beklentileri",
        "thing": "bir motosiklet, ziynet eşyası, nakit para, bir dizüstü bilgisayar, bakır kablo",
    },
    "ru": {
        "company": "Севермаш, Уралтекс, Волжская энергетика, Алтайский мукомол, Речфлот",
        "sky": "облачно с прояснениями, небольшой дождь, ясно, туман, мокрый снег, гроза",
        "wind": "северный, южный, западный, восточный, юго-западный",
        "good": "пшеница, нефть, медь, золото, сахар, газ",
        "thing": "велосипед, мобильный телефон, инструменты, медный кабель, ноутбук, деньги",
        "street": "улице Ленина, улице Гагарина, проспекте Мира, Садовой улице, Заводской улице",
        "team": "Динамо, Спартак, Металлург, Звезда, Локомотив, Торпедо",
    },
    "ar": {
        "sky": "غائما جزئيا, صحوا, ممطرا, مغبرا, باردا نسبيا, حارا",
        "good": "القمح, النفط, الذهب, النحاس, القطن, السكر",
        "reason": "تراجع الطلب, قوة الدولار, جني الأرباح, مخاوف الإمدادات, ارتفاع المخزونات",
        "team": "الاتحاد, الأهلي, الشباب, النصر, الوحدة, الهلال",
        "company": "مجموعة الواحة, بنك الفرات, شركة الأطلس للطاقة, مصانع النيل",
    },
    "zh": {
        "sky": "晴转多云, 小雨, 阴, 多云, 雷阵雨, 雾",
        "wind": "东北, 西南, 北, 南, 东",
        "good": "玉米, 铜, 原油, 黄金, 棉花, 白糖, 豆粕",
        "reason": "需求疲软, 美元走强, 获利了结, 库存上升, 产区干旱",
        "company": "华远集团, 东岭科技, 江海物流, 天禾农业, 北辰制药",
        "street": "人民路, 解放大道, 中山街, 建设路, 新华街",
        "team": "雄鹰队, 海港队, 飞虎队, 长城队, 龙江队",
    },
}

#: List of values for each language and kind of fact; what a language lacks is taken from English.
VALUES: dict[str, dict[str, list[str]]] = {
    language: {"city": places, "first": _list(_FIRST[language]), "last": _list(_LAST[language]),
               "day": _list(_DAYS[language]), "month": _list(_MONTHS[language]),
               **{kind: _list(text) for kind, text in _OTHER[language].items()}}
    for language, places in PLACES.items()
}  # fmt: skip
