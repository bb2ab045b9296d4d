import { mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { drawnDocuments, type DrawnDocument } from '../datasets/drawn/draw-documents.js';
import { repositoryRoot } from '../server/paths.js';

const folder = join(repositoryRoot, 'node_modules/.cache/visiond-fixtures');

export const englishLines = [
  'The quick brown fox jumps over the lazy dog',
  'Invoice number 4711 of 24 November 2026',
  'Please pay 1,284.50 EUR within 14 days',
  'Questions? Write to office@example.org',
];
export const russianLines = [
  'Съешь ещё этих мягких французских булок',
  'Договор поставки от 24 ноября 2026 года',
  'Итого к оплате 18 450 рублей 00 копеек',
  'Подпись покупателя и дата получения',
];
export const mixedLines = [
  'Установите Windows и откройте браузер',
  'Choose a language and press Continue',
  'Программа Photoshop стоит дорого',
  'Your order has been shipped today',
];
export const contactLines = [
  'Звоните +7 (495) 984-4100, до 18:00',
  'Счёт 4711 от 24.11.2026 на 18 450,00',
  'Пишите на mail@fluid-line.ru сегодня',
  'Подробности www.fluid-line.ru/price',
];
/** As they are read, from right to left. */
export const hebrewLines = ['שלום לכולם וברוכים הבאים', 'הספר נמצא על השולחן', 'מחר נלך לטייל בעיר העתיקה'];
export const armenianLines = ['Բարի գալուստ մեր տուն', 'Գիրքը սեղանի վրա է', 'Վաղը մենք կգնանք քաղաք'];
/** The faces of `faces.png`, the largest first. */
export const faces = [
  { x: 420, y: 200, size: 1.3 },
  { x: 160, y: 170, size: 1 },
  { x: 565, y: 120, size: 0.45 },
];
export const russianLine = 'Быстрая коричневая лиса прыгает';
export const signText = 'Заказ';
export const englishLine = 'Only one line of text here';

/** Every drawn document as it is, turned a little, and as someone might photograph it. */
export const documentWays: Readonly<Record<string, (image: Sharp) => Sharp>> = {
  'as it is': (image) => image.png(),
  'turned a little': (image) => image.rotate(2, { background: 'white' }).png(),
  photographed: (image) => image.blur(0.7).linear(0.7, 40).jpeg({ quality: 60 }),
};

/** Fixtures by name. All are drawn by our own code. */
const fixtures: Record<string, (draw: typeof import('../datasets/drawn/draw-text.js')) => Promise<Sharp>> = {
  'english.png': async (draw) => page(draw, englishLines).png(),
  'russian.png': async (draw) => page(draw, russianLines).png(),
  'russian-photo.jpg': async (draw) =>
    page(draw, russianLines)
      .rotate(3, { background: '#e8e4da' })
      .blur(0.7)
      .modulate({ brightness: 0.9 })
      .jpeg({ quality: 60 }),
  'mixed.jpg': async (draw) => page(draw, mixedLines).jpeg({ quality: 90 }),
  'upside-down.png': async (draw) => page(draw, englishLines).rotate(180).png(),
  'sign.png': async (draw) => sign(draw).png(),
  'upside-down-sign.png': async (draw) => sign(draw).rotate(180).png(),
  'quarter-turn.png': async (draw) => page(draw, englishLines).rotate(90).png(),
  'tilted.png': async (draw) => page(draw, englishLines).rotate(52, { background: 'white' }).png(),
  'tilted-upside-down.png': async (draw) => page(draw, englishLines).rotate(225, { background: 'white' }).png(),
  'inverse.png': async (draw) => page(draw, englishLines).negate().png(),
  'contacts.png': async (draw) => page(draw, contactLines).png(),
  // Letters are drawn from left to right.
  'hebrew.png': async (draw) =>
    page(
      draw,
      hebrewLines.map((text) => Array.from(text).toReversed().join('')),
    ).png(),
  'armenian.png': async (draw) => page(draw, armenianLines).png(),
  'armenian-upside-down.png': async (draw) => page(draw, armenianLines).rotate(180).png(),
  'line-russian.png': async (draw) => line(draw, russianLine).png(),
  'line-english.png': async (draw) => line(draw, englishLine).png(),
  'faces.png': async () => (await import('../datasets/drawn/draw-faces.js')).drawFaces(640, 480, faces).png(),
  'empty.png': async ({ drawTexts }) => drawTexts(320, 240, []).png(),
  'exif-6.jpg': async (draw) =>
    page(draw, englishLines).rotate(-90).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }),
  'transparent.png': async ({ drawTexts }) => drawTexts(64, 64, []).ensureAlpha(0).png(),
  'gray-16-bit.png': async (draw) => page(draw, englishLines).toColorspace('grey16').png(),
  'cmyk.jpg': async (draw) => page(draw, englishLines).toColorspace('cmyk').jpeg(),
  'progressive.jpg': async (draw) => page(draw, englishLines).jpeg({ quality: 80, progressive: true }),
  'black.png': async ({ drawShapes }) => drawShapes(80, 50, '<rect width="80" height="50"/>').png(),
  'stop-sign.jpg': async ({ drawShapes, outline }) => drawShapes(640, 480, stopSign(outline)).jpeg(),
  'large.jpg': async ({ drawTexts, stacked }) => {
    const lines = Array.from(
      { length: 60 },
      (_, index) => `${index + 1}. ${englishLines[index % englishLines.length]}`,
    );
    return drawTexts(4000, 4900, stacked(lines, 44)).jpeg({ quality: 85 });
  },
  'plates.png': async ({ drawTexts }) =>
    drawTexts(900, 500, [
      { text: 'А123ВС', x: 80, y: 150, size: 70 },
      { text: '777', x: 375, y: 135, size: 50 },
      { text: 'К 456 МН 99', x: 80, y: 330, size: 60 },
      { text: 'Продаётся', x: 560, y: 450, size: 40 },
    ]).png(),
  ...documentFixtures(),
  'too-large.png': async ({ drawTexts }) => drawTexts(5001, 4000, []).png({ compressionLevel: 9 }),
};

