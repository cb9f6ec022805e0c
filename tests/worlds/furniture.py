"""What pages print around a story, by language: each line has choices, from which a site draws its own wording once."""

from __future__ import annotations

#: Rows of menus, by language; a site takes some.
MENU: dict[str, list[str]] = {
    language: row.split(" | ")
    for language, row in {
        "en": (
            "Home | News | Local | Politics | Sports | Business | Opinion | Weather | Obituaries | Classifieds "
            "| E-Edition | Traffic | Schools | Crime | Lifestyle | Food & Drink | Real Estate | Jobs | Contact "
            "us | Puzzles | Podcasts | Video | Health | Science | World | Archive | Subscribe | Sign in | Contests"
        ),
        "de": (
            "Startseite | Politik | Wirtschaft | Sport | Kultur | Regional | Panorama | Wissen | Reise | Abo | "
            "Anzeigen | Traueranzeigen | Wetter | Stellenmarkt | Anmelden | E-Paper | Newsletter"
        ),
        "es": (
            "Portada | Nacional | Internacional | Deportes | Economía | Cultura | Opinión | Sociedad | El "
            "tiempo | Empleo | Suscríbete | Iniciar sesión | Clasificados | Esquelas"
        ),
        "fr": (
            "Accueil | Politique | Économie | Sports | Culture | Régions | Faits divers | Météo | Emploi | "
            "Avis de décès | S'abonner | Se connecter | Jeux"
        ),
        "pt": (
            "Início | Política | Economia | Esportes | Cultura | Cidades | Opinião | Tempo | Assine | Entrar | "
            "Classificados | Polícia"
        ),
        "tr": (
            "Anasayfa | Gündem | Ekonomi | Spor | Kültür | Dünya | Yaşam | Hava Durumu | Yazarlar | İlanlar | "
            "Üye girişi"
        ),
        "ru": (
            "Главная | Политика | Экономика | Спорт | Культура | Общество | Происшествия | Погода | Реклама | "
            "Вход | Подписка"
        ),
        "ar": "الرئيسية | سياسة | اقتصاد | رياضة | ثقافة | محليات | الطقس | آراء | اتصل بنا | تسجيل الدخول",
        "zh": "首页 | 时政 | 财经 | 体育 | 文化 | 社会 | 天气 | 观点 | 招聘 | 登录 | 订阅",
    }.items()
}

