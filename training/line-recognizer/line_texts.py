"""What lines say: running text, words, and numbers as documents, receipts and forms have them."""
import glob
import re

from technical_texts import TechnicalTexts, fixed_pitch

here = __file__.rsplit('/', 1)[0]
characters = set(open(f'{here}/../../server/features/text-detection/recognizers/letters.txt', encoding='utf-8').read().split('\n')) | {' ', fixed_pitch}
# Languages of which there are words; some of them have running text too.
cyrillic = ['uk', 'be', 'bg', 'sr', 'kk']
latin = ['bs', 'cs', 'da', 'de', 'es', 'et', 'fr', 'hr', 'hu', 'id', 'it', 'lt', 'lv', 'nl', 'no', 'pl', 'pt', 'ro', 'sk', 'sl', 'sv', 'tr', 'uz', 'vi']
# Languages without a dictionary: words of a neighbor with letters of theirs strewn in.
borrowed = {
    'az': ('tr', 'əğıöşüç'), 'fi': ('et', 'äöå'), 'mt': ('it', 'ċġħż'),
    'ba': ('kk', 'ғҙҡңөҫүһә'), 'ky': ('kk', 'ңөү'), 'tg': ('ru', 'ғӣқӯҳҷ'), 'tt': ('kk', 'әөүҗңһ'),
}
# Part of the lines that say what technical documents do.
technical_share = 0.35
labels = [
    'Total', 'TOTAL', 'Subtotal', 'SUB TOTAL', 'Cash', 'CASH', 'CHANGE', 'Change', 'Tax', 'GST @6%', 'Qty', 'Amount', 'AMOUNT', 'Price', 'Discount', 'Rounding Adj', 'Balance',
    'ИТОГО', 'Итого', 'НДС 20%', 'НДС', 'Сумма', 'СУММА', 'К оплате', 'Наличными', 'Сдача', 'Цена', 'Кол-во', 'Всего',
]
headings = ['Invoice', 'Bill', 'Doc', 'Ref', 'GST', 'Reg', 'Fax', 'Receipt', 'Order', 'Table', 'Member', 'Account', 'Case', 'File', 'Page']


