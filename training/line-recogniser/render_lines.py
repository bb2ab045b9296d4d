"""Renders lines: `python3 render_lines.py BUILD NAME COUNT SEED train|test` writes
BUILD/NAME.{pixels,widths,texts,languages}.

A line is grey, 48 pixels high and at most 1,000 wide; the lines follow each other in the file of pixels, row by row. Fonts are
those of the machine that have the letters of the text; a sixth of their families is kept for tests. Margins are those of a
detector's crops, from a tight one to one that shows pieces of the lines above and below.
"""
import io
import random
import re
import subprocess
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

build, name, count, seed, split = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
height, usually_widest, widest = 48, 480, 1000
rng = random.Random(seed)
noise = np.random.RandomState(seed)
here = __file__.rsplit('/', 1)[0]
characters = set(open(f'{here}/../../server/features/text-detection/recognizers/letters.txt', encoding='utf-8').read().split('\n')) | {' '}

cyrillic = ['uk', 'be', 'bg', 'sr', 'kk']
latin = ['bs', 'cs', 'da', 'de', 'es', 'et', 'fr', 'hr', 'hu', 'id', 'it', 'lt', 'lv', 'nl', 'no', 'pl', 'pt', 'ro', 'sk', 'sl', 'sv', 'tr', 'uz', 'vi']
# Languages without a dictionary: words of a neighbour with letters of theirs strewn in.
borrowed = {
    'az': ('tr', 'əğıöşüç'), 'fi': ('et', 'äöå'), 'mt': ('it', 'ċġħż'),
    'ba': ('kk', 'ғҙҡңөҫүһә'), 'ky': ('kk', 'ңөү'), 'tg': ('ru', 'ғӣқӯҳҷ'), 'tt': ('kk', 'әөүҗңһ'),
}


def load(language):
    return [l for l in open(f'{build}/text/{language}.{split}.txt', encoding='utf-8').read().split('\n') if l]


texts = {language: load(language) for language in ['ru', 'en', 'ru-prose', 'en-prose'] + cyrillic + latin}


def family(path):
    return re.sub(r'[-_](Bold|Italic|Regular|Oblique|Light|Medium|Thin|Black|Cond|Extra|Semi|Book).*', '', path.split('/')[-1])


def covering(language):
    listed = subprocess.run(['fc-list', f':lang={language}', 'file'], capture_output=True, text=True).stdout
    files = sorted({l.split(':')[0] for l in listed.split('\n') if l})
    files = [f for f in files if f.lower().endswith(('.ttf', '.otf')) and not re.search('Symbol|Math|Emoji|Dingbat|Variable|VF|Noto(?!Sans-|Serif-|SansMono-|SansDisplay-|SerifDisplay-)', f)]
    return [f for f in files if (family(f) in held) == (split == 'test')]


