import { getOption, hasOption, type DescMethod } from '@bufbuild/protobuf';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { Status } from '../../gen/google/rpc/status.js';
import { messageDescriptor, optionDescriptor, registry } from '../descriptors.js';
import { VisionError } from '../errors.js';
import type { BoundMethod } from '../pipeline/call.js';
import { toRequestStatus } from '../status.js';
import type { Log } from '../telemetry/log.js';
import { httpStatus } from './http-status.js';
import { binaryToJson, jsonToBinary } from './transcode.js';

export interface GatewayOptions {
  /** Largest body in bytes, after it is unpacked. */
  readonly maxBodyBytes: number;
  readonly log: Log;
}

const httpRule = optionDescriptor('google.api.http');
const statusDescriptor = messageDescriptor('google.rpc.Status');

/** The REST side: every method with a google.api.http rule, transcoded to the handler that gRPC calls. */
export function createGateway(methods: readonly BoundMethod[], { maxBodyBytes }: GatewayOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const readBody = express.raw({ type: () => true, limit: maxBodyBytes });
  for (const bound of methods) {
    const descriptor = methodDescriptor(bound.path);
    const { path } = postRule(descriptor);
    app.post(path, readBody, transcoded(bound, descriptor));
    app.all(path, (request) => {
      throw VisionError.of('WRONG_VERB', { path, verb: request.method, allowed: 'POST' });
    });
  }
  return app;
}

/** What stands behind all routes: the answer to unknown paths, and errors as google.rpc.Status. */
export function addErrorHandlers(app: Express, { maxBodyBytes, log }: GatewayOptions): void {
  app.use((request) => {
    throw VisionError.of('UNKNOWN_PATH', { path: request.path });
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    const known = bodyError(error, maxBodyBytes);
    const requestId = crypto.randomUUID();
    if (!(known instanceof VisionError)) log.error('request failed', { requestId, error: known });
    sendStatus(response, requestId, toRequestStatus(known, requestId));
  };
  app.use(onError);
}

function transcoded(method: BoundMethod, { input, output }: DescMethod) {
  return async (request: Request, response: Response): Promise<void> => {
    const disconnect = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) disconnect.abort();
    });
    const incoming = { transport: 'rest', disconnected: disconnect.signal, deadline: undefined } as const;
    const body: unknown = request.body;
    const outcome = await method.call(incoming, () => jsonToBinary(input, Buffer.isBuffer(body) ? body : Buffer.alloc(0)));
    if ('response' in outcome) send(response, outcome.requestId, 200, binaryToJson(output, outcome.response));
    else sendStatus(response, outcome.requestId, outcome.status);
  };
}

function sendStatus(response: Response, requestId: string, status: Status): void {
  send(response, requestId, httpStatus(status.code), binaryToJson(statusDescriptor, Status.encode(status).finish()));
}

function send(response: Response, requestId: string, status: number, json: string): void {
  response.status(status).set('x-request-id', requestId).type('application/json').send(`${json}\n`);
}

function methodDescriptor(path: string): DescMethod {
  const [, serviceName = '', methodName] = path.split('/');
  const method = registry.getService(serviceName)?.methods.find(({ name }) => name === methodName);
  if (method === undefined) throw new Error(`proto/ has no method ${path}`);
  return method;
}

/** @throws Error for a rule that this gateway does not know, so that no method is unreachable in silence */
function postRule(method: DescMethod): { path: string } {
  const rule: unknown = hasOption(method, httpRule) ? getOption(method, httpRule) : undefined;
  const pattern = property(rule, 'pattern');
  const path = property(pattern, 'value');
  if (property(pattern, 'case') !== 'post' || typeof path !== 'string' || property(rule, 'body') !== '*') {
    throw new Error(`${method.toString()} needs a google.api.http rule with post and body "*"`);
  }
  return { path };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Errors of the body parser, which carry a `type`, as ours. */
function bodyError(error: unknown, limit: number): unknown {
  const type = property(error, 'type');
  if (error instanceof VisionError || typeof type !== 'string') return error;
  if (type === 'entity.too.large') return VisionError.of('BODY_TOO_LARGE', { limit });
  return VisionError.of('MALFORMED_BODY', { problem: error instanceof Error ? error.message : type });
}