class LineTexts:
    """Texts of a split, `train` or `test`, drawn with a random.Random."""

    def __init__(self, build, split, rng):
        self.rng, self.texts = rng, {}
        for path in sorted(glob.glob(f'{build}/text/*.{split}.txt')):
            self.texts[path.rsplit('/', 1)[1].split('.')[0]] = [line for line in open(path, encoding='utf-8').read().split('\n') if line]
        self.prose_languages = [name.split('-')[0] for name in self.texts if name.endswith('-prose')]
        self.technical = TechnicalTexts(self)

    def chance(self, part):
        return self.rng.random() < part

    def word(self, language):
        return self.rng.choice(self.texts[language])

    def draw(self):
        """
        A text, its language, whether it is spelled as before 1918, whether it may be long, and whether it is set in a fixed pitch.
        Parts of it between two `fixed_pitch` are, too.
        """
        if self.chance(technical_share):
            language, text, is_fixed = self.technical.draw()
            return *self.cut(text, language, is_technical=True), is_fixed
        kind, is_old = self.rng.random(), False
        if kind < 0.20:
            language, text = 'ru', self.running('ru')
        elif kind < 0.27:
            language, text, is_old = 'ru', self.before_1918(self.running('ru')), True
        elif kind < 0.34:
            language, text = 'ru', self.words('ru', self.rng.randint(1, 5))
        elif kind < 0.43:
            language = self.rng.choice(cyrillic)
            text = self.words_or_running(language)
        elif kind < 0.58:
            language, text = 'en', self.running('en')
        elif kind < 0.65:
            language, text = 'en', self.words('en', self.rng.randint(1, 5))
        elif kind < 0.76:
            language = self.rng.choice(latin)
            text = self.words_or_running(language)
        elif kind < 0.79:
            language = self.rng.choice(list(borrowed))
            text = self.strewn(language)
        elif kind < 0.83:
            language, text = 'ru', ' '.join(self.word(self.rng.choice(['ru', 'en'])) for _ in range(self.rng.randint(2, 4)))
        else:
            language, text = 'ru', self.number()
            if self.chance(0.3):
                text = self.rng.choice(['{} {}', '{1} {0}']).format(self.word(self.rng.choice(['ru', 'en'])), text)
        return *self.cut(text, language, is_old), False

    def cut(self, text, language, is_old=False, is_technical=False):
        """A part of the text that is as long as a line may be, in small letters, capitals or both."""
        is_long = self.chance(0.15 if is_technical else 0.08)
        longest = self.rng.randint(30, 85) if is_long else self.rng.randint(3, 44)
        if is_long and len(text) < 40 and language in ('ru', 'en') and not is_old:
            text += ' ' + self.running(language)
        if len(text) > longest:
            start = self.rng.randint(0, len(text) - longest)
            text = text[start : start + longest]
            if start and ' ' in text[:12]:
                text = text[text.index(' ') + 1 :]
        case = self.rng.uniform(0.15 if is_technical else 0, 1)
        if is_technical and case >= 0.18:
            pass
        elif case < 0.18:
            text = text.replace('i', 'İ').upper() if language in ('tr', 'az') else text.replace('ß', 'ss').upper()
        elif case < 0.28:
            text = ' '.join(w[:1].upper() + w[1:] for w in text.split(' '))
        return re.sub(' +', ' ', ''.join(c for c in text if c in characters)).strip(), language, is_old, is_long

    def digits(self, count):
        return ''.join(self.rng.choice('0123456789') for _ in range(count))

    def running(self, language):
        """A sentence, some with a number in it."""
        text = self.word(f'{language}-prose')
        if self.chance(0.15):
            at = text.find(' ', self.rng.randint(0, max(0, len(text) - 20)))
            if at >= 0:
                text = f'{text[:at]} {self.reference()}{text[at:]}'
        return text

    def words_or_running(self, language):
        if f'{language}-prose' in self.texts and self.chance(0.6):
            return self.running(language)
        return self.words(language, self.rng.randint(1, 5))

    def words(self, language, count):
        chosen = [self.word(language) for _ in range(count)]
        for at in range(len(chosen)):
            mark = self.rng.random()
            if mark < 0.12:
                chosen[at] += self.rng.choice([',', '.', ':', ';', '!', '?', ' —', ' –', '…'])
            elif mark < 0.16:
                chosen[at] = self.rng.choice(['«{}»', '"{}"', '({})', '„{}“', '“{}”', "'{}'", '[{}]', '{}/']).format(chosen[at])
            elif mark < 0.19:
                chosen[at] += '-' + self.word(language)
        return ' '.join(chosen)

    def strewn(self, language):
        """Words of a neighbor with letters of this language in place of some."""
        source, letters = borrowed[language]
        return ''.join(self.rng.choice(letters) if c.isalpha() and self.chance(0.2) else c for c in self.words(source, self.rng.randint(1, 4)))

    def before_1918(self, text):
        """Russian as it was spelled until 1918, as far as rules go: yat is put by chance."""
        text = re.sub(r'([бвгджзклмнпрстфхцчшщ])(?![а-яё])', r'\1ъ', text)
        text = re.sub('и(?=[аеёиоуыэюяй])', 'і', text)
        text = re.sub('[её]', lambda e: 'ѣ' if self.chance(0.2) else 'е', text)
        return re.sub('ф', lambda f: 'ѳ' if self.chance(0.2) else 'ф', text)

    def reference(self):
        """A number as it stands within a sentence."""
        n = self.rng.randint(1, self.rng.choice([9, 99, 999, 9999]))
        return self.rng.choice([
            f'{n}', f'{n}', f'{self.rng.randint(1700, 2030)}', f'{n}%', f'№ {n}', f'№{n}', f'№№ {n}, {n + 1}', f'§ {n}', f'({n})', f'[{n}]', f'{n}.', f'{n}-{n + 5}', f'{n}—{n + 3}',
            f'{n},{self.digits(self.rng.randint(1, 3))}', f'{n}.{self.digits(self.rng.randint(1, 2))}', f'{n} {self.digits(3)}', f'{n}-{self.rng.choice(["й", "го", "я", "м", "th", "st"])}', f'{n}°', f'{n}º', f'{n}ª', f'{n} м²', f'{n}³', f'{n} ÷ {n + 2}', f'{n}½', f'x{n}', f'{n}x{n}', f'{n}/{n + 1}',
        ])

    def money(self):
        thousands = f'{self.rng.choice([" ", ",", "", ".", "’"])}{self.digits(3)}' if self.chance(0.35) else ''
        return f'{self.rng.randint(0, 999)}{thousands}{self.rng.choice([",", ".", "."])}{self.digits(2)}'

    def number(self):
        """A number as receipts, forms, tables, plates and letterheads have it."""
        rng, digits, money = self.rng, self.digits, self.money
        name = lambda: self.word('en').lower()
        kinds = [
            lambda: f'{rng.randint(1, 31):02}.{rng.randint(1, 12):02}.{rng.randint(1950, 2030)}',
            lambda: f'{rng.randint(1, 31):02}.{rng.randint(1, 12):02}.{digits(2)}{rng.choice(["", " г.", "г."])}',
            lambda: f'{rng.randint(1, 31)}{rng.choice("/-")}{rng.randint(1, 12)}{rng.choice("/-")}{rng.randint(1990, 2030)} {rng.randint(0, 23)}:{digits(2)}{rng.choice(["", ":" + digits(2), " PM", " AM"])}',
            lambda: f'{rng.randint(1, 12)}/{rng.randint(1, 31)}/{digits(2)}',
            lambda: f'{rng.randint(0, 23):02}:{digits(2)}{rng.choice(["", ":" + digits(2)])}',
            lambda: money() + rng.choice(['', ' руб.', ' р.', ' ₽', ' EUR', ' €', ' $', ' грн', ' ₴', ' тг', ' ₸', ' %', '%', ' SR', ' S', ' Z', '-', 'T']),
            lambda: rng.choice(['$', '$ ', '€', '£', '¥', 'RM ', 'RM', '-', '=', '±', '*', '']) + money(),
            lambda: f'{rng.randint(0, 99)}{rng.choice(".,")}{digits(rng.randint(1, 4))}',
            lambda: f'{money()} {money()}',
            lambda: f'+7 ({rng.randint(800, 999)}) {digits(3)}-{digits(2)}-{digits(2)}',
            lambda: f'{rng.choice(["8", "+7", "+380", "+1"])}{rng.choice([" ", "-", " ("])}{digits(3)}{rng.choice([" ", "-", ") "])}{digits(3)}{rng.choice([" ", "-"])}{digits(4)}',
            lambda: f'({digits(3)}) {digits(3)}-{digits(4)}',
            lambda: f'{rng.choice(["Tel", "TEL", "Fax", "Phone", "Тел", "тел.", "Факс"])}{rng.choice([":", ".:", " :", "-"])}{rng.choice(["", " "])}{digits(2)}-{digits(rng.randint(5, 8))}',
            lambda: f'№{rng.choice([" ", ""])}{rng.randint(1, 9999)}{rng.choice(["", "/", "-", "-А/", "/Б-"])}{rng.randint(1, 99)}',
            lambda: f'№{rng.choice([" ", ""])}{rng.randint(1, 9999)}{rng.choice(["", "-А", "/Б", "В", " Г"])}',
            lambda: f'{rng.choice(["Приказ", "Договор", "Счет", "Счёт", "Акт", "Форма", "дом", "кв.", "Заказ", "Чек", "Дело"])} №{rng.choice([" ", ""])}{rng.randint(1, 99999)}{rng.choice(["", " от"])}',
            lambda: f'{rng.choice(["No", "No.", "N", "Nº", "#"])}{rng.choice(["", " "])}{rng.randint(1, 99999)}',
            lambda: digits(rng.randint(1, 5)),
            lambda: digits(rng.randint(1, 20)),
            lambda: ' '.join(digits(rng.randint(1, 5)) for _ in range(rng.randint(2, 5))),
            lambda: ' '.join(digits(4) for _ in range(4)),
            lambda: f'{rng.choice("АВЕКМНОРСТУХ")}{digits(3)}{rng.choice("АВЕКМНОРСТУХ")}{rng.choice("АВЕКМНОРСТУХ")}{rng.choice(["", " "])}{digits(rng.choice([2, 3]))}',
            lambda: ''.join(rng.choice('ABCDEFGHJKLMNPRSTUVWXYZ0123456789') for _ in range(rng.randint(3, 17))),
            lambda: f'{"".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(rng.randint(1, 3)))}{rng.choice(["", "-", " "])}{digits(rng.randint(2, 7))}',
            lambda: f'{name()}@{name()}.{rng.choice(["ru", "com", "org", "net"])}',
            lambda: f'{rng.choice(["www.", "https://", "http://www."])}{name()}.{rng.choice(["ru", "com", "net"])}{rng.choice(["", "/" + name()])}',
            lambda: f'{rng.randint(1, 99)} {rng.choice("xX*@х")} {money()} = {money()}',
            lambda: f'{rng.randint(1, 99)} {rng.choice("xX*@")} {money()}',
            lambda: f'{name().upper()} {rng.randint(1, 999)}{rng.choice(["ML", "KG", "G", "PCS", "X", "L", "%", "MM", "CM"])} {money()}',
            lambda: f'{name()} {rng.randint(1, 999)} {rng.choice(["ml", "kg", "g", "mm", "cm", "мл", "кг", "г", "шт", "шт.", "м", "км", "л", "м²", "м³", "m²", "µm", "мм", "см"])}',
            lambda: f'{rng.choice(labels)}{rng.choice([" ", ": ", " : ", " (RM) ", " = "])}{money()}',
            lambda: rng.choice(labels) + rng.choice(['', ':', ' :']),
            lambda: f'{rng.choice(headings)} {rng.choice(["No", "No.", "#", "ID", "Number"])}{rng.choice([":", " :", ""])} {digits(rng.randint(3, 12))}',
            lambda: f'ИНН {digits(10)} КПП {digits(9)}',
            lambda: f'({digits(6)}-{rng.choice("ABHKMPTUVWX")})',
            lambda: f'{rng.randint(1, 30)}{rng.choice([".", ")", ". ", ") "])}{self.word(rng.choice(["ru", "en"]))}',
            lambda: f'{self.word(rng.choice(["ru", "en"]))}{rng.choice(["...", "....", "......", ".........", " . . . . ", "___", "_____"])}{rng.choice(["", " "])}{rng.randint(1, 400)}',
            lambda: rng.choice('«(*•-–[$#') + ' ' + digits(rng.randint(1, 4)) + rng.choice([')', '%', '°', '½', '.', ':', ']']),
            lambda: rng.choice(['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII', 'XIV', 'XIX', 'XX', 'XXI']) + rng.choice(['', '.', ' век', ' в.', ')']),
        ]
        return rng.choice(kinds)()
