"""Three sentences of a story in each language, and a headline of another story."""

STORIES = {
    "pt": (
        "O porto de Lindoia anunciou na segunda-feira que vai reabrir o terminal leste depois de onze meses de obras.",
        "Os engenheiros trocaram quarenta estacas de aço que a água salgada havia corroído, disse a diretora do porto.",
        "Os comerciantes, que perderam a maior parte dos clientes, pediram uma indenização à prefeitura da cidade.",
        "Prefeito inaugura museu de barcos",
    ),
    "en": (
        "The harbour of Lindhaven said on Monday that it would reopen the eastern terminal after months of repairs.",
        "Engineers replaced forty steel piles that salt water had eaten away, the director of the harbour said.",
        "Shopkeepers, who lost most of their customers, have asked the city for compensation before the summer ends.",
        "Mayor opens museum of boats",
    ),
    "de": (
        "Der Hafen von Lindhafen hat am Montag angekündigt, das östliche Terminal nach elf Monaten wieder zu öffnen.",
        "Die Ingenieure haben vierzig Pfähle aus Stahl ersetzt, die das Salzwasser zerfressen hatte, sagte die Chefin.",
        "Die Händler, die fast alle ihre Kunden verloren haben, verlangen von der Stadt nun eine Entschädigung dafür.",
        "Bürgermeisterin eröffnet Museum der Boote",
    ),
    "ru": (
        "Порт Линдск объявил в понедельник, что снова откроет восточный терминал после одиннадцати месяцев ремонта.",
        "Инженеры заменили сорок стальных свай, которые разъела солёная вода, сказала в среду директор этого порта.",
        "Торговцы, которые потеряли почти всех своих покупателей, попросили у города возмещения до конца этого лета.",
        "Мэр открыл музей старых лодок",
    ),
    "tr": (
        "Lindova limanı pazartesi günü doğu iskelesini on bir ay süren onarımdan sonra yeniden açacağını duyurdu.",
        "Mühendisler tuzlu suyun aşındırdığı kırk çelik kazığı değiştirdi, dedi limanın müdürü dün akşam saatlerinde.",
        "Müşterilerinin çoğunu kaybeden esnaf, yaz bitmeden önce belediyeden zararlarının karşılanmasını istedi artık.",
        "Başkan tekne müzesini açtı",
    ),
}
