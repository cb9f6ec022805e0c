# ruff: noqa: E501  (forms are data, in several scripts)
"""Forms in scripts with and without capitals, told by the words that each body repeats for itself."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_relate import relation

from dedup.candidates.shingles import MIN_TOKENS
from dedup.comparison import align as c
from dedup.comparison import own_words as o
from dedup.comparison.bodies import BodyTokens
from dedup.comparison.compare import compare
from dedup.comparison.leads import scratch_room
from dedup.text.tokens import WORD_HASH

Words = NDArray[np.uint32]

#: A cable of good wishes by language: {who} is a head of state and {land} a state; then three of each, and a word of
#: the form with another of the same meaning.
CABLES = {
    "ar": (
        "بعث رئيس البلاد برقية تهنئة إلى {who} رئيس جمهورية {land} بمناسبة ذكرى اليوم الوطني لبلاده. وأعرب الرئيس باسمه وباسم "
        "شعبه وحكومته عن أصدق التهاني وأطيب التمنيات بالصحة والسعادة لصديقه {who} ولحكومة {land} وشعبها بالمزيد من التقدم والرخاء. "
        "كما بعث رئيس مجلس الوزراء ببرقية مماثلة إلى {who} عبر فيها عن تمنياته بدوام الصحة والعافية وبأن ينعم شعب {land} بالأمن والاستقرار.",
        ("توماس لينده", "إلمار كوستا", "يوسف ماروني"), ("أوسترا", "تورفيك", "كالمار"), ("الرخاء", "الازدهار"),
    ),
    "he": (
        "נשיא המדינה שיגר מברק ברכה אל {who} נשיא {land} לרגל יום העצמאות של ארצו. הנשיא הביע בשמו ובשם העם והממשלה את מיטב "
        "האיחולים לבריאות ולאושר אל ידידו {who} וכן אל ממשלת {land} ואל תושביה להמשך הקדמה והשגשוג בשנים הבאות. גם ראש הממשלה שיגר מברק "
        "דומה אל {who} ובו הביע תקווה כי היחסים הטובים עם {land} יוסיפו להתחזק לטובת שני העמים.",
        ("תומס לינדה", "אלמר קוסטה", "יוסף מרוני"), ("אוסטרה", "טורביק", "קלמר"), ("והשגשוג", "והרווחה"),
    ),
    "hi": (
        "राष्ट्रपति ने राष्ट्रीय दिवस के अवसर पर {who} को बधाई संदेश भेजा जो {land} के राष्ट्राध्यक्ष हैं। उन्होंने अपनी ओर से तथा देश की जनता और सरकार की ओर से "
        "{who} के उत्तम स्वास्थ्य और सुख की कामना की और कहा कि {land} की जनता निरंतर प्रगति और समृद्धि के पथ पर आगे बढ़े। प्रधानमंत्री ने भी {who} को ऐसा ही "
        "संदेश भेजकर आशा जताई कि {land} के साथ मैत्री के संबंध आने वाले वर्षों में और मजबूत होंगे।",
        ("थॉमस लिंडे", "एलमार कोस्टा", "यूसुफ मरोनी"), ("ओस्त्रा", "तोर्विक", "कालमार"), ("समृद्धि", "खुशहाली"),
    ),
    "ka": (
        "ქვეყნის პრეზიდენტმა მილოცვის დეპეშა გაუგზავნა {who} რომელიც არის {land} სახელმწიფოს მეთაური ეროვნული დღის აღსანიშნავად. პრეზიდენტმა "
        "საკუთარი და ხალხის სახელით ჯანმრთელობა და ბედნიერება უსურვა {who} და იმედი გამოთქვა რომ {land} კვლავაც წავა წინსვლისა და კეთილდღეობის გზით. "
        "მთავრობის მეთაურმაც მსგავსი დეპეშა გაუგზავნა {who} და აღნიშნა რომ მეგობრობა ქვეყანასთან {land} მომავალშიც განმტკიცდება.",
        ("ტომას ლინდე", "ელმარ კოსტა", "იოსებ მარონი"), ("ოსტრა", "ტორვიკი", "კალმარი"), ("კეთილდღეობის", "სიმდიდრის"),
    ),
    "bn": (
        "জাতীয় দিবস উপলক্ষে রাষ্ট্রপতি অভিনন্দন বার্তা পাঠিয়েছেন {who} বরাবর যিনি {land} প্রজাতন্ত্রের রাষ্ট্রপ্রধান। দেশের জনগণ ও সরকারের পক্ষ থেকে তিনি {who} এর সুস্বাস্থ্য ও সুখ কামনা করেন "
        "এবং আশা প্রকাশ করেন যে {land} আগামী দিনেও উন্নতি ও সমৃদ্ধির পথে এগিয়ে যাবে। প্রধানমন্ত্রীও একই ধরনের বার্তা পাঠিয়ে {who} এর প্রশংসা করেন এবং বলেন {land} এর সঙ্গে বন্ধুত্ব আরও দৃঢ় হবে।",
        ("টমাস লিন্ডে", "এলমার কস্তা", "ইউসুফ মারোনি"), ("অস্ত্রা", "তোরভিক", "কালমার"), ("সমৃদ্ধির", "কল্যাণের"),
    ),
    "zh": (
        "国家主席就国庆日向{who}致贺电，祝贺{land}的节日。主席在贺电中代表政府和人民表示，近年来两国关系保持良好发展势头，各领域合作成果丰硕，给两国人民带来实实在在的好处。"
        "主席祝愿{who}身体健康、工作顺利，祝愿{land}繁荣昌盛、人民幸福安康。同日，国务院总理也向{who}致电祝贺，表示愿同对方一道努力，推动同{land}的友好合作不断向前迈进。",
        ("托马斯林德", "埃尔玛科斯塔", "优素福马罗尼"), ("奥斯特拉", "卢森维克", "喀麦尔"), ("丰硕", "显著"),
    ),
    "ru": (
        "Глава государства направил поздравительную телеграмму, которую получил {who}, глава республики {land}, по случаю национального праздника. От имени народа и "
        "правительства он пожелал, чтобы {who} был здоров и счастлив, и выразил надежду, что {land} и дальше пойдёт по пути развития и процветания. Такую же "
        "телеграмму направил председатель правительства, отметив, что {who} многое сделал для дружбы и что сотрудничество со страной {land} будет крепнуть.",
        ("Томас Линде", "Эльмар Коста", "Юсуф Марони"), ("Остра", "Торвик", "Кальмар"), ("процветания", "благополучия"),
    ),
    "el": (
        "Ο πρόεδρος της χώρας απέστειλε συγχαρητήριο τηλεγράφημα προς τον {who} αρχηγό του κράτους {land} με την ευκαιρία της εθνικής εορτής. Εξέφρασε εκ μέρους του λαού και "
        "της κυβέρνησης τις θερμότερες ευχές για υγεία και ευτυχία στον {who} και την ελπίδα ότι η {land} θα συνεχίσει τον δρόμο της προόδου και της ευημερίας. Παρόμοιο μήνυμα "
        "έστειλε και ο πρωθυπουργός στον {who} τονίζοντας ότι οι σχέσεις φιλίας με τη {land} θα γίνουν ακόμη στενότερες.",
        ("Τόμας Λίντε", "Έλμαρ Κόστα", "Γιουσούφ Μαρόνι"), ("Όστρα", "Τόρβικ", "Κάλμαρ"), ("ευημερίας", "ανάπτυξης"),
    ),
    "en": (
        "The head of state has sent a cable of congratulations to {who}, head of the republic of {land}, on the occasion of the national day. On behalf of the people and the "
        "government he wished {who} good health and happiness, and expressed the hope that {land} would go on along the road of progress and prosperity. The prime minister "
        "sent a similar cable to {who} and stressed that the friendship with {land} would grow even closer in the years to come.",
        ("Thomas Linde", "Elmar Costa", "Yusuf Maroni"), ("Ostra", "Torvik", "Kalmar"), ("prosperity", "welfare"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", CABLES)
def test_cables_to_others_are_no_copies(language: str) -> None:
    form, names, lands, _ = CABLES[language]
    texts = [form.format(who=who, land=land) for who, land in zip(names, lands, strict=True)]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert relation(texts[a], texts[b]) in ("template", "overlap", None)


@pytest.mark.parametrize("language", CABLES)
def test_an_edited_cable_stays_a_copy(language: str) -> None:
    form, names, lands, (word, other) = CABLES[language]
    text = form.format(who=names[0], land=lands[0])
    assert relation(text, text.replace(word, other)) == "near_copy"
    # One name in another spelling, each time it is named.
    assert relation(text, text.replace(lands[0], lands[0] + lands[0][0])) in ("near_copy", "version")


BODIES = st.lists(st.integers(1, 60), min_size=MIN_TOKENS, max_size=150).map(lambda body: np.array(body, np.uint32))


def reference(a: Words, b: Words, gaps: list[tuple[range, range]]) -> tuple[int, int, int, int]:
    """The features of two bodies, a the longer one, with these gaps."""
    times = Counter((a & WORD_HASH).tolist()), Counter((b & WORD_HASH).tolist())
    inside = ({int(a[i]) for gap, _ in gaps for i in gap}, {int(b[i]) for _, gap in gaps for i in gap})
    own = [sum(times[i][w] > 1 and times[1 - i][w] == 0 and w in inside[i] for w in times[i]) for i in (0, 1)]
    repeated = [sum(n > 1 for n in times[i].values()) for i in (0, 1)]
    known = 1000 * sum(times[0][w] > 0 for w in b.tolist()) // len(b)
    swapped = sum(
        any(times[1][int(a[i])] == 0 for i in x) and any(times[0][int(b[i])] == 0 for i in y)
        for x, y in gaps
        if max(len(x), len(y)) <= c.SLOT
    )
    return min(own), min(repeated), known, swapped


@settings(max_examples=150)
@given(st.lists(st.tuples(BODIES, st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=4), st.data())
def test_the_features_against_a_reference(parts: list[tuple[Words, int, int]], data: st.DataObject) -> None:
    """Bodies are given as runs with gaps between them; the words of gaps are drawn from a small alphabet."""
    a, b, runs, gaps = [], [], [], []
    k = 3
    for common, before_a, before_b in parts:
        start = len(a), len(b)
        a += data.draw(st.lists(st.integers(40, 120), min_size=before_a, max_size=before_a))
        b += data.draw(st.lists(st.integers(40, 120), min_size=before_b, max_size=before_b))
        if 0 < before_a <= c.GAP and 0 < before_b <= c.GAP:
            gaps.append((range(start[0], len(a)), range(start[1], len(b))))
        runs.append((len(a), len(b), len(common) - k + 1))
        a += common.tolist()
        b += common.tolist()
    if len(b) > len(a):
        a, b = b, a
        runs = [(y, x, length) for x, y, length in runs]
        gaps = [(y, x) for x, y in gaps]
    long, short = np.array(a, np.uint32), np.array(b, np.uint32)
    out = np.zeros(len(c.FEATURES), np.int32)
    out[[c.SHARED, c.SIZE_A, c.SIZE_B, c.WORDS_B]] = 6, 10, 10, 4 * len(b) // 5
    room = scratch_room(len(long) + len(short))
    memory = tuple(np.full(room, 3, kind) for kind in (np.uint32, np.uint32, np.int32, np.uint8))
    o.compare_own_words(
        np.concatenate([long, short]), 0, len(long), len(long), len(long) + len(short), k, k,
        np.array(runs, np.int32).T.copy(), len(runs), memory, out,
    )  # fmt: skip
    found = tuple(out[[c.OWN_WORDS, c.REPEATED, c.COMMON_WORDS, c.SWAPPED]].tolist())
    in_gaps = min((sum(map(len, of)) for of in zip(*gaps, strict=True)), default=0)
    measured = len(short) < o.NOTICE_LENGTH and in_gaps >= o.LEAST_IN_GAPS
    assert found == (reference(long, short, gaps) if measured else (0, 0, 0, 0))


@settings(max_examples=60)
@given(BODIES, BODIES)
def test_the_features_do_not_depend_on_the_order_of_the_pair(a: Words, b: Words) -> None:
    word = np.concatenate([a, b, a, b[: len(b) // 2]])
    first = np.array([0, len(a) + len(b)])
    length = np.array([len(a) + len(b), len(a) + len(b) // 2])
    bodies = BodyTokens(word, first, length, np.full(2, 5, np.int32))
    one, two, tie = np.array([0]), np.array([1]), np.array([0, 1])
    columns = [c.OWN_WORDS, c.REPEATED, c.COMMON_WORDS, c.ALTERED, c.SWAPPED]
    assert (compare(bodies, one, two, tie)[0, columns] == compare(bodies, two, one, tie)[0, columns]).all()


#: A notice by language, with a number word or amount, another one, and the same one in digits.
NOTICES = {
    "en": ("There were {} grain ships loading at the port and others were waiting in the roads, according to the merchants exchange of the city.", "five", "three", "5"),
    "de": ("Nach Angaben der Hafenbehörde lagen am Abend {} Getreideschiffe zur Beladung an den Kais, weitere warteten auf der Reede vor der Stadt.", "fünf", "drei", "5"),
    "fr": ("Selon la bourse maritime de la ville, {} navires céréaliers chargeaient mardi au port et plusieurs autres attendaient en rade.", "cinq", "trois", "5"),
    "es": ("Según la bolsa marítima de la ciudad, {} barcos de grano cargaban el martes en el puerto y otros esperaban turno en la rada.", "cinco", "tres", "5"),
    "ru": ("По данным морской биржи города, во вторник в порту стояли под погрузкой {} судов с зерном, остальные ждали очереди на рейде.", "пять", "семь", "5"),
    "tr": ("Kentteki denizcilik borsasının verdiği bilgiye göre salı günü limanda {} tahıl gemisi yükleniyor, diğerleri ise açıkta sıra bekliyordu.", "beş", "üç", "5"),
    "ar": ("وفقا لبورصة الشحن في المدينة كانت {} سفن محملة بالحبوب ترسو في الميناء يوم الثلاثاء بينما كانت سفن أخرى تنتظر دورها في الخارج.", "خمس", "ثلاث", "5"),
    "hi": ("शहर के जहाजरानी कार्यालय के अनुसार मंगलवार को बंदरगाह पर अनाज के {} जहाजों में माल लादा जा रहा था और दूसरे जहाज बाहर अपनी बारी की प्रतीक्षा कर रहे थे।", "पांच", "तीन", "5"),
    "pt": ("Segundo a bolsa marítima da cidade, {} navios de cereais carregavam na terça no porto e outros esperavam a sua vez ao largo.", "cinco", "três", "5"),
}  # fmt: skip


@pytest.mark.parametrize("language", NOTICES)
def test_a_brief_notice_with_another_amount_is_no_copy(language: str) -> None:
    form, one, two, digits = NOTICES[language]
    assert relation(form.format(one), form.format(two)) in ("template", None)
    assert relation(form.format("6-3/16"), form.format("6-1/16")) in ("template", None)
    assert relation(form.format("6-3/16"), form.format(one)) in ("template", None)
    assert relation(form.format(one), form.format(digits)) in ("near_copy", "version")


def test_a_brief_notice_about_another_company_is_no_copy() -> None:
    form = "{} said it is raising its prime rate to 7-3/4 pct from 7-1/2 pct, effective immediately, the {} unit added."
    a, b = form.format("Marlin National Bank", "Osgood"), form.format("First Tamura Corp", "Pellworth")
    assert relation(a, b) in ("template", None)
    # A dateline is no other name.
    assert relation(a, "PORTLAND, Monday - " + a) in ("identical", "near_copy", "version", "excerpt")