everything = subprocess.run(['fc-list', ':', 'file'], capture_output=True, text=True).stdout
families = sorted({family(l.split(':')[0]) for l in everything.split('\n') if l})
random.Random(7).shuffle(families)
held = set(families[: len(families) // 6])
fonts = {language: covering({'no': 'nb'}.get(language, language)) for language in ['ru', 'en'] + cyrillic + latin + list(borrowed)}
# Fonts do not say that they have the letters of before 1918.
old_letters = {}


def has_old_letters(path):
    if path not in old_letters:
        font = ImageFont.truetype(path, 40)
        missing = font.getmask('\uffff').getbbox(), bytes(font.getmask('\uffff'))
        old_letters[path] = all((font.getmask(c).getbbox(), bytes(font.getmask(c))) != missing for c in 'ѣѳі')
    return old_letters[path]


def digits(n):
    return ''.join(rng.choice('0123456789') for _ in range(n))


def number():
    money = f'{rng.randint(1, 999)}{rng.choice([" ", ",", ""])}{digits(3)}{rng.choice([",", "."])}{digits(2)}'
    word = lambda: rng.choice(texts['en'])
    return rng.choice([
        lambda: f'{rng.randint(1, 31):02}.{rng.randint(1, 12):02}.{rng.randint(1950, 2030)}',
        lambda: f'{rng.randint(1, 31)}{rng.choice("/-")}{rng.randint(1, 12)}{rng.choice("/-")}{rng.randint(1990, 2030)} {rng.randint(0, 23)}:{digits(2)}{rng.choice(["", ":" + digits(2), " PM", " AM"])}',
        lambda: money + rng.choice(['', ' руб.', ' ₽', ' EUR', ' €', ' $', ' грн', ' ₴', ' тг', ' ₸', ' %', '%', ' SR', '-']),
        lambda: rng.choice(['$', '€', '£', 'RM ', 'RM', '-', '']) + money,
        lambda: f'{rng.randint(0, 99)}.{digits(2)}',
        lambda: f'+7 ({rng.randint(800, 999)}) {digits(3)}-{digits(2)}-{digits(2)}',
        lambda: f'{rng.choice(["Tel", "TEL", "Fax", "Phone", "Тел"])}{rng.choice([":", ".:", " :", "-"])}{rng.choice(["", " "])}{digits(2)}-{digits(rng.randint(5, 8))}',
        lambda: f'№ {rng.randint(1, 9999)}/{rng.randint(1, 99)}-{rng.choice("АБВГДЕЖ")}',
        lambda: digits(rng.randint(1, 20)),
        lambda: f'{rng.choice("АВЕКМНОРСТУХ")}{digits(3)}{rng.choice("АВЕКМНОРСТУХ")}{rng.choice("АВЕКМНОРСТУХ")}{digits(rng.choice([2, 3]))}',
        lambda: ''.join(rng.choice('ABCDEFGHJKLMNPRSTUVWXYZ0123456789') for _ in range(rng.randint(3, 17))),
        lambda: f'{word().lower()}@{word().lower()}.{rng.choice(["ru", "com", "org"])}',
        lambda: f'{rng.choice(["www.", "https://", "http://www."])}{word().lower()}.{rng.choice(["ru", "com", "net"])}/{word().lower()}',
        lambda: f'{rng.randint(1, 99)} {rng.choice("xX*@")} {money} = {money}',
        lambda: f'{word().upper()} {rng.randint(1, 99)}{rng.choice(["ML", "KG", "G", "PCS", "X", "L", "%"])} {money}',
        lambda: f'{rng.choice(["Total", "TOTAL", "Subtotal", "Cash", "CHANGE", "Tax", "GST @6%", "Qty", "Rounding Adj", "ИТОГО", "НДС 20%", "Сумма"])}{rng.choice([" ", ": ", " : ", " (RM) "])}{money}',
        lambda: f'{rng.choice(["Invoice", "Bill", "Doc", "Ref", "GST", "Reg", "Fax"])} {rng.choice(["No", "No.", "#", "ID"])}{rng.choice([":", " :", ""])} {digits(rng.randint(3, 12))}',
        lambda: f'ИНН {digits(10)} КПП {digits(9)}',
        lambda: f'({digits(6)}-{rng.choice("ABHKMPTUVWX")})',
        lambda: rng.choice('«(*•-–[$#') + ' ' + digits(rng.randint(1, 4)) + rng.choice([')', '%', '°', '½', '.', ':', ']']),
    ])()


def words(language, count):
    chosen = [rng.choice(texts[language]) for _ in range(count)]
    for at in range(len(chosen)):
        mark = rng.random()
        if mark < 0.12:
            chosen[at] += rng.choice([',', '.', ':', ';', '!', '?', ' —', ' –', '…'])
        elif mark < 0.16:
            chosen[at] = rng.choice(['«{}»', '"{}"', '({})', '„{}“', '“{}”', "'{}'", '[{}]', '{}/']).format(chosen[at])
        elif mark < 0.19:
            chosen[at] += '-' + rng.choice(texts[language])
    return ' '.join(chosen)


def strewn(language):
    """Words of a neighbour with letters of this language in place of some."""
    source, letters = borrowed[language]
    return ''.join(rng.choice(letters) if c.isalpha() and rng.random() < 0.2 else c for c in words(source, rng.randint(1, 4)))


def before_1918(text):
    """Russian as it was spelt until 1918, as far as rules go: yat is put by chance."""
    text = re.sub(r'([бвгджзклмнпрстфхцчшщ])(?![а-яё])', r'\1ъ', text)
    text = re.sub('и(?=[аеёиоуыэюяй])', 'і', text)
    text = re.sub('[её]', lambda e: 'ѣ' if rng.random() < 0.2 else 'е', text)
    return re.sub('ф', lambda f: 'ѳ' if rng.random() < 0.2 else 'ф', text)


def line():
    """A text, its language, a font that has its letters, and how wide the line may get in pixels."""
    kind, is_old = rng.random(), False
    if kind < 0.34:
        language, text = 'ru', rng.choice(texts['ru-prose'])
    elif kind < 0.38:
        language, text, is_old = 'ru', before_1918(rng.choice(texts['ru-prose'])), True
    elif kind < 0.46:
        language, text = 'ru', words('ru', rng.randint(1, 5))
    elif kind < 0.54:
        language = rng.choice(cyrillic)
        text = words(language, rng.randint(1, 5))
    elif kind < 0.68:
        language, text = 'en', rng.choice(texts['en-prose']) if rng.random() < 0.6 else words('en', rng.randint(1, 5))
    elif kind < 0.78:
        language = rng.choice(latin)
        text = words(language, rng.randint(1, 5))
    elif kind < 0.81:
        language = rng.choice(list(borrowed))
        text = strewn(language)
    elif kind < 0.85:
        language, text = 'ru', ' '.join(rng.choice(texts[rng.choice(['ru', 'en'])]) for _ in range(rng.randint(2, 4)))
    else:
        language, text = 'ru', number() if rng.random() < 0.7 else f'{rng.choice(texts[rng.choice(["ru", "en"])])} {number()}'
    is_long = rng.random() < 0.08
    longest = rng.randint(30, 85) if is_long else rng.randint(3, 44)
    if is_long and len(text) < 40 and language in ('ru', 'en') and not is_old:
        text += ' ' + rng.choice(texts[f'{language}-prose'])
    if len(text) > longest:
        start = rng.randint(0, len(text) - longest)
        text = text[start : start + longest]
        if start and ' ' in text[:12]:
            text = text[text.index(' ') + 1 :]
    case = rng.random()
    if case < 0.18:
        text = text.replace('i', 'İ').upper() if language in ('tr', 'az') else text.replace('ß', 'ss').upper()
    elif case < 0.28:
        text = ' '.join(w[:1].upper() + w[1:] for w in text.split(' '))
    text = re.sub(' +', ' ', ''.join(c for c in text if c in characters)).strip()
    choice = fonts[language] if not is_old else [f for f in fonts['ru'] if has_old_letters(f)]
    return text, 'old' if is_old else language, rng.choice(choice), widest if is_long else usually_widest


def write(pen, text, font, tracking, x, y, shade):
    if not tracking:
        pen.text((x, y), text, font=font, fill=shade)
        return
    for letter in text:
        pen.text((x, y), letter, font=font, fill=shade)
        x += font.getlength(letter) + tracking


def draw(text, path):
    """The text on a ground, with the margins of a crop; shades are 0 to 255."""
    chance = lambda part: rng.random() < part
    size = rng.randint(20, 46)
    font = ImageFont.truetype(path, size)
    tracking = rng.randint(-1, 6) if chance(0.08) else 0
    box = font.getbbox(text)
    ascent, descent = font.getmetrics()
    width = box[2] - box[0] + tracking * len(text)
    # Detectors cut around the ink, or around what the line may fill, and then add a part of the height.
    top, bottom = (box[1], box[3]) if chance(0.65) else (min(box[1], ascent // 4), max(box[3], ascent + descent // 2))
    inside = bottom - top
    above, below = [inside * (rng.uniform(-0.04, 0.08) if chance(0.25) else rng.uniform(0.05, 0.36) if chance(0.85) else rng.uniform(0.3, 0.7)) for _ in range(2)]
    left, right = [inside * (rng.uniform(-0.02, 0.06) if chance(0.3) else rng.uniform(0.05, 0.4)) for _ in range(2)]
    is_light = chance(0.86)
    ground = rng.randint(150, 255) if is_light else rng.randint(0, 90)
    shade = max(0, ground - rng.randint(60, 250)) if is_light else min(255, ground + rng.randint(80, 250))
    image = Image.new('L', (max(8, int(width + left + right)), max(8, int(inside + above + below))), ground)
    pen = ImageDraw.Draw(image)
    x, y = int(left) - box[0], int(above) - top
    write(pen, text, font, tracking, x, y, shade)
    if chance(0.12):
        # The lines above and below: what of them comes into the crop.
        step = int((ascent + descent) * rng.uniform(0.95, 1.3))
        for other in rng.choice([[-step], [step], [-step, step]]):
            write(pen, rng.choice(texts['ru-prose' if chance(0.5) else 'en-prose'])[:60], font, 0, rng.randint(-200, 10), y + other, shade)
    if chance(0.07):
        base = int(above) + rng.choice([box[3] - top, ascent - top]) + rng.randint(0, 4)
        pen.line((0 if chance(0.5) else rng.randint(0, image.width), base, image.width, base), fill=shade, width=rng.randint(1, 3))
    if chance(0.04):
        for _ in range(rng.randint(1, 2)):
            at = rng.randint(0, image.width)
            pen.line((at, 0, at + rng.randint(-4, 4), image.height), fill=shade, width=1)
    if chance(0.05):
        image = dotted(image, ground)
    return image, ground


def dotted(image, ground):
    """The same as a matrix of dots prints it: a dot where a small picture of the text has ink."""
    step = rng.randint(3, 5)
    dots = rng.randint(11, 16) / image.height
    small = np.asarray(image.resize((max(4, int(image.width * dots)), max(4, int(image.height * dots))), Image.BOX), np.float32)
    ink = (small - ground) / (np.abs(small - ground).max() + 1e-3)
    out = Image.new('L', (small.shape[1] * step, small.shape[0] * step), ground)
    pen = ImageDraw.Draw(out)
    shade = int(small.flat[np.abs(small - ground).argmax()])
    radius = step * rng.uniform(0.36, 0.55)
    for y, x in zip(*np.nonzero(np.abs(ink) > 0.45)):
        cx, cy = (x + 0.5) * step, (y + 0.5) * step
        pen.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=shade)
    return out.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1)))


