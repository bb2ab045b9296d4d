import { findPhones } from './find-phones.js';
import type { Span } from './span.js';

export type EntityName = 'phone' | 'email' | 'url';

/** Something in a line of text that a program can act on. */
export interface FoundEntity extends Span {
  readonly name: EntityName;
}

const label = String.raw`[\p{L}\d](?:[\p{L}\d-]*[\p{L}\d])?`;
const email = new RegExp(
  String.raw`(?<![\p{L}\d._%+-])[\p{L}\d][\p{L}\d._%+-]{0,63}@(?:${label}\.)+\p{L}{2,24}(?![\p{L}\d])`,
  'gu',
);
/** Beside the scheme or `www.`, a name counts as an address only with one of these ends: "e.g.this" and "main.py" do not. */
const topLevel =
  'com|org|net|edu|gov|info|biz|io|eu|ru|su|by|kz|ua|uz|am|ge|de|fr|it|es|pl|uk|us|ca|au|nl|cz|tr|jp|cn|in|br|my|sg|fi|se|no|рф|рус|бел|укр';
const host = String.raw`(?:${label}\.)+`;
const rest = String.raw`(?:[:/?#][^\s,;]*)?`;
const url = new RegExp(
  String.raw`(?<![\p{L}\d@._-])(?:https?:\/\/${host}\p{L}{2,24}${rest}|(?:\/\/)?www\.${host}\p{L}{2,24}(?![\p{L}\d@])${rest})`,
  'giu',
);
// The end of an address of mail that was torn apart is none. Its end in lower case: a full stop without a space behind it is common in print, with a small letter after it rare.
const bareUrl = new RegExp(
  String.raw`(?<![\p{L}\d@._-]|@\S* )${host}(?:${topLevel})(?![\p{L}\d@-]|\.\p{L})${rest}`,
  'gu',
);

/** Finds addresses and telephone numbers in a line, from left to right. None overlaps another. */
export function findEntities(text: string): FoundEntity[] {
  const found: FoundEntity[] = [];
  const add = (name: EntityName, spans: Iterable<Span>): void => {
    for (const span of spans) {
      if (found.every(({ start, end }) => span.end <= start || span.start >= end)) found.push({ name, ...span });
    }
  };
  add('email', matches(email, text));
  add('url', matches(url, text));
  add('url', matches(bareUrl, text));
  add('phone', findPhones(text));
  return found.toSorted((a, b) => a.start - b.start);
}

function* matches(pattern: RegExp, text: string): Generator<Span> {
  for (const { index, 0: match } of text.matchAll(pattern)) {
    yield { start: index, end: index + match.replace(/[.!?:)\]»"']+$/u, '').length };
  }
}
