"""What technical documents say beside sentences: code, paths, options, addresses, part numbers, sizes with units."""

# Around a part of a text that is set in a fixed pitch, as code within a sentence is. The sign is in no font and is not learned.
fixed_pitch = '\ue000'
units_ru = ['мм', 'см', 'м', 'кг', 'г', 'т', 'л', 'мл', 'бар', 'атм', 'МПа', 'кПа', 'кВт', 'Вт', 'В', 'А', 'мА', 'Гц', 'МГц', 'Ом', 'кОм', 'мкФ', 'об/мин', 'м³/ч', 'л/мин', '°C', 'шт.', 'м²', 'Н·м', 'дБ', 'с', 'мс', 'ч']
units_en = ['mm', 'cm', 'm', 'kg', 'g', 'lb', 'in', 'ft', 'psi', 'psig', 'bar', 'MPa', 'kPa', 'kW', 'W', 'V', 'VDC', 'A', 'mA', 'Hz', 'MHz', 'kΩ', 'µF', 'rpm', 'l/min', 'GPM', '°C', '°F', 'pcs', 'dB', 's', 'ms', 'KB', 'MiB', 'pt', 'px', 'em', 'N·m']
standards = ['ГОСТ', 'ТУ', 'ОСТ', 'СНиП', 'DIN', 'ISO', 'EN', 'IEC', 'ASTM', 'ASME', 'RFC', 'IEEE', 'ANSI', 'ГОСТ Р', 'ISO/IEC']
materials = ['S316', '316L', 'SS316', '304', 'AISI 304', '12Х18Н10Т', '08Х18Н10', '40Х', 'Ст3', 'ПВХ', 'PTFE', 'PEEK', 'FKM', 'NBR', 'EPDM', 'HB2', 'НЖ', 'КМ', 'CF8M', 'А105', 'A182']
firms = ['ООО', 'ОАО', 'ЗАО', 'АО', 'ИП', 'ГУП', 'ФГУП', 'НПО']
extensions = ['py', 'c', 'h', 'txt', 'conf', 'gz', 'tar.gz', 'deb', 'html', 'pdf', 'patch', 'sh', 'xml', 'json', 'log', 'tex', 'sty', 'so.1', 'cfg', 'md', 'yml']
folders = ['/usr/share', '/usr/local/bin', '/usr/lib', '/etc', '/home', '/var/log', '/var/lib', '/dev', '/boot', '/proc', '/opt', '~', '.', '..', 'debian', 'src', 'doc', 'C:\\Windows', 'C:\\Users']
commands = ['ls', 'ln', 'cp', 'mv', 'rm', 'cat', 'grep', 'sed', 'tar', 'apt', 'apt-get', 'dpkg', 'git', 'make', 'ssh', 'chmod', 'mount', 'sudo', 'systemctl', 'curl', 'docker', 'npm', 'kill', 'ps', 'df', 'du', 'find', 'echo', 'export', 'man', 'tail', 'less', 'dd', 'lsblk', 'ip']


