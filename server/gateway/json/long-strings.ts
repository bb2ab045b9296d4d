import { randomBytes } from 'node:crypto';
import type { Message } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import { isReflectMessage, reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { scanJson } from './scan-json.js';

/** Shorter strings stay in the body: extracting them would cost more than it saves. */
const minLength = 4096;
const equals = 0x3d;
/** Bytes of a placeholder (24 characters of base64): a nonce that no client can guess, and an index. */
const nonceLength = 12;
const placeholderLength = nonceLength + 4;

/**
 * A JSON body without its long strings. Images are long base64 strings, and the general JSON parser takes 50 times as
 * long to decode them as Node's base64 decoder.
 */
export interface Skeleton {
  /** The body with every long string replaced by a placeholder that is valid both as bytes and as a string. */
  readonly json: string;
  /**
   * Decodes the long strings of the message that was parsed from the skeleton.
   * @param controls whether strings may contain unescaped control characters, which JSON forbids
   * @throws LongStringError
   */
  decode(schema: DescMessage, message: Message, controls: boolean): LongValues;
  /** An error text without placeholders. */
  clean(text: string): string;
}

/** The decoded long strings of a message, by placeholder. */
export interface LongValues {
  readonly size: number;
  /** The bytes or string behind a value, or undefined if the value is not a placeholder. */
  valueOf(value: unknown): Buffer | string | undefined;
}

/** @throws JsonLimitError, or TypeError if the body is not UTF-8 */
export function cutLongStrings(body: Buffer): Skeleton {
  const nonce = randomBytes(nonceLength);
  const strings: LongString[] = [];
  const parts: Buffer[] = [];
  let kept = 0;
  for (const { start, end, isEscaped } of scanJson(body, minLength)) {
    const placeholder = Buffer.alloc(placeholderLength);
    nonce.copy(placeholder);
    placeholder.writeUInt32BE(strings.push({ content: body.subarray(start, end), isEscaped }) - 1, nonceLength);
    parts.push(body.subarray(kept, start), Buffer.from(placeholder.toString('base64')));
    kept = end;
  }
  parts.push(body.subarray(kept));
  const placeholders = new RegExp(`${nonce.toString('base64').replaceAll('+', '\\+')}.{8}`, 'g');
  /** Index of the string behind a value, -1 if the value is not a placeholder. */
  const indexOf = (value: unknown): number => {
    const placeholder = placeholderIn(value);
    return placeholder?.subarray(0, nonceLength).equals(nonce) === true ? placeholder.readUInt32BE(nonceLength) : -1;
  };
  return {
    json: utf8.decode(Buffer.concat(parts)),
    decode(schema, message, controls) {
      const values: Array<Buffer | string> = [];
      if (strings.length > 0) {
        forEachValue(reflect(schema, message), '', (value, path) => {
          const index = indexOf(value);
          const text = strings[index];
          if (text === undefined) return;
          values[index] =
            typeof value === 'string' ? decodeText(text, path, controls) : decodeBase64(text, path, controls);
        });
      }
      return { size: strings.length, valueOf: (value) => values[indexOf(value)] };
    },
    clean: (text) => text.replaceAll(placeholders, '…'),
  };
}

/** The bytes of a value that could be a placeholder, given as bytes or as base64. */
function placeholderIn(value: unknown): Buffer | undefined {
  if (value instanceof Uint8Array && value.length === placeholderLength) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  if (typeof value !== 'string' || value.length !== Math.ceil(placeholderLength / 3) * 4) return undefined;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === placeholderLength ? bytes : undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A long string that is invalid for its field. */
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

/** Visits every scalar in a message, with its path. */
function forEachValue(message: ReflectMessage, path: string, visit: (value: unknown, path: string) => void): void {
  const visitValue = (value: unknown, at: string): void => {
    if (isReflectMessage(value)) forEachValue(value, `${at}.`, visit);
    else visit(value, at);
  };
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const at = path + field.name;
    if (field.fieldKind === 'list') {
      for (const [index, value] of [...message.get(field)].entries()) visitValue(value, `${at}[${index}]`);
    } else if (field.fieldKind === 'map') {
      for (const [key, value] of message.get(field)) visitValue(value, `${at}[${JSON.stringify(key)}]`);
    } else {
      visitValue(message.get(field), at);
    }
  }
}

/** An extracted string, as in the body. */
interface LongString {
  readonly content: Buffer;
  readonly isEscaped: boolean;
}

/** Base64 in either alphabet, with or without padding and white space, as the parser accepts it in short strings. */
function decodeBase64({ content, isEscaped }: LongString, field: string, controls: boolean): Buffer {
  // JSON allows line breaks in strings if they are escaped.
  const text = isEscaped ? Buffer.from(unescape(content, field, controls)) : content;
  const bytes = strictBase64(text) ?? strictBase64(withoutSpaces(text, controls || isEscaped));
  if (bytes === undefined) throw new LongStringError(field, 'invalid base64 string');
  return bytes;
}

function withoutSpaces(text: Buffer, controls: boolean): Buffer {
  return Buffer.from(text.toString('latin1').replaceAll(controls ? /[ \t\r\n]/g : / /g, ''), 'latin1');
}

/** Node decodes strings, not bytes. Short-lived pieces spare the garbage collector a second copy of the body. */
const pieceLength = 48 << 10;

/** Node skips invalid characters, so the length of the result reveals them. */
function strictBase64(text: Buffer): Buffer | undefined {
  const padding = text.at(-1) !== equals ? 0 : text.at(-2) === equals ? 2 : 1;
  const length = text.length - padding;
  if (length % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return undefined;
  const bytes = Buffer.allocUnsafe(Math.floor((length * 3) / 4));
  for (let at = 0; at < length; at += pieceLength) {
    const piece = text.toString('latin1', at, Math.min(at + pieceLength, length));
    const start = (at / 4) * 3;
    const written = bytes.write(piece, start, 'base64');
    if (written !== Math.floor((piece.length * 3) / 4)) return undefined;
  }
  return bytes;
}

/** Far more than any text in the contract may have. The validator checks the exact limits. */
const maxTextBytes = 1 << 20;

function decodeText({ content, isEscaped }: LongString, path: string, controls: boolean): string {
  if (content.length > maxTextBytes) throw new LongStringError(path, `exceeds ${maxTextBytes} bytes`);
  if (isEscaped) return unescape(content, path, controls);
  const decoded = utf8.decode(content);
  // eslint-disable-next-line no-control-regex
  if (!controls && /[\u0000-\u001f]/.test(decoded)) {
    throw new LongStringError(path, 'control character in string');
  }
  return decoded;
}

function escapeControls(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Unescapes the content of a double-quoted string. @throws LongStringError */
function unescape(content: Buffer, path: string, controls: boolean): string {
  const text = utf8.decode(content);
  const escaped = controls ? escapeControls(text) : text;
  const value = parsed(`"${escaped}"`);
  if (value?.isWellFormed() !== true) {
    throw new LongStringError(path, 'invalid escape sequence or control character in string');
  }
  return value;
}

function parsed(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined;
  }
}
