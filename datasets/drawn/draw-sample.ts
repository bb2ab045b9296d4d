// node dist/datasets/drawn/draw-sample.js draws examples/sample.png: the image of the self-test and of the first request in the README.
import { drawTexts } from './draw-text.js';

const left = 60;
const right = 560;
const rows: ReadonlyArray<readonly [name: string, price: string]> = [
  ['Coffee beans, 1 kg', '12.50'],
  ['Milk, 2 bottles', '3.10'],
  ['Хлеб ржаной', '1.85'],
];

await drawTexts(760, 480, [
  { text: 'INVOICE No. 2026-014', x: left, y: 90, size: 38 },
  { text: 'Счёт для кафе «Восход»', x: left, y: 140, size: 26 },
  ...rows.flatMap(([name, price], index) => [
    { text: name, x: left, y: 210 + index * 44, size: 26 },
    { text: price, x: right, y: 210 + index * 44, size: 26 },
  ]),
  { text: 'TOTAL', x: left, y: 366, size: 30 },
  { text: '17.45', x: right, y: 366, size: 30 },
  { text: 'Спасибо за покупку!', x: left, y: 430, size: 26 },
])
  .png({ compressionLevel: 9, palette: true, colors: 16 })
  .toFile('examples/sample.png');
