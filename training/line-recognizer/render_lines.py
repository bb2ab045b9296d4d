"""Renders lines: `python3 render_lines.py BUILD NAME COUNT SEED train|test [HEIGHT]` writes
BUILD/NAME.{pixels,widths,texts,languages}.

A line is gray and HEIGHT pixels high, or else as high as the recognizer reads it (line_format.py); the lines follow each other in
the file of pixels, row by row. Margins are those of a detector's crops, from a tight one to one that shows pieces of the lines
above and below, and of a line that is sent as it is.
"""
import io
import itertools
import math
import random
import re
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

import line_format
from fonts import Fonts
from line_texts import LineTexts
from technical_texts import fixed_pitch

build, name, count, seed, split = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
height = int(sys.argv[6]) if len(sys.argv) > 6 else line_format.height
rng = random.Random(seed)
noise = np.random.RandomState(seed)
texts = LineTexts(build, split, rng)
fonts = Fonts(split)


def chance(part):
    return rng.random() < part


def write(pen, parts, tracking, x, base, shade):
    """Parts of a line, each a text and its font, from `x` on."""
    for text, font in parts:
        for run in text if tracking else [text]:
            pen.text((x, base), run, font=font, fill=shade, anchor='ls')
            x += font.getlength(run) + tracking


def box_of(parts, tracking):
    """Left, top, right, bottom of the ink of parts, from where they begin on the base line."""
    boxes, x = [], 0
    for text, font in parts:
        left, top, right, bottom = font.getbbox(text, anchor='ls')
        boxes.append((x + left, top, x + right + tracking * len(text), bottom))
        x += font.getlength(text) + tracking * len(text)
    lefts, tops, rights, bottoms = zip(*boxes)
    return int(min(lefts)), min(tops), math.ceil(max(rights)), max(bottoms)


def spaced(text):
    """The same with wide gaps, as between the columns of a table or a form."""
    return re.sub(' ', lambda _: ' ' * rng.randint(3, 14) if chance(0.5) else ' ', text) if chance(0.06) else text


def margins(inside):
    """Left, above, right, below, in pixels, around ink `inside` pixels high."""
    tight = lambda: inside * rng.uniform(-0.04, 0.08)
    wide = lambda: inside * (rng.uniform(0.05, 0.36) if chance(0.85) else rng.uniform(0.3, 0.7))
    above, below = [tight() if chance(0.25) else wide() for _ in range(2)]
    left, right = [inside * (rng.uniform(-0.02, 0.06) if chance(0.3) else rng.uniform(0.05, 0.4)) for _ in range(2)]
    if chance(0.1):
        left, right = [side + inside * (rng.uniform(0, 3) if chance(0.5) else 0) for side in (left, right)]
    return left, above, right, below


