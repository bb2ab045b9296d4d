// A testee for protobuf's conformance suite: the gateway's own way from JSON to a message and back. scripts/conformance.mjs
// runs it. Requests and responses come over stdin and stdout, each behind its length.
import { readFileSync, readSync, writeSync } from 'node:fs';
import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  type DescMessage,
  type FileRegistry,
  type Message,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { printMessage } from '../server/contract/print-message.js';
import { messageOf } from '../server/errors/message-of.js';
import { parseMessage, toRequestMessage } from '../server/gateway/json/transcode.js';

const [descriptorFile = ''] = process.argv.slice(2);
const registry: FileRegistry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptorFile)));
const requestType = descriptor('conformance.ConformanceRequest');
const responseType = descriptor('conformance.ConformanceResponse');
/** Numbers of conformance.WireFormat and conformance.TestCategory. */
const protobufFormat = 1;
const jsonFormat = 2;
const ignoringUnknown = 3;

for (;;) {
  const length = read(4);
  if (length === undefined) break;
  const request = read(length.readUInt32LE(0));
  if (request === undefined) break;
  const response = toBinary(responseType, answer(fromBinary(requestType, request)));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(response.length, 0);
  writeAll(Buffer.concat([head, response]));
}

function answer(request: Message): Message {
  const { payload, requestedOutputFormat, messageType, testCategory }: Record<string, unknown> = { ...request };
  const input: unknown = Reflect.get(Object(payload), 'value');
  const kind: unknown = Reflect.get(Object(payload), 'case');
  if (messageType === 'conformance.FailureSet') return result('protobufPayload', Buffer.alloc(0));
  const outputs = [protobufFormat, jsonFormat];
  if (typeof requestedOutputFormat !== 'number' || !outputs.includes(requestedOutputFormat)) {
    return result('skipped', 'only protobuf and JSON are spoken here');
  }
  if (testCategory === ignoringUnknown) return result('skipped', 'unknown fields are errors here, on purpose');
  const schema = descriptor(String(messageType));
  let message: Message;
  try {
    if (kind === 'jsonPayload') {
      // As the gateway does: through the binary form, with long strings apart.
      const parsed = parseMessage(schema, Buffer.from(String(input)), 'strict', registry);
      message = fromBinary(schema, toRequestMessage(schema, parsed).binary());
    } else if (kind === 'protobufPayload' && input instanceof Uint8Array) message = fromBinary(schema, input);
    else return result('skipped', 'only protobuf and JSON are spoken here');
  } catch (error) {
    return result('parseError', messageOf(error));
  }
  try {
    return requestedOutputFormat === protobufFormat
      ? result('protobufPayload', toBinary(schema, message))
      : result('jsonPayload', printMessage(schema, message, registry));
  } catch (error) {
    return result('serializeError', messageOf(error));
  }
}

function result(kind: string, value: string | Uint8Array): Message {
  const response: Message = create(responseType);
  Reflect.set(response, 'result', { case: kind, value });
  return response;
}

function descriptor(name: string): DescMessage {
  const found = registry.getMessage(name);
  if (found === undefined) throw new Error(`There is no message ${name}`);
  return found;
}

/** So many bytes of stdin, or undefined at its end. */
function read(length: number): Buffer | undefined {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    let count = 0;
    try {
      count = readSync(0, bytes, at, length - at, null);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') continue;
      throw error;
    }
    if (count === 0) return undefined;
    at += count;
  }
  return bytes;
}

function writeAll(bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}
