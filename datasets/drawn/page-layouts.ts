import type { Placed } from '../../server/features/text-detection/layout/placed.js';

/** A drawn page: its lines in the order in which a person reads them. */
export interface PageLayout {
  readonly name: string;
  readonly lines: readonly Placed[];
}

const height = 20;
const pitch = 30;
const characterWidth = 10;

function line(text: string, left: number, top: number, size = height): Placed {
  return {
    text,
    bounds: { left, top, right: left + (text.length * characterWidth * size) / height, bottom: top + size },
  };
}

function prose(name: string, count: number, left: number, top: number, length = 34): Placed[] {
  return Array.from({ length: count }, (_, index) => {
    const isLast = index === count - 1;
    return line(
      `${name}${index} ${'words '.repeat(9)}`.slice(0, isLast ? Math.ceil(length / 2) : length),
      left,
      top + index * pitch,
    );
  });
}

/** Cells by rows; every column begins at its x. */
function table(rows: readonly (readonly string[])[], columns: readonly number[], top: number): Placed[] {
  return rows.flatMap((cells, row) =>
    cells.flatMap((text, column) => (text === '' ? [] : [line(text, columns[column]!, top + row * pitch)])),
  );
}

const fields = [
  ['Name:', 'Betty Jones'],
  ['Date:', '12.08.2013'],
  ['Fax:', '466-5087'],
  ['Pages:', '3'],
];
const goods = [
  ['Elegant bag', '1', '80.91'],
  ['Long scarf with stripes', '2', '12.00'],
  ['Hat', '1', '8.50'],
  ['Total', '', '113.41'],
];

/** Pages of many kinds, all drawn here. */
export const pageLayouts: readonly PageLayout[] = [
  { name: 'one paragraph', lines: prose('a', 6, 50, 50) },
  { name: 'two paragraphs', lines: [...prose('a', 4, 50, 50), ...prose('b', 4, 50, 210)] },
  { name: 'a heading and text', lines: [line('Heading', 50, 20, 40), ...prose('a', 5, 50, 90)] },
  { name: 'two columns with a common grid', lines: [...prose('a', 8, 50, 50), ...prose('b', 8, 430, 50)] },
  { name: 'two columns off the grid', lines: [...prose('a', 8, 50, 50), ...prose('b', 8, 430, 63)] },
  { name: 'three columns', lines: ['a', 'b', 'c'].flatMap((name, index) => prose(name, 7, 50 + index * 270, 50, 24)) },
  { name: 'columns of different length', lines: [...prose('a', 9, 50, 50), ...prose('b', 4, 430, 50)] },
  {
    name: 'a heading over two columns',
    lines: [
      line('A heading over both of the columns here', 50, 10, 32),
      ...prose('a', 6, 50, 70),
      ...prose('b', 6, 430, 70),
    ],
  },
  {
    name: 'columns between headings',
    lines: [
      line('First heading of the page over the columns', 50, 10, 32),
      ...prose('a', 4, 50, 70),
      ...prose('b', 4, 430, 70),
      line('Second heading of the page over the columns', 50, 220, 32),
      ...prose('c', 4, 50, 280),
      ...prose('d', 4, 430, 280),
    ],
  },
  {
    name: 'columns above a footer',
    lines: [
      ...prose('a', 6, 50, 50),
      ...prose('b', 6, 430, 50),
      line('Footer over the whole width of the page, in small print and longer', 50, 290),
    ],
  },
  {
    name: 'paragraphs in two columns',
    lines: [...prose('a', 4, 50, 50), ...prose('b', 4, 50, 200), ...prose('c', 5, 430, 50), ...prose('d', 3, 430, 230)],
  },
  { name: 'a table', lines: table(goods, [50, 400, 500], 50) },
  {
    name: 'a table with a heading',
    lines: [line('Invoice', 50, 10, 36), ...table([['Item', 'Count', 'Price'], ...goods], [50, 400, 500], 70)],
  },
  {
    name: 'a receipt',
    lines: [
      ...['Shop of all goods', '12 Market Road', 'Tel 07-3523888'].map((text, row) =>
        line(text, 160, 20 + row * pitch),
      ),
      ...table(goods, [50, 400, 500], 140),
    ],
  },
  { name: 'a form', lines: table(fields, [50, 200], 50) },
  {
    name: 'a form in two columns',
    lines: table(
      fields.map((field, index) => [...field, ...fields[3 - index]!]),
      [50, 160, 400, 520],
      50,
    ),
  },
  { name: 'a form over text', lines: [...table(fields, [50, 200], 50), ...prose('a', 5, 50, 230)] },
  { name: 'text over a table', lines: [...prose('a', 5, 50, 20), ...table(goods, [50, 400, 500], 220)] },
  {
    name: 'a table over columns',
    lines: [...table(goods, [50, 430, 600], 20), ...prose('a', 5, 50, 200), ...prose('b', 5, 430, 200)],
  },
  {
    name: 'a picture with its caption beside text',
    lines: [...prose('a', 8, 50, 50), line('Figure 1: a house', 450, 190)].toSorted(
      (x, y) => x.bounds.left - y.bounds.left,
    ),
  },
  {
    name: 'two addresses over a letter',
    lines: [
      ...['Acme Trading Limited', 'Market Road twelve', 'London, the North'].map((text, row) =>
        line(text, 50, 20 + row * pitch),
      ),
      ...['Betty Montgomery', 'Green Street nine', 'Dublin, the South'].map((text, row) =>
        line(text, 500, 20 + row * pitch),
      ),
      ...prose('a', 5, 50, 180, 60),
    ],
  },
  { name: 'a page number below text', lines: [...prose('a', 6, 50, 50), line('17', 200, 320)] },
  {
    name: 'a list',
    lines: table(
      [
        ['1.', 'Read the manual'],
        ['2.', 'Start the server'],
        ['3.', 'Ask it something'],
      ],
      [50, 80],
      50,
    ),
  },
  {
    name: 'a table of contents',
    lines: table(
      [
        ['Introduction', '1'],
        ['How it is built', '12'],
        ['What it costs', '30'],
      ],
      [50, 600],
      50,
    ),
  },
];
