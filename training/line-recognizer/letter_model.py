"""Counts which letters follow which: `python3 letter_model.py BUILD OUT` reads BUILD/text/*.train.txt, draws lines as they are
rendered for training, and writes a letter model.

The model is one of words: an interpolated n-gram of small letters and the ends of words, smoothed by Witten and Bell (Chen and
Goodman 1999, 2.7): P(c|h) = (count(hc) + T(h) P(c|h')) / (count(h) + T(h)), where T(h) letters follow the history h and h' is h
without its first letter. A file of little endians: N grams, as uint32; N hashes of grams, sorted, uint32 (FNV-1a of UTF-16);
N probabilities of the last letter of a gram after the others, uint8, in -1/16 of the natural logarithm; N weights
T(h) / (count(h) + T(h)) of a gram as a history, in the same unit.
"""
import collections
import glob
import math
import random
import re
import sys

import numpy as np

from line_texts import LineTexts

build, out = sys.argv[1:3]
order = 5
# Rare grams are left out, by their length.
least = {4: 3, 5: 5}
# Lines that are drawn: of other languages too, and with the words of receipts.
drawn = 100_000
# Words of a dictionary that are counted, for languages that are asked for less than Russian and English; more of them blur those.
few_words = 8000
# An English word has fewer forms than a Russian one, and each is read more often.
times_english = 4
rng = random.Random(1)


def words_of(text):
    return re.findall(r'[^\W\d_]+', text.lower())


counts = [collections.Counter() for _ in range(order + 1)]
words = collections.Counter()
for path in sorted(glob.glob(f'{build}/text/*.train.txt')):
    language = path.rsplit('/', 1)[1].split('.')[0].split('-')[0]
    found = words_of(open(path, encoding='utf-8').read())
    if language not in ('ru', 'en'):
        found = rng.sample(found, min(len(found), few_words))
    for word, times in collections.Counter(found).items():
        words[word] += times * (times_english if language == 'en' else 1)
texts = LineTexts(build, 'train', rng)
for _ in range(drawn):
    words.update(words_of(texts.draw()[0]))
for word, times in words.items():
    text = f' {word} '
    for end in range(2, len(text) + 1):
        for length in range(1, min(order, end) + 1):
            counts[length][text[end - length : end]] += times

follow, total = collections.Counter(), collections.Counter()
for length, minimum in least.items():
    counts[length] = {gram: count for gram, count in counts[length].items() if count >= minimum and (length == 4 or gram[:-1] in counts[4])}
for length in range(1, order + 1):
    for gram, count in counts[length].items():
        follow[gram[:-1]] += 1
        total[gram[:-1]] += count


def probability(gram):
    """Of its last letter after the others."""
    history = gram[:-1]
    shorter = probability(gram[1:]) if history else 1 / len(counts[1])
    if not total[history]:
        return shorter
    return (counts[len(gram)].get(gram, 0) + follow[history] * shorter) / (total[history] + follow[history])


def hash_of(gram):
    value = 2166136261
    units = gram.encode('utf-16-le')
    for at in range(0, len(units), 2):
        value = (value ^ (units[at] | units[at + 1] << 8)) * 16777619 & 0xFFFFFFFF
    return value


def quantized(p):
    return min(255, round(-16 * math.log(p)))


grams = {}
for length in range(1, order + 1):
    for gram in counts[length]:
        weight = follow[gram] / (total[gram] + follow[gram]) if total[gram] else 1
        grams.setdefault(hash_of(gram), (quantized(probability(gram)), quantized(weight)))
hashes = sorted(grams)
with open(out, 'wb') as file:
    file.write(np.array([len(hashes)] + hashes, '<u4').tobytes())
    for part in range(2):
        file.write(np.array([grams[one][part] for one in hashes], np.uint8).tobytes())
print(f'{len(hashes)} grams of {[len(c) for c in counts[1:]]}')