class TechnicalTexts:
    """Draws from lines of code and words of texts, a `LineTexts`."""

    def __init__(self, texts):
        self.texts, self.rng = texts, texts.rng
        self.kinds = [
            (6, self.code_line), (3, self.option), (2, self.command), (3, self.path), (2, self.address), (3, self.tex), (5, self.sentence), (4, self.part_number),
            (3, self.size), (2, self.standard), (2, self.firm), (2, self.apostrophes), (2, self.row), (1, self.letters), (1, self.assignment),
        ]

    def draw(self):
        """The language of a text, the text, and whether it is set in a fixed pitch."""
        weights, kinds = zip(*self.kinds)
        kind = self.rng.choices(kinds, weights)[0]
        language, text = kind()
        is_code = kind in (self.code_line, self.option, self.command, self.path, self.address, self.tex, self.assignment)
        return language, text, is_code and self.rng.random() < 0.7

    def name(self):
        return self.texts.word('en').lower()

    def count(self):
        return self.rng.randint(1, self.rng.choice([9, 99, 999, 9999]))

    def code_line(self):
        return 'en', self.texts.word('code')

    def identifier(self):
        rng = self.rng
        parts = [self.name() for _ in range(rng.randint(1, 3))]
        return rng.choice(['_'.join(parts), '-'.join(parts), parts[0] + ''.join(part.capitalize() for part in parts[1:]), '_'.join(parts).upper(), parts[0][: rng.randint(1, 3)] + str(rng.randint(0, 64))])

    def option(self):
        rng = self.rng
        short = f'-{rng.choice("abcdefghiIlLmnopqrRsStuvVxz01")}'
        long = f'--{"-".join(self.name() for _ in range(rng.randint(1, 3)))}'
        text = rng.choice([short, long, f'{short}, {long}', f'{long}={self.identifier()}', f'[{short}]', f'[{long}]', f'{short} {self.identifier()}', f'{{{short}|{long}}}'])
        return 'en', text if rng.random() < 0.6 else f'{text} {self.texts.running("en")[:30]}'

    def command(self):
        rng = self.rng
        arguments = [rng.choice([lambda: self.path()[1], lambda: self.option()[1], self.identifier])() for _ in range(rng.randint(0, 2))]
        return 'en', ' '.join([rng.choice(['$ ', '# ', '', '', 'sudo '])[:6].strip(), rng.choice(commands), *arguments]).strip()

    def path(self):
        rng = self.rng
        parts = [rng.choice([self.name(), self.identifier(), rng.choice(['bin', 'lib', 'doc', 'src', 'share', 'conf.d', 'home', 'x86_64'])]) for _ in range(rng.randint(0, 4))]
        start = rng.choice([*folders, f'/{self.name()}', self.name()])
        slash = '\\' if '\\' in start else '/'
        end = rng.choice(['', slash, f'.{rng.choice(extensions)}', f'.{rng.choice(extensions)}', '.*', ','])
        return 'en', slash.join([start, *parts]) + end

    def address(self):
        rng = self.rng
        host = f'{rng.choice(["www.", "", "", "bugs.", "lists.", "ftp."])}{self.identifier().lower().replace("_", "-")}.{rng.choice(["org", "com", "net", "ru", "de", "io", "to", "fr", "edu"])}'
        page = ''.join('/' + self.identifier() for _ in range(rng.randint(0, 3))) + rng.choice(['', '/', '.html', '/-', f'?id={self.count()}', f'#{self.name()}', f':{rng.randint(80, 9999)}'])
        scheme = rng.choice(['https://', 'https://', 'http://', 'ftp://', '', 'git://'])
        text = rng.choice([f'{self.name()}@{host}', f'<{self.name()}.{self.name()}@{host}>', f'{scheme}{host}{page}', f'{scheme}{host}{page}', f'({scheme}{host}{page})', f'{scheme}{host}{page}.'])
        return 'en', text

    def tex(self):
        rng = self.rng
        argument = lambda: rng.choice([self.name(), self.name(), f'{rng.randint(0, 20)}pt', f'{rng.randint(0, 9)}.{rng.randint(0, 9)}', f'\\{self.name()[:6]}', '', f'{rng.randint(0, 9)}', self.texts.word(rng.choice(['en', 'ru'])), 'O', 'I', 'A', '#1'])
        brackets = lambda: rng.choice([f'{{{argument()}}}', f'{{{argument()}}}', f'[{argument()}]', f'[{argument()}={argument()}]', f'({rng.randint(-9, 9)},{rng.randint(0, 9)})'])
        text = ''.join(rng.choice([f'\\{self.name()}', f'\\{self.name()}', '\\begin', '\\end', '\\usepackage', '\\textbf', '\\item', '']) + ''.join(brackets() for _ in range(rng.randint(0, 3))) for _ in range(rng.randint(1, 3)))
        return 'en', (text or '\\\\') + rng.choice(['', '', '', '%', '\\\\', '$', ';', ' &'])

    def assignment(self):
        rng = self.rng
        value = rng.choice([str(self.count()), f'"{self.name()}"', f"'{self.name()}'", f'[\'{self.count()}\']', f'0x{self.count():X}', f'{self.name()}({self.name()}, {rng.randint(0, 9)})', f'$({self.identifier().upper()})', f'${{{self.identifier()}}}', f'{self.name()}[{rng.choice("ijk")}]', 'I/O', 'NULL', 'O_RDONLY', 'true'])
        return 'en', f'{self.identifier()}{rng.choice(["=", " = ", ": ", " := ", "==", " != ", "+="])}{value}{rng.choice(["", ";", ",", ")", " {", "}"])}'

    def sentence(self):
        """A sentence with code in it."""
        rng = self.rng
        language = rng.choice(['ru', 'en', 'en', 'ru', *self.texts.prose_languages])
        words = self.texts.word(f'{language}-prose').split(' ')[: rng.randint(2, 9)]
        for _ in range(rng.randint(1, 2)):
            code = rng.choice([lambda: self.option()[1].split(' ')[0], lambda: self.path()[1], self.identifier, lambda: self.tex()[1], lambda: rng.choice(commands), lambda: self.assignment()[1], lambda: self.address()[1]])()
            if rng.random() < 0.75:
                code = f'{fixed_pitch}{code}{fixed_pitch}'
            words.insert(rng.randint(0, len(words)), code + rng.choice(['', '', '', ',', '.', ';', ')', ':']))
        return language, ' '.join(words)

    def part_number(self):
        rng = self.rng
        latin, cyrillic, digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'АБВГДЕЖЗИКЛМНОПРСТУФХЦЭЮЯ', '0123456789'
        letters = latin if rng.random() < 0.7 else cyrillic
        group = lambda: rng.choice([lambda: ''.join(rng.choices(letters, k=rng.randint(1, 3))), lambda: ''.join(rng.choices(digits, k=rng.randint(1, 5))), lambda: ''.join(rng.choices(letters + digits, k=rng.randint(2, 5))), lambda: rng.choice(materials)])()
        text = group() + ''.join(rng.choice(['-', '/', '.', '', '']) + group() for _ in range(rng.randint(1, 3)))
        return ('en' if letters is latin else 'ru'), text + rng.choice(['', '', '', ',', f' ({rng.randint(1, 99)})', f' {rng.choice(materials)}'])

    def number(self):
        rng = self.rng
        return rng.choice([str(self.count()), str(self.count()), f'{rng.randint(0, 99)}{rng.choice(".,")}{rng.randint(0, 99)}', f'{rng.choice("+-±≤≥<>~")}{self.count()}', f'{rng.randint(1, 9)}/{rng.choice([2, 4, 8, 16])}', f'{rng.randint(1, 40)}{rng.choice("–-—÷…")}{rng.randint(41, 99)}'])

    def size(self):
        rng = self.rng
        russian = rng.random() < 0.6
        thread = rng.choice(['М', 'М', 'Ø', 'Ду', 'G', 'Ру']) if russian else rng.choice(['M', 'Ø', 'DN', 'PN', 'G', 'O.D. ', 'I.D. ', 'NPT ', 'R'])
        cross = rng.choice(['×', '×', '×', 'x', 'х' if russian else 'x'])
        n = rng.randint(1, 64)
        text = rng.choice([
            f'{thread}{n}', f'{thread}{n}{cross}{rng.choice(["1,5", "1", "0,75", "1.25", "2"])}', f'{n}{cross}{rng.randint(1, 99)}', f'{n} {cross} {rng.randint(1, 999)}', f'{n}{cross}{rng.randint(1, 99)}{cross}{rng.randint(1, 99)}',
            f'{self.number()} {rng.choice(units_ru if russian else units_en)}', f'{self.number()}{rng.choice(units_ru if russian else units_en)}', f'{n}"', f'{rng.randint(1, 3)}/{rng.choice([2, 4, 8])}" NPT', f'{self.number()} {self.number()} {self.number()}',
            f'{rng.choice(units_ru if russian else units_en)}', f'({rng.choice(units_ru if russian else units_en)})', f'I/O {n}', f'{n}O{rng.randint(0, 9)}', f'O{n}', f'№ {n}/{rng.randint(1, 99)}',
        ])
        return ('ru' if russian else 'en'), text

    def standard(self):
        rng = self.rng
        name = rng.choice(standards)
        return ('ru' if name[0] > '\u0400' else 'en'), f'{name} {self.count()}{rng.choice(["", f"-{rng.randint(60, 99)}", f"-{rng.randint(2000, 2026)}", f".{rng.randint(1, 9)}", f":{rng.randint(1990, 2026)}"])}'

    def firm(self):
        rng = self.rng
        name = '-'.join(self.texts.word('ru').capitalize() for _ in range(rng.randint(1, 2)))
        return 'ru', rng.choice(['{0} «{1}»', '{0} "{1}"', '«{1}», {0}', '{0} «{1}», {2}', '{0}']).format(rng.choice(firms), name, self.texts.word('ru'))

    def apostrophes(self):
        """Apostrophes and quotes, straight and curly, and dashes of every length."""
        rng = self.rng
        mark = rng.choice("''’")
        word = lambda: self.texts.word('fr').lower()
        if rng.random() < 0.5:
            return 'fr', ' '.join(f'{rng.choice(["l", "d", "n", "qu", "s", "L", "D", "j", "c"])}{mark}{word()}' if rng.random() < 0.6 else word() for _ in range(rng.randint(1, 5)))
        said = lambda: rng.choice(['‘{}’', "'{}'", '“{}”', '"{}"', '`{}\'', '``{}\'\'', '„{}“', '„{}”', '’{}’', '”{}”', '({})', '{{{}}}', '[{}]']).format(self.texts.word('en'))
        return 'en', ' '.join(rng.choice([said, lambda: rng.choice(["don’t", "it's", "who’ve", "I’d", "package’s", "can't"]), lambda: rng.choice('–—-'), lambda: self.texts.word('en')])() for _ in range(rng.randint(1, 5)))

    def row(self):
        """Cells of a table."""
        rng = self.rng
        cell = rng.choice([self.number, self.number, lambda: self.part_number()[1], lambda: rng.choice(['-', '–', '+', '•', '×', 'x', 'да', 'yes', 'O', '0'])])
        return 'ru', ' '.join(cell() for _ in range(rng.randint(2, 6)))

    def letters(self):
        """Single letters and digits that are easily confused, in the company of their kind."""
        rng = self.rng
        kind = rng.choice(['OQDCG', '0123456789', 'Il1|!', 'oöóòôõ', 'lI', 'xX×', '8B3', 'S5$', 'Z2', '{}()[]', 'abcdef', 'ABCDEF'])
        return 'en', rng.choice([' ', ', ', '']).join(rng.choices(kind, k=rng.randint(2, 8)))
