/** How numbers, sizes and times are written in a language. */
export interface Format {
  /** 0.934 as `93 %` or `93%`. */
  readonly percent: (share: number) => string;
  readonly count: (value: number) => string;
  readonly seconds: (milliseconds: number) => string;
  readonly bytes: (value: number) => string;
  readonly date: (value: Date) => string;
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

export function createFormat(language: string): Format {
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const count = new Intl.NumberFormat(language);
  const seconds = new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'second',
    unitDisplay: 'narrow',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const bytes = units.map(
    (unit) =>
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumSignificantDigits: 3 }),
  );
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    // What is not certain must not look so.
    percent: (share) => percent.format(share < 1 ? Math.min(share, 0.99) : 1),
    count: (value) => count.format(value),
    seconds: (milliseconds) => seconds.format(milliseconds / 1000),
    bytes(value) {
      const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
      return bytes[power]?.format(value / 1000 ** power) ?? '';
    },
    date: (value) => date.format(value),
  };
}
