"""Collects text to render: `python3 collect_text.py BUILD` writes BUILD/text/NAME.train.txt and NAME.test.txt.

Running text comes from the help of LibreOffice and GIMP, the handbook of Debian and fortunes, words of all languages from the
dictionaries of hunspell (/usr/share/hunspell), code from the libraries of Python and Perl. Of everything a twentieth is kept for
tests, by position.
"""
import glob
import html
import os
import random
import re
import sys

build = sys.argv[1]
held_out = 20
dictionaries = {
    'ru': 'ru_RU', 'uk': 'uk_UA', 'be': 'be_BY', 'bg': 'bg_BG', 'sr': 'sr_RS', 'kk': 'kk_KZ', 'bs': 'bs_BA', 'cs': 'cs_CZ', 'da': 'da_DK',
    'de': 'de_DE', 'en': 'en_US', 'es': 'es_ES', 'et': 'et_EE', 'fr': 'fr*', 'hr': 'hr_HR', 'hu': 'hu_HU', 'id': 'id_ID', 'it': 'it_IT',
    'lt': 'lt_LT', 'lv': 'lv_LV', 'nl': 'nl', 'no': 'nb_NO', 'pl': 'pl_PL', 'pt': 'pt_BR', 'ro': 'ro_RO', 'sk': 'sk_SK', 'sl': 'sl_SI',
    'sv': 'sv_SE', 'tr': 'tr_TR', 'uz': 'uz_UZ', 'vi': 'vi_VN',
}
office, gimp, handbook, fortunes = '/usr/share/libreoffice/help/{}/**/*.html', '/usr/share/gimp/2.0/help/{}/**/*.html', '/usr/share/doc/debian-handbook/html/{}/*.html', '/usr/share/games/fortunes'
prose = {
    'ru': [office.format('ru'), gimp.format('ru'), handbook.format('ru-RU'), f'{fortunes}/ru/*'],
    'en': [office.format('en-US'), gimp.format('en'), handbook.format('en-US'), f'{fortunes}/*'],
    'uk': [gimp.format('uk')],
    'bg': [f'{fortunes}/bg/*'],
    'pt': [office.format('pt-BR')],
    **{language: [office.format(language)] for language in ['cs', 'de', 'es', 'et', 'fr', 'hu', 'it', 'pl', 'sl', 'sv', 'tr', 'vi']},
}
programs = ['/usr/lib/python3*/*.py', '/usr/lib/python3*/*/*.py', '/usr/share/perl/**/*.pm', '/usr/share/perl5/**/*.pm', '/usr/share/bash-completion/completions/*']
# Of running text, so that the common phrases of help pages do not drown the rest.
most_sentences = 60000


def words_of(name):
    """Words of a dictionary, without their affix flags."""
    files = sorted(glob.glob(f'/usr/share/hunspell/{name}.dic') + glob.glob(f'/usr/share/myspell/dicts/{name}.dic'))
    if not files:
        return []
    aff = files[0][:-4] + '.aff'
    encoding = 'utf-8'
    if os.path.exists(aff):
        found = re.search(rb'^\s*SET\s+(\S+)', open(aff, 'rb').read(), re.M)
        if found:
            encoding = found.group(1).decode().lower().replace('microsoft-', '')
    text = open(files[0], encoding=encoding, errors='ignore').read()
    return [w for w in (re.split(r'[/\t ]', line)[0] for line in text.split('\n')[1:]) if 2 <= len(w) <= 24]


def paragraphs_of(path):
    """Of an HTML page, or of a file of fortunes, which are parted by lines of a per cent sign."""
    try:
        page = open(path, encoding='utf-8').read()
    except (UnicodeDecodeError, IsADirectoryError):
        return []
    if not path.endswith('.html'):
        return re.split(r'\n%\n|\n\s*--', page)
    page = re.sub(r'<(script|style)[^>]*>.*?</\1>', ' ', page, flags=re.S)
    return [html.unescape(re.sub(r'<[^>]+>', ' ', p)) for p in re.split(r'</?(?:p|li|h\d|td|th|div|dt|dd)\b[^>]*>', page)]


def sentences_of(patterns):
    """Sentences of paragraphs, each once."""
    seen = set()
    for path in sorted({path for pattern in patterns for path in glob.glob(pattern, recursive=True)}):
        for paragraph in paragraphs_of(path):
            for sentence in re.split(r'(?<=[.!?:;]) ', re.sub(r'\s+', ' ', paragraph).strip()):
                if 12 <= len(sentence) <= 400:
                    seen.add(sentence)
    sentences = sorted(seen)
    random.Random(1).shuffle(sentences)
    return sentences[:most_sentences]


def code_of(patterns):
    """Lines of programs, each once."""
    seen = set()
    for path in sorted({path for pattern in patterns for path in glob.glob(pattern, recursive=True) if os.path.isfile(path)}):
        for line in open(path, encoding='utf-8', errors='ignore'):
            code = re.sub(r'\s+', ' ', line).strip()
            if 4 <= len(code) <= 100 and not re.fullmatch(r'[\w\s,.]*', code):
                seen.add(code)
    lines = sorted(seen)
    random.Random(1).shuffle(lines)
    return lines[:most_sentences]


def write(name, lines):
    for split, chosen in (('test', lines[::held_out]), ('train', [l for i, l in enumerate(lines) if i % held_out])):
        with open(f'{build}/text/{name}.{split}.txt', 'w', encoding='utf-8') as file:
            file.write('\n'.join(chosen))
    print(name, len(lines))


os.makedirs(f'{build}/text', exist_ok=True)
for language, dictionary in dictionaries.items():
    words = words_of(dictionary)
    if words:
        write(language, words)
for language, patterns in prose.items():
    sentences = sentences_of(patterns)
    if sentences:
        write(f'{language}-prose', sentences)
write('code', code_of(programs))
