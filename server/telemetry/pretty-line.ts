import { styleText } from 'node:util';

const colors = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' } as const;
/** What a terminal would obey. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/**
 * A line of the log for people, from its JSON: `2026-01-31T12:00:00.000Z INFO  call method=/a.B/C code=0`. Stacks follow
 * on lines of their own. pino-pretty would do this with fourteen more packages.
 */
export function prettyLine(json: string, inColor: boolean): string {
  const fields: Record<string, unknown> = JSON.parse(json);
  const { time, level, message, ...rest } = fields;
  const words = [String(time), levelWord(String(level), inColor), printable(String(message))];
  const blocks: string[] = [];
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === 'string' && value.includes('\n')) {
      blocks.push(`\n    ${name}: ${printable(value).replaceAll('\n', '\n    ')}`);
    } else {
      words.push(`${name}=${word(value)}`);
    }
  }
  return `${words.join(' ')}${blocks.join('')}\n`;
}

function levelWord(level: string, inColor: boolean): string {
  const text = level.toUpperCase().padEnd(5);
  const color = Object.entries(colors).find(([name]) => name === level)?.[1];
  return inColor && color !== undefined ? styleText(color, text, { validateStream: false }) : text;
}

/** A value without spaces as it is, another one in quotes. */
function word(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@{}*+-]+$/.test(value) ? value : JSON.stringify(value);
}

function printable(text: string): string {
  return text.replaceAll(controls, (control) => JSON.stringify(control).slice(1, -1));
}
