const hidden = '[redacted]';
/** Names of fields with credentials, however deep they are nested. */
const secretNames =
  /authorization|token|api[-_]?key|private[-_]?key|passw(?:or)?d|passphrase|secret|cookie|credential/i;
/** Credentials in texts: after a scheme of the Authorization header, API keys of `visiond keys`, and JWTs. */
const secretTexts = /(?<=\b(?:bearer|basic|api-key)\s+)[\w.~+/=-]+|\bvd_[\da-f]+_[\w-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*/gi;
const maxDepth = 8;

/** A copy of what is to be logged, without credentials, and with the stacks of errors as texts. */
export function redact(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isSecret(name, value) ? hidden : redactValue(value, depth)]),
  );
}

export function redactText(text: string): string {
  return text.replaceAll(secretTexts, hidden);
}

function isSecret(name: string, value: unknown): boolean {
  return value !== undefined && value !== null && secretNames.test(name);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return redactText(value.stack ?? value.message);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth === maxDepth || ArrayBuffer.isView(value)) return '[object]';
  if (Array.isArray(value)) return value.map((each: unknown) => redactValue(each, depth + 1));
  return redact({ ...value }, depth + 1);
}