#: Share lines, sign-up boxes, consent texts, paywall tails and footers. `{site}` is the site's name.
LINES: dict[str, dict[str, list[str]]] = {
    "en": {
        "share": [
            "Share this article on Facebook Twitter Email Print",
            "SHARE TWEET PIN EMAIL",
            "Share:",
            "0 Comments | Print this story | Text size",
            "Facebook Twitter WhatsApp SMS Email Print Copy link Save",
        ],
        "box": [
            (
                "Get the [morning|evening|daily] headlines from {site} in your inbox. Enter your "
                "[email|e-mail] address and we will send you the [top|biggest] stories of the day. You can "
                "[unsubscribe|opt out] at any time."
            ),
            (
                "Support local journalism. {site} is free to read because [readers|members] like you chip in. "
                "A gift of [$5|$10] a month keeps our reporters on the [beat|street]. Give now."
            ),
            (
                "Download the {site} app for breaking news alerts, live [radar|scores] and the stories that "
                "matter to your [town|neighborhood|county]."
            ),
            (
                "Sign up for The [Brief|Rundown|Catch-Up], our newsletter on what [happened|matters] and why. "
                "Delivered [weekdays|every Friday]. By signing up you agree to our privacy policy and terms of use."
            ),
        ],
        "consent": [
            (
                "We and our [partners|vendors] store and access information on a device, such as cookies, and "
                "process personal data for [personalised|personalized] ads and content, measurement and "
                "audience research. You may [manage|change] your choices at any time in our privacy "
                "[center|centre]."
            ),
            (
                "This site uses cookies to [improve|enhance] your experience. By [continuing|staying] on "
                "{site} you accept our use of cookies. Accept all. Manage options."
            ),
        ],
        "paywall": [
            (
                "You have [two|three|1] free articles left this month. Already a [subscriber|member]? Log in. "
                "Subscribe to {site} from [99 cents|$1] a week."
            ),
            (
                "To continue reading, please log in or subscribe. Unlimited digital access to {site} "
                "[includes|with] the e-edition, archives and fewer ads."
            ),
            "This content is available exclusively to {site} [members|subscribers].",
        ],
        "foot": [
            (
                "Copyright [2023|2024] {site}. All rights reserved. This material may not be published, "
                "broadcast, rewritten or redistributed."
            ),
            "(c) {site}. Terms of service | Privacy policy | Do not sell my personal information | Ad choices",
            (
                "About us | Advertise with us | Careers | Submit a news tip | {site} is part of the "
                "[Harbor|Northline|Keystone] Media Group."
            ),
        ],
        "related": [
            "Related stories",
            "MORE FROM {site}",
            "Read also:",
            "Recommended for you",
            "Most read today",
            "You may also like",
            "Trending now",
        ],
        "box_mid": [
            "Story continues below",
            "ADVERTISEMENT - CONTINUE READING BELOW",
            "Article continues after this ad",
        ],
    },
    "de": {
        "share": [
            "Artikel teilen: Facebook Twitter WhatsApp E-Mail Drucken",
            "Teilen Merken Drucken",
            "Kommentare (0)",
        ],
        "box": [
            (
                "Die wichtigsten Nachrichten des Tages [direkt|jeden Abend] in Ihr Postfach: Abonnieren Sie "
                "den Newsletter von {site}. Die Abmeldung ist jederzeit [möglich|mit einem Klick möglich]."
            ),
            (
                "Folgen Sie {site} auch auf [WhatsApp|Instagram|Facebook] und verpassen Sie keine Nachricht "
                "aus Ihrer [Region|Stadt]."
            ),
        ],
        "consent": [
            (
                "Wir und unsere [Partner|Dienstleister] verarbeiten Daten auf Ihrem Gerät, um Inhalte und "
                "Anzeigen zu personalisieren. Ihre Einwilligung können Sie jederzeit [widerrufen|ändern]."
            ),
        ],
        "paywall": [
            (
                "Dieser Inhalt ist nur für Abonnenten von {site} sichtbar. Jetzt [testen|vier Wochen lesen] "
                "für [1|0,99] Euro."
            ),
        ],
        "foot": [
            "© {site}. Alle Rechte vorbehalten. Impressum | Datenschutz | AGB | Mediadaten",
        ],
        "related": [
            "Lesen Sie auch",
            "Mehr zum Thema",
            "Meistgelesen",
            "Das könnte Sie auch interessieren",
        ],
        "box_mid": [
            "Anzeige",
            "Nach der Werbung weiterlesen",
        ],
    },
    "es": {
        "share": [
            "Compartir en Facebook Twitter WhatsApp Correo",
            "Comparte esta noticia",
            "0 comentarios",
        ],
        "box": [
            (
                "Recibe cada [mañana|tarde] en tu correo las noticias más importantes de {site}. Puedes darte "
                "de baja cuando [quieras|lo desees]."
            ),
            "Únete al canal de WhatsApp de {site} y entérate antes que nadie de lo que pasa en tu [ciudad|barrio].",
        ],
        "consent": [
            (
                "Nosotros y nuestros [socios|proveedores] usamos cookies para mostrar publicidad personalizada "
                "y medir la audiencia. Puede cambiar sus preferencias en cualquier momento."
            ),
        ],
        "paywall": [
            "Contenido exclusivo para suscriptores de {site}. Suscríbete por [1|0,99] euro al mes.",
        ],
        "foot": [
            "© {site}. Todos los derechos reservados. Aviso legal | Política de privacidad | Publicidad",
        ],
        "related": [
            "Noticias relacionadas",
            "Te puede interesar",
            "Lo más leído",
            "Lee también",
        ],
        "box_mid": [
            "Publicidad",
            "Sigue leyendo después del anuncio",
        ],
    },
    "fr": {
        "share": [
            "Partager sur Facebook Twitter Envoyer par mail Imprimer",
            "Réagir à cet article",
            "0 commentaire",
        ],
        "box": [
            (
                "Chaque [matin|soir], recevez l'essentiel de l'actualité avec la newsletter de {site}. Vous "
                "pouvez vous désinscrire à tout moment."
            ),
        ],
        "consent": [
            (
                "Nos [partenaires|prestataires] et nous déposons des cookies afin de mesurer l'audience et de "
                "vous proposer des contenus adaptés. Vous pouvez modifier vos choix à tout moment."
            ),
        ],
        "paywall": [
            "Cet article est réservé aux abonnés de {site}. Profitez de notre offre à [1|2] euro le premier mois.",
        ],
        "foot": [
            "© {site}. Tous droits réservés. Mentions légales | Données personnelles | Gestion des cookies",
        ],
        "related": [
            "À lire aussi",
            "Sur le même sujet",
            "Les plus lus",
            "Lire aussi :",
        ],
        "box_mid": [
            "Publicité",
            "La suite après cette publicité",
        ],
    },
    "pt": {
        "share": [
            "Compartilhe esta notícia no Facebook Twitter WhatsApp",
            "Comentários (0)",
        ],
        "box": [
            ("Receba no seu [e-mail|celular] as principais notícias de {site}. É grátis e você cancela quando quiser."),
            "Siga o canal de {site} no WhatsApp e fique por dentro do que acontece na sua [cidade|região].",
        ],
        "consent": [
            (
                "Este site usa cookies para [melhorar|personalizar] a sua experiência. Ao continuar navegando, "
                "você concorda com a nossa política de privacidade."
            ),
        ],
        "paywall": [
            "Conteúdo exclusivo para assinantes de {site}. Assine por R$ [1,90|4,90] no primeiro mês.",
        ],
        "foot": [
            "© {site}. Todos os direitos reservados. Expediente | Anuncie | Fale conosco",
        ],
        "related": [
            "Leia também",
            "Veja mais",
            "Mais lidas",
            "Notícias relacionadas",
        ],
        "box_mid": [
            "Publicidade",
            "Continua depois da publicidade",
        ],
    },
    "tr": {
        "share": [
            "Facebook'ta paylaş Twitter'da paylaş WhatsApp",
            "Yorumlar (0)",
            "Haberi paylaş",
        ],
        "box": [
            "{site} bültenine abone olun, günün öne çıkan haberleri her [sabah|akşam] e-posta kutunuza gelsin.",
            "Son dakika haberleri için {site} uygulamasını [indirin|telefonunuza yükleyin].",
        ],
        "consent": [
            (
                "Sitemizde deneyiminizi iyileştirmek için çerezler kullanılmaktadır. Ayrıntılar için "
                "aydınlatma metnini [okuyabilirsiniz|inceleyebilirsiniz]."
            ),
        ],
        "paywall": [
            "Bu içerik yalnızca {site} abonelerine açıktır.",
        ],
        "foot": [
            "© {site}. Tüm hakları saklıdır. Künye | İletişim | Reklam",
        ],
        "related": [
            "İlgili Haberler",
            "Bunlar da ilginizi çekebilir",
            "Çok okunanlar",
        ],
        "box_mid": [
            "Reklam",
            "Haberin devamı aşağıda",
        ],
    },
    "ru": {
        "share": [
            "Поделиться: ВКонтакте Одноклассники Telegram",
            "Комментарии (0)",
            "Версия для печати",
        ],
        "box": [
            (
                "Подпишитесь на [Telegram-канал|рассылку] «{site}», чтобы первыми узнавать главные новости "
                "[города|региона]."
            ),
        ],
        "consent": [
            (
                "Продолжая пользоваться сайтом, вы соглашаетесь на обработку файлов cookie и [условия|правила] "
                "использования сайта."
            ),
        ],
        "paywall": [
            "Полный текст доступен подписчикам издания «{site}».",
        ],
        "foot": [
            "© {site}. Все права защищены. При использовании материалов ссылка обязательна. 16+",
        ],
        "related": [
            "Читайте также",
            "По теме",
            "Самое читаемое",
        ],
        "box_mid": [
            "Реклама",
            "Продолжение после рекламы",
        ],
    },
    "ar": {
        "share": [
            "شارك الخبر: فيسبوك تويتر واتساب",
            "اطبع المقال",
            "التعليقات (0)",
        ],
        "box": [
            "اشترك في النشرة البريدية من {site} لتصلك أهم أخبار [اليوم|الصباح] مباشرة إلى بريدك الإلكتروني.",
        ],
        "consent": [
            (
                "نستخدم ملفات تعريف الارتباط [لتحسين|لتطوير] تجربتك على الموقع، وباستمرارك في التصفح فإنك "
                "توافق على سياسة الخصوصية."
            ),
        ],
        "paywall": [
            "هذا المحتوى متاح لمشتركي {site} فقط.",
        ],
        "foot": [
            "جميع الحقوق محفوظة © {site}",
        ],
        "related": [
            "اقرأ أيضا",
            "أخبار ذات صلة",
            "الأكثر قراءة",
        ],
        "box_mid": [
            "إعلان",
        ],
    },
    "zh": {
        "share": [
            "分享到：微信 微博 QQ空间",
            "打印本页 关闭窗口",
            "责任编辑：编辑部",
        ],
        "box": [
            "关注{site}官方微信，[每天早上|每天晚上]为您推送重要新闻，更多本地资讯请下载{site}客户端。",
        ],
        "consent": [
            "本网站使用Cookie以改善您的浏览体验，继续浏览即表示您同意我们的[隐私政策|使用条款]。",
        ],
        "paywall": [
            "本文为{site}会员专享内容，请登录后继续阅读。",
        ],
        "foot": [
            "版权所有 {site} 未经授权不得转载 违者必究",
        ],
        "related": [
            "相关新闻",
            "推荐阅读",
            "热门排行",
        ],
        "box_mid": [
            "广告",
        ],
    },
}

NAMES: dict[str, list[str]] = {
    language: row.split(" | ")
    for language, row in {
        "en": (
            "{} Courier | {} Herald | {} Post-Register | The {} Sentinel | {} Daily Journal | {} Times-Union | "
            "K{}TV News | {} Patch | {} Observer | The {} Ledger | {} Today | {} Tribune"
        ),
        "de": "{}er Anzeiger | {}er Zeitung | {} Kurier | {}er Nachrichten",
        "es": "Diario de {} | El Correo de {} | La Voz de {} | Noticias {}",
        "fr": "Le Courrier de {} | {} Matin | La Dépêche de {} | L'Écho de {}",
        "pt": "Jornal de {} | Folha de {} | Diário de {} | {} Agora",
        "tr": "{} Haber | Yeni {} | {} Postası",
        "ru": "{}-Новости | Вестник {} | Сегодня {}",
        "ar": "صحيفة {} | أخبار {} | {} اليوم",
        "zh": "{}日报 | {}晚报 | {}新闻网",
    }.items()
}