def pattern_of(width, height, shade):
    """What signs and photos have behind text: spots, stripes, or two shades."""
    kind, depth = rng.random(), rng.randint(8, 50)
    if kind < 0.5:
        spots = noise.randint(-depth, depth + 1, (rng.randint(2, 6), max(2, width // rng.randint(8, 40))))
        pattern = Image.fromarray(np.clip(spots + shade, 0, 255).astype(np.uint8)).resize((width, height), Image.BICUBIC)
    elif kind < 0.75:
        row = shade + depth * np.sin(np.arange(width) / rng.uniform(1.5, 20) + rng.uniform(0, 6))
        pattern = Image.fromarray(np.tile(np.clip(row, 0, 255).astype(np.uint8), (height, 1)))
    else:
        pattern = Image.new('L', (width, height), shade)
        at = rng.randint(0, width)
        pattern.paste(max(0, min(255, shade + rng.choice([-depth, depth]))), (at, 0, width, height))
    return pattern


def draw(parts):
    """
    Parts of a line, each a text and the path of its font, on a ground with the margins of a crop, the shades of both, 0 to 255, and
    whether the ground is of one shade.
    """
    size = rng.randint(20, 46)
    # Code within a sentence is often set a little smaller.
    other_size = round(size * rng.uniform(0.85, 1.05))
    first = parts[0][1]
    parts = [(text, ImageFont.truetype(path, size if path == first else other_size)) for text, path in parts]
    font = parts[0][1]
    tracking = rng.randint(-1, 6) if chance(0.08) else 0
    box = box_of(parts, tracking)
    ascent, descent = font.getmetrics()
    width = box[2] - box[0]
    # Detectors cut around the ink, or around what the line may fill, and then add a part of the height.
    top, bottom = (box[1], box[3]) if chance(0.65) else (min(box[1], ascent // 4 - ascent), max(box[3], descent // 2))
    inside = bottom - top
    left, above, right, below = margins(inside)
    is_light = chance(0.86)
    ground = rng.randint(150, 255) if is_light else rng.randint(0, 90)
    shade = max(0, ground - rng.randint(60, 250)) if is_light else min(255, ground + rng.randint(80, 250))
    size, is_plain = (max(8, int(width + left + right)), max(8, int(inside + above + below))), chance(0.88)
    image = Image.new('L', size, ground) if is_plain else pattern_of(*size, ground)
    pen = ImageDraw.Draw(image)
    x, base = int(left) - box[0], int(above) - top
    if chance(0.03):
        # The shadow of raised letters.
        write(pen, parts, tracking, x + rng.randint(1, 3), base + rng.randint(1, 3), (ground + shade) // 2)
    write(pen, parts, tracking, x, base, shade)
    if chance(0.12):
        # The lines above and below: what of them comes into the crop.
        step = int((ascent + descent) * rng.uniform(0.95, 1.3))
        for other in rng.choice([[-step], [step], [-step, step]]):
            text = texts.word('ru-prose' if chance(0.5) else 'en-prose')[:60]
            write(pen, [(text, font)], 0, rng.randint(-200, 10), base + other, shade)
    rules(pen, size, int(above) + rng.choice([box[3] - top, -top]), shade)
    if chance(0.05):
        image = dotted(image, ground)
    return image, ground, shade, is_plain


def rules(pen, size, base, shade):
    """Rules of forms and tables: under the text at `base`, across it, and along the edges of the crop."""
    width, height = size
    if chance(0.08):
        y = base + rng.randint(0, 4)
        pen.line((0 if chance(0.5) else rng.randint(0, width), y, width, y), fill=shade, width=rng.randint(1, 3))
    if chance(0.03):
        for _ in range(rng.randint(1, 2)):
            x = rng.randint(0, width)
            pen.line((x, 0, x + rng.randint(-4, 4), height), fill=shade, width=1)
    if chance(0.05):
        thick = rng.randint(1, 3)
        edges = [(0, 1, width, 1), (0, height - 2, width, height - 2), (1, 0, 1, height), (width - 2, 0, width - 2, height)]
        for edge in rng.sample(edges, rng.randint(1, 3)):
            pen.line(edge, fill=shade, width=thick)


def dotted(image, ground):
    """The same as a matrix of dots prints it: a dot where a small picture of the text has ink."""
    step = rng.randint(3, 5)
    dots = rng.randint(13, 20) / image.height
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


def spoil(image, ground, shade, is_plain):
    """
    What scanners, cameras, printers and stamps do, as far as a person can still read it: a line keeps 16 pixels of height, blur a
    28th of it, and noise a seventh of the contrast.
    """
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
    if chance(0.15):
        is_plain = False
        pixels = pixels + np.linspace(rng.uniform(-60, 60), rng.uniform(-60, 60), pixels.shape[1])[None, :] * min(1, abs(ground - shade) / 120)
    if chance(0.4):
        pixels = pixels + noise.randn(*pixels.shape) * rng.uniform(2, max(3, min(20, abs(ground - shade) / 7)))
    elif chance(0.06):
        pixels = np.where(noise.rand(*pixels.shape) < rng.uniform(0.05, 0.2), ground, pixels)
    elif is_plain and chance(0.25):
        darkest, lightest = np.percentile(pixels, [2, 98])
        pixels = np.where(pixels > darkest + (lightest - darkest) * rng.uniform(0.38, 0.62), 255, 0)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if chance(0.3):
        file = io.BytesIO()
        image.save(file, 'JPEG', quality=rng.randint(25, 85))
        image = Image.open(io.BytesIO(file.getvalue())).convert('L')
    return image


def parts_of(text, language, is_fixed):
    """Parts of a line, each a text and the path of its font; none if there is no font for them. What stands
    between two `fixed_pitch` is set in a fixed pitch, and the rest too if it `is_fixed`."""
    chosen = [fonts.choose(rng, language, text.replace(fixed_pitch, ''), is_fixed)]
    if fixed_pitch in text:
        chosen.append(fonts.choose(rng, language, text.replace(fixed_pitch, ''), True))
    if not text or None in chosen:
        return []
    return [(part, chosen[at % 2]) for at, part in enumerate(text.split(fixed_pitch)) if part]


def lines():
    """Texts, languages and images, for ever."""
    while True:
        text, language, is_old, is_long, is_fixed = texts.draw()
        if len(text) == 1 and text.isalpha():
            # Alone it says neither its script nor whether it is small.
            continue
        parts = parts_of(spaced(text), {'no': 'nb'}.get(language, language), is_fixed)
        if not parts:
            continue
        text = text.replace(fixed_pitch, '')
        image = spoil(*draw(parts))
        aspect = image.width / image.height * rng.uniform(0.92, 1.08)
        width = aspect * line_format.height
        # Letters need a timestep, and two equal ones another between them.
        if 8 <= width <= (line_format.widest if is_long else line_format.usually_widest) and width / line_format.step_width >= 1.15 * len(text):
            yield text, 'old' if is_old else language, image.resize((round(aspect * height), height), Image.BILINEAR)


languages = []
# The texts are flushed last: as many lines as they have are complete, and can be learned from while others are rendered.
with open(f'{build}/{name}.pixels', 'wb') as pixels, open(f'{build}/{name}.widths', 'wb') as widths, open(f'{build}/{name}.texts', 'w', encoding='utf-8') as written:
    for text, language, line in itertools.islice(lines(), count):
        pixels.write(line.tobytes())
        widths.write(np.int32(line.width).tobytes())
        written.write(text + '\n')
        languages.append(language)
        if len(languages) % 2000 == 0:
            for file in (pixels, widths, written):
                file.flush()
            print(f'{name}: {len(languages)} of {count} lines', flush=True)
# Its presence says that the set is complete.
with open(f'{build}/{name}.languages', 'w', encoding='utf-8') as file:
    file.write('\n'.join(languages))
