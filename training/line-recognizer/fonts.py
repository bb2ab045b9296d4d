"""Fonts of this machine: which have the letters of a language, and which are kept for tests."""
import functools
import re
import subprocess
import zlib

from PIL import ImageFont

# Designs that several families copy: fonts of one are either all learned from or all kept for tests.
copies = {
    'Times': 'Tinos|Liberation Serif|Nimbus Roman|FreeSerif|TeX Gyre Termes|Roman Uralic|STIX|Tymes',
    'Helvetica': 'Arimo|Liberation Sans|Nimbus Sans|FreeSans|TeX Gyre Heros|Sans Uralic|Sans Condensed Uralic|Aerial|Switzera',
    'Courier': 'Cousine|Liberation Mono|Nimbus Mono|FreeMono|TeX Gyre Cursor|Courier Prime|Mono Uralic|Tlwg',
    'DejaVu': 'DejaVu|Bitstream Vera|Verana|Veranda',
    'Noto Sans': 'Noto Sans|Open Sans|Droid Sans|Noto Mono',
    'Palatino': 'P052|Palladio|TeX Gyre Pagella|Asana',
    'Bookman': 'URW Bookman|Bookman Uralic|TeX Gyre Bonum',
    'Avant Garde': 'URW Gothic|Gothic Uralic|TeX Gyre Adventor',
    'Schoolbook': 'C059|Schoolbook Uralic|TeX Gyre Schola',
    'Chancery': 'Z003|Chancery Uralic|TeX Gyre Chorus',
    'Computer Modern': 'CMU|Latin Modern',
    'Roboto': 'Roboto',
    'Gentium': 'Gentium',
    'Charis': 'Charis|Doulos',
    'Libertine': 'Linux ',
    'PT': 'PT ',
    'Pixels': 'Px |Glass TTY|Proggy',
    'M PLUS': 'M ?PLUS|Mplus|VL ',
    'Routed': 'Routed',
    'Tiresias': 'Tiresias',
    'Carlito': 'Carlito|Lato',
    'Yrsa': 'Yrsa|Rasa',
}
# What most documents are printed in is always learned from.
common = ('Times', 'Helvetica', 'Courier', 'DejaVu')
# No text, capitals in place of small letters, or hardly to be read.
unfit = 'Symbol|Math|Emoji|Dingbat|D050000L|Keyboard|Caps|Smallcaps|Titling|Style Std|Script Std|Bebas|Variable|Noto(?! Sans$| Serif$| Mono$| Sans Mono$| Sans Display$| Serif Display$)'


@functools.lru_cache(None)
def design(family):
    plain = re.sub(' (ADF|Std|No2|No3|Condensed|Semi-Condensed|Narrow|Caption|Minus|Thin|Light|Medium|Demi|Text|Display|Mono|Code|[0-9].*|Z|V2|Series .*)\\b', '', family)
    return next((name for name, pattern in copies.items() if re.match(pattern, family)), plain)


def is_kept_for_tests(path, family):
    """A sixth of the designs that Debian brings; the 7 makes it one with serifs, without, and of typewriters."""
    return '/node_modules/' not in path and design(family) not in common and zlib.crc32(f'7{design(family)}'.encode()) % 6 == 0


class Fonts:
    """Fonts of a split, `train` or `test`."""

    def __init__(self, split):
        self.split, self.by_language, self.letters = split, {}, {}
        self.fixed = set(subprocess.run(['fc-list', ':spacing=100', '--format', '%{file}\n'], capture_output=True, text=True).stdout.split('\n'))

    def families(self, language):
        """Files by family, and the families that are common."""
        if language not in self.by_language:
            listed = subprocess.run(['fc-list', f':lang={language}', '--format', '%{file}\t%{family[0]}\n'], capture_output=True, text=True).stdout
            found = {}
            for file, family in sorted(line.split('\t') for line in listed.split('\n') if line):
                if file.lower().endswith(('.ttf', '.otf')) and not re.search(unfit, family) and is_kept_for_tests(file, family) == (self.split == 'test'):
                    found.setdefault(family, []).append(file)
            self.by_language[language] = found, [family for family in found if design(family) in common]
        return self.by_language[language]

    def has(self, path, text):
        """Fonts do not say that they have signs, nor the letters of before 1918."""
        known = self.letters.setdefault(path, {})
        unknown = [c for c in set(text) if c not in known and c != ' ']
        if unknown:
            font = ImageFont.truetype(path, 16)
            missing = bytes(font.getmask('\uffff'))
            for c in unknown:
                mask = font.getmask(c)
                known[c] = mask.getbbox() is not None and bytes(mask) != missing
        return all(known[c] for c in text if c != ' ')

    def choose(self, rng, language, text, is_fixed=False):
        """A font that has all of the text, or none. Every letter is as wide as the others if it is fixed."""
        families, often = self.families(language)
        if is_fixed:
            families = {name: files for name, files in families.items() if files[0] in self.fixed}
            often = [name for name in often if name in families]
        names = list(families)
        for _ in range(12 if names else 0):
            path = rng.choice(families[rng.choice(often if often and rng.random() < 0.3 else names)])
            if self.has(path, text):
                return path
        return None