def spoil(image, ground):
    """
    What scanners, cameras, printers and stamps do, as far as a person can still read it: a line keeps 16 pixels of height, blur a
    28th of it, and noise a fifth of the contrast.
    """
    chance = lambda part: rng.random() < part
    if chance(0.35):
        # As far as a detector lets it lean: an eighth of its height at its ends.
        most = min(1.8, 14 * image.height / image.width)
        image = image.rotate(rng.uniform(-most, most), resample=Image.BICUBIC, fillcolor=ground)
    if chance(0.22):
        lean = rng.uniform(-0.18, 0.18)
        image = image.transform(image.size, Image.AFFINE, (1, lean, -lean * image.height / 2, 0, 1, 0), Image.BICUBIC, fillcolor=ground)
    if chance(0.12):
        w, h = image.size
        d = [rng.uniform(0, 0.1) * h for _ in range(4)]
        image = image.transform((w, h), Image.QUAD, (0, d[0], 0, h - d[1], w, h - d[2], w, d[3]), Image.BICUBIC)
    if chance(0.1) and image.height > 44:
        image = image.filter(rng.choice([ImageFilter.MinFilter(3), ImageFilter.MaxFilter(3)]))
    if chance(0.45):
        part = rng.uniform(min(1, max(0.32, 16 / image.height)), 1)
        image = image.resize((max(8, int(image.width * part)), max(8, int(image.height * part))), rng.choice([Image.BILINEAR, Image.BICUBIC, Image.BOX]))
    if chance(0.3):
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, max(0.4, min(1.2, image.height / 28)))))
    pixels = np.asarray(image, np.float32)
    darkest, lightest = np.percentile(pixels, [2, 98])
    contrast = lightest - darkest
    if chance(0.15):
        pixels = pixels + np.linspace(rng.uniform(-60, 60), rng.uniform(-60, 60), pixels.shape[1])[None, :]
    if chance(0.4):
        pixels = pixels + noise.randn(*pixels.shape) * rng.uniform(2, max(3, min(20, contrast / 5)))
    elif chance(0.06):
        pixels = np.where(noise.rand(*pixels.shape) < rng.uniform(0.05, 0.2), ground, pixels)
    elif chance(0.25):
        pixels = np.where(pixels > darkest + contrast * rng.uniform(0.38, 0.62), 255, 0)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if chance(0.3):
        file = io.BytesIO()
        image.save(file, 'JPEG', quality=rng.randint(25, 85))
        image = Image.open(io.BytesIO(file.getvalue())).convert('L')
    return image


widths, written, languages = [], [], []
with open(f'{build}/{name}.pixels', 'wb') as file:
    while len(written) < count:
        text, language, font, room = line()
        if not text:
            continue
        image = spoil(*draw(text, font))
        width = round(image.width * height / image.height * rng.uniform(0.92, 1.08))
        # A timestep is 8 pixels, and two equal letters need a third between them.
        if not 12 <= width <= room or width / 8 < 1.15 * len(text):
            continue
        file.write(np.asarray(image.resize((width, height), Image.BILINEAR)).tobytes())
        widths.append(width)
        written.append(text)
        languages.append(language)
        if len(written) % 2000 == 0:
            print(f'{name}: {len(written)} of {count} lines', flush=True)
np.array(widths, np.int32).tofile(f'{build}/{name}.widths')
for end, lines in (('texts', written), ('languages', languages)):
    with open(f'{build}/{name}.{end}', 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines))