/** Bytes of a fixture. */
export function fixture(name: string): Buffer<ArrayBuffer> {
  const file = readFileSync(fixturePath(name));
  return Buffer.from(file);
}

export function fixturePath(name: string): string {
  return join(folder, name);
}

/** Draws all fixtures. Runs before the tests, in a process of its own. */
export async function drawFixtures(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const draw = await import('../datasets/drawn/draw-text.js');
  await Promise.all(
    Object.entries(fixtures).map(async ([name, make]) =>
      writeFile(join(folder, name), await (await make(draw)).toBuffer()),
    ),
  );
}

export function documentFixture(document: DrawnDocument, way: string): string {
  return `${document.model}, ${document.name}, ${way}`;
}

function documentFixtures(): typeof fixtures {
  return Object.fromEntries(
    drawnDocuments.flatMap((document) =>
      Object.entries(documentWays).map(([way, change]): [string, (typeof fixtures)[string]] => [
        documentFixture(document, way),
        async ({ drawTexts }) => change(drawTexts(document.width, document.height, document.texts)),
      ]),
    ),
  );
}

function page(
  { drawTexts, stacked }: typeof import('../datasets/drawn/draw-text.js'),
  lines: readonly string[],
): Sharp {
  return drawTexts(900, 60 + lines.length * 58, stacked(lines, 32));
}

function line({ drawTexts }: typeof import('../datasets/drawn/draw-text.js'), text: string): Sharp {
  return drawTexts(760, 60, [{ text, x: 12, y: 43, size: 36 }]);
}

/** A word out of focus, far from straight: by its looks alone it might be upside down. */
function sign({ drawTexts }: typeof import('../datasets/drawn/draw-text.js')): Sharp {
  return drawTexts(600, 400, [{ text: signText, x: 150, y: 200, size: 60, angle: -14 }])
    .blur(3.5)
    .linear(0.3, 120);
}

/** A stop sign on its post, between sky and grass. */
function stopSign(outline: typeof import('../datasets/drawn/draw-text.js').outline): string {
  const corners = Array.from({ length: 8 }, (_, corner) => {
    const angle = ((2 * corner + 1) * Math.PI) / 8;
    return `${320 + 120 * Math.cos(angle)},${180 + 120 * Math.sin(angle)}`;
  }).join(' ');
  return `<rect width="640" height="360" fill="#9cc4ea"/><rect y="360" width="640" height="120" fill="#5a8a3c"/>
    <rect x="312" y="180" width="16" height="280" fill="#777"/>
    <polygon points="${corners}" fill="#c1121f" stroke="white" stroke-width="8"/>
    <path fill="white" d="${outline({ text: 'STOP', x: 226, y: 205, size: 74 })}"/>`;
}
