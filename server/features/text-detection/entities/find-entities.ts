import { findPhones } from './find-phones.js';
import type { Span } from './span.js';

export type EntityName = 'phone' | 'email' | 'url';

/** An entity in a line of text, which a program can act on. */
export interface FoundEntity extends Span {
  readonly name: EntityName;
}

const hostLabel = String.raw`[\p{L}\d](?:[\p{L}\d-]*[\p{L}\d])?`;
const email = new RegExp(
  String.raw`(?<![\p{L}\d._%+-])[\p{L}\d][\p{L}\d._%+-]{0,63}@(?:${hostLabel}\.)+\p{L}{2,24}(?![\p{L}\d])`,
  'gu',
);
/** A host without a scheme or `www.` needs one of these top-level domains: "e.g.this" and "main.py" are no URLs. */
const topLevelDomains =
  'com|org|net|edu|gov|info|biz|io|eu|ru|su|by|kz|ua|uz|am|ge|de|fr|it|es|pl|uk|us|ca|au|nl|cz|tr|jp|cn|in|br|my|sg|fi|se|no|рф|рус|бел|укр';
const host = String.raw`(?:${hostLabel}\.)+`;
const rest = String.raw`(?:[:/?#][^\s,;]*)?`;
const url = new RegExp(
  String.raw`(?<![\p{L}\d@._-])(?:https?:\/\/${host}\p{L}{2,24}${rest}|(?:\/\/)?www\.${host}\p{L}{2,24}(?![\p{L}\d@])${rest})`,
  'giu',
);
// Not the domain of an e-mail address that was split. The top-level domain must be in lower case: print often has no space
// after a period, but hardly ever a lower-case letter there.
const bareUrl = new RegExp(
  String.raw`(?<![\p{L}\d@._-]|@\S* )${host}(?:${topLevelDomains})(?![\p{L}\d@-]|\.\p{L})${rest}`,
  'gu',
);

/** Finds e-mail addresses, URLs and telephone numbers in a line, from left to right and without overlaps. */
export function findEntities(text: string): FoundEntity[] {
  const entities: FoundEntity[] = [];
  const add = (name: EntityName, spans: Iterable<Span>): void => {
    for (const span of spans) {
      if (entities.every(({ start, end }) => span.end <= start || span.start >= end)) entities.push({ name, ...span });
    }
  };
  add('email', matches(email, text));
  add('url', matches(url, text));
  add('url', matches(bareUrl, text));
  add('phone', findPhones(text));
  return entities.toSorted((a, b) => a.start - b.start);
}

function* matches(pattern: RegExp, text: string): Generator<Span> {
  for (const { index, 0: match } of text.matchAll(pattern)) {
    yield { start: index, end: index + match.replace(/[.!?:)\]»"']+$/u, '').length };
  }
}
