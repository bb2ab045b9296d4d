import { randomBytes } from 'node:crypto';
import type { Message } from '@bufbuild/protobuf';
import { isReflectMessage, reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import type { DescMessage } from '@bufbuild/protobuf';

/** Shorter strings stay in the body: the cut would cost more than it saves. */
const minLength = 4096;
const quote = 0x22;
const backslash = 0x5c;
/** Bytes of a placeholder, 24 characters of base64: a nonce that no client can guess, and a number. */
const nonceLength = 12;
const placeholderLength = nonceLength + 4;

/**
 * A JSON body without its long strings. Images are long base64 strings, and decoding them by the general JSON parser
 * takes 50 times as long as Node's own base64 decoder does.
 */
export interface Skeleton {
  /** The body with every long string replaced by a placeholder, which reads as bytes and as a string alike. */
  readonly json: string;
  /**
   * Puts the long strings back into the message that was parsed from the skeleton.
   * @param controls whether strings may hold control characters as they are, which those of JSON may not
   * @throws LongStringError
   */
  restore(schema: DescMessage, message: Message, controls: boolean): void;
  /** An error text without placeholders. */
  clean(text: string): string;
}

/** @throws TypeError where the body is not UTF-8 */
export function cutLongStrings(body: Buffer): Skeleton {
  const nonce = randomBytes(nonceLength);
  const strings: Buffer[] = [];
  const parts: Buffer[] = [];
  let kept = 0;
  for (const [start, end] of longStrings(body)) {
    const placeholder = Buffer.alloc(placeholderLength);
    nonce.copy(placeholder);
    placeholder.writeUInt32BE(strings.push(body.subarray(start, end)) - 1, nonceLength);
    parts.push(body.subarray(kept, start), Buffer.from(placeholder.toString('base64')));
    kept = end;
  }
  parts.push(body.subarray(kept));
  const stringOf = (placeholder: Buffer): Buffer | undefined =>
    placeholder.length === placeholderLength && placeholder.subarray(0, nonceLength).equals(nonce)
      ? strings[placeholder.readUInt32BE(nonceLength)]
      : undefined;
  return {
    json: utf8.decode(Buffer.concat(parts)),
    restore: (schema, message, controls) => {
      if (strings.length > 0) restoreIn(reflect(schema, message), '', stringOf, controls);
    },
    clean: (text) => text.replaceAll(nonce.toString('base64'), '…'),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Start and end of the content of every long string without escapes. Strings with escapes are left to the parser. */
function* longStrings(body: Buffer): Generator<[start: number, end: number]> {
  let nextBackslash = body.indexOf(backslash);
  for (let open = body.indexOf(quote); open !== -1; ) {
    const start = open + 1;
    let end = body.indexOf(quote, start);
    if (nextBackslash !== -1 && nextBackslash < start) nextBackslash = body.indexOf(backslash, start);
    const escaped = nextBackslash !== -1 && nextBackslash < end;
    if (escaped) end = endOfString(body, nextBackslash);
    else if (end - start >= minLength) yield [start, end];
    if (end === -1) return;
    open = body.indexOf(quote, end + 1);
  }
}

/** Where the string ends that has its first escape at `at`. */
function endOfString(body: Buffer, at: number): number {
  for (let index = at; index < body.length; index++) {
    if (body[index] === backslash) index++;
    else if (body[index] === quote) return index;
  }
  return -1;
}

type StringOf = (placeholder: Buffer) => Buffer | undefined;

/** A long string that its field cannot hold. */
export class LongStringError extends SyntaxError {
  override readonly name = 'LongStringError';

  constructor(
    /** As in `analyze_specs[0].content`. */
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

function restoreIn(message: ReflectMessage, path: string, stringOf: StringOf, controls: boolean): void {
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const restoreValue = (value: unknown, at: string): unknown => {
      if (isReflectMessage(value)) restoreIn(value, `${at}.`, stringOf, controls);
      if (value instanceof Uint8Array) {
        const text = stringOf(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
        return text === undefined ? value : decodeBase64(text, at, controls);
      }
      if (typeof value === 'string' && value.length === Math.ceil(placeholderLength / 3) * 4) {
        const text = stringOf(Buffer.from(value, 'base64'));
        return text === undefined ? value : decodeText(text, at, controls);
      }
      return value;
    };
    const at = path + field.name;
    if (field.fieldKind === 'list') {
      const list = message.get(field);
      for (const [index, value] of [...list].entries()) {
        const restored = restoreValue(value, `${at}[${index}]`);
        if (restored !== value) list.set(index, restored);
      }
    } else if (field.fieldKind === 'map') {
      const map = message.get(field);
      for (const [key, value] of map) {
        const restored = restoreValue(value, `${at}[${JSON.stringify(key)}]`);
        if (restored !== value) map.set(key, restored);
      }
    } else if (field.fieldKind === 'scalar') {
      const value = message.get(field);
      const restored = restoreValue(value, at);
      if (restored !== value) message.set(field, restored);
    } else if (field.fieldKind === 'message') {
      restoreValue(message.get(field), at);
    }
  }
}

/** Base64 in either alphabet, padded or not, with spaces or not, as the parser takes it in short strings. */
function decodeBase64(text: Buffer, field: string, controls: boolean): Buffer {
  const encoded = text.toString('latin1');
  const bytes = strictBase64(encoded) ?? strictBase64(encoded.replaceAll(controls ? /[ \t\r\n]/g : / /g, ''));
  if (bytes === undefined) throw new LongStringError(field, 'this is not base64');
  return bytes;
}

/** Node skips what is no base64, so the length of the result tells whether there was any. */
function strictBase64(text: string): Buffer | undefined {
  const length = text.length - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
  if (length % 4 === 1 || (length < text.length && text.length % 4 !== 0)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === Math.floor((length * 3) / 4) ? bytes : undefined;
}

function decodeText(text: Buffer, field: string, controls: boolean): string {
  const decoded = utf8.decode(text);
  // eslint-disable-next-line no-control-regex
  if (!controls && /[\u0000-\u001f]/.test(decoded)) throw new LongStringError(field, 'a control character is in the string');
  return decoded;
}
