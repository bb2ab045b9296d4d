import { fromBinary, type DescMessage } from '@bufbuild/protobuf';
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type Response,
} from 'express';
import { Code, codeFromJSON } from '../../gen/google/rpc/code.js';
import { RetryInfo } from '../../gen/google/rpc/error_details.js';
import { Status } from '../../gen/google/rpc/status.js';
import { messageDescriptor, methodDescriptor, registry } from '../contract/descriptors.js';
import { printField, printMessage } from '../contract/print-message.js';
import { VisionError } from '../errors/errors.js';
import { httpStatus } from '../errors/http-status.js';
import { toRequestStatus } from '../errors/status.js';
import { BodyShare } from '../pipeline/body-room.js';
import type { Reporting } from '../pipeline/call-report.js';
import type { BoundMethod } from '../pipeline/call.js';
import type { IncomingCall, Outcome } from '../pipeline/incoming-call.js';
import type { Intake } from '../pipeline/intake.js';
import { parseTimeout } from '../pipeline/timeout.js';
import { compressFor, type Compressed } from './compress.js';
import { discardBody } from './discard-body.js';
import { bindingsOf, type Binding } from './http-rules.js';
import {
  binaryToJson,
  emptyMessage,
  parseMessage,
  toRequestMessage,
  type ParsedMessage,
  type RestCompat,
} from './json/transcode.js';
import { clientOf, notesOn, observeRequests } from './observe-requests.js';
import { describeApi } from './openapi/openapi.js';
import { createBodyReader, type BodyRules, type ReadBody } from './read-body.js';
import { mergeParameters } from './read-parameters.js';

export interface GatewayOptions extends Reporting {
  /** How much JSON beyond the proto3 mapping is accepted. */
  readonly compat: RestCompat;
  /** Version of the server, for its OpenAPI description. */
  readonly version: string;
  readonly intake: Intake;
}

interface Route {
  readonly bound: BoundMethod;
  readonly binding: Binding;
}

const jsonType = 'application/json; charset=utf-8';
const statusDescriptor = messageDescriptor('google.rpc.Status');

/** The REST gateway: transcodes every method with a google.api.http rule to the handler that gRPC calls. */
export function createGateway(methods: readonly BoundMethod[], options: GatewayOptions): Express {
  const { compat, version, intake } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(observeRequests(options));
  const routes = methods
    .flatMap((bound) => bindingsOf(methodDescriptor(bound.path)).map((binding) => ({ bound, binding })))
    .toSorted((a, b) => b.binding.template.specificity - a.binding.template.specificity);
  const description = Buffer.from(`${JSON.stringify(describeApi(methods, version), undefined, 1)}\n`);
  const compressed: Compressed = new Map();
  app.get('/openapi.json', (request, response, next) => {
    compressFor(request, response, description, compressed).then((body) => response.type(jsonType).send(body), next);
  });
  app.use(dispatch(routes, { readBody: createBodyReader(intake.watch), compat, intake }));
  return app;
}

function dispatch(routes: readonly Route[], reading: Reading) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    const matches = routes.flatMap((route) => {
      const variables = route.binding.template.match(request.path);
      return variables === undefined ? [] : [{ route, variables }];
    });
    if (matches.length === 0) return next();
    notesOn(request).route = matches[0]?.route.binding.template.openApiPath;
    const match = matches.find(({ route }) => route.binding.verb === request.method);
    if (match !== undefined) return answer(request, response, match.route, match.variables, reading);
    const allowed = [...new Set(matches.map(({ route }) => route.binding.verb))].join(', ');
    response.set('allow', allowed);
    throw VisionError.of('WRONG_VERB', { path: request.path, verb: request.method, allowed });
  };
}

/** Comes after all routes: answers unknown paths, and sends errors as google.rpc.Status. */
export function addErrorHandlers(app: Express, { log }: Pick<GatewayOptions, 'log'>): void {
  app.use((request) => {
    throw VisionError.of('UNKNOWN_PATH', { path: request.path });
  });
  const onError: ErrorRequestHandler = async (error: unknown, request, response, _next) => {
    const requestId = crypto.randomUUID();
    if (error instanceof VisionError) notesOn(request).reason = error.reason;
    else log.error('request failed', { requestId, error });
    await sendStatus(response, { 'x-request-id': requestId }, toRequestStatus(error, requestId));
  };
  app.use(onError);
}

interface Reading {
  readonly readBody: ReadBody;
  readonly compat: RestCompat;
  readonly intake: Intake;
}

async function answer(
  request: Request,
  response: Response,
  route: Route,
  variables: ReadonlyMap<string, string>,
  reading: Reading,
): Promise<void> {
  const { bound, binding } = route;
  const { room, running, proxies } = reading.intake;
  const seen = notesOn(request);
  seen.route = binding.template.openApiPath;
  seen.isCall = true;
  const disconnect = new AbortController();
  const over = new AbortController();
  let ends = (): void => {};
  response.once('close', () => {
    if (!response.writableFinished) disconnect.abort();
    over.abort();
    ends();
  });
  const incoming: IncomingCall = {
    transport: 'rest',
    http: { verb: binding.verb, route: seen.route },
    ...clientOf(request, proxies),
    header: (name) => request.get(name),
    disconnected: disconnect.signal,
    get deadline() {
      return parseTimeout(request.get('grpc-timeout'));
    },
  };
  const share = new BodyShare(room);
  const rules = { limit: bound.limits.jsonBytes, share, signal: over.signal };
  const outcome = await bound.call(incoming, async () => {
    const parsed = await readRequest(request, route, variables, reading, rules);
    ends = running.start();
    return toRequestMessage(binding.method.input, parsed);
  });
  // The call may have ended before its body did, for example at its deadline.
  over.abort();
  share.close();
  if (response.destroyed) return ends();
  seen.folder = outcome.folder ?? '';
  if (outcome.timing !== undefined) response.set('server-timing', outcome.timing);
  if ('response' in outcome) await sendResponse(response, binding, outcome);
  else await sendStatus(response, outcome.headers, outcome.status);
}

async function readRequest(
  request: Request,
  { binding }: Route,
  variables: ReadonlyMap<string, string>,
  { readBody, compat }: Reading,
  rules: BodyRules,
): Promise<ParsedMessage> {
  const { body, template } = binding;
  const { input } = binding.method;
  let parsed = emptyMessage(input);
  if (body !== '') {
    if (compat === 'strict' && request.is('application/json') === false) {
      throw VisionError.of('MALFORMED_HEADER', { header: 'content-type', problem: 'must be application/json' });
    }
    parsed = await readBody(request, rules, (bytes) =>
      body === '*' ? parseMessage(input, bytes, compat) : parseBodyField(input, body, bytes, compat),
    );
  }
  mergeParameters(input, parsed.message, queryOf(request, body, template.variables));
  mergeParameters(
    input,
    parsed.message,
    [...variables].map(([path, value]) => [path, [value]] as const),
  );
  return parsed;
}

/** A body that is the value of one field, as in `{"field": BODY}`. */
function parseBodyField(input: DescMessage, name: string, body: Buffer, compat: RestCompat): ParsedMessage {
  return parseMessage(input, Buffer.concat([Buffer.from(`{"${name}":`), body, Buffer.from('}')]), compat);
}

/** Query parameters. Fields from the path or the body are not allowed among them. */
function queryOf(
  request: Request,
  body: string,
  filled: readonly string[],
): Array<readonly [string, readonly string[]]> {
  const at = request.originalUrl.indexOf('?');
  const parameters = new URLSearchParams(at === -1 ? '' : request.originalUrl.slice(at + 1));
  const names = [...new Set(parameters.keys())];
  const taken = names.filter((name) => body === '*' || name === body || filled.includes(name));
  if (taken.length > 0) {
    const description = 'is taken from the body or the path, not from the query';
    throw VisionError.malformedParameters(taken.map((field) => ({ field, description })));
  }
  return names.map((name) => [name, parameters.getAll(name)] as const);
}

function sendResponse(
  response: Response,
  { method: { output }, responseBody }: Binding,
  { headers, response: binary }: Extract<Outcome, { response: Buffer }>,
): Promise<void> {
  // Handlers answer with ts-proto's messages, and protobuf-es prints JSON: bytes are what both know. The detour costs
  // little beside printing, and keeps the pipeline free of transports.
  const message = fromBinary(output, binary);
  const field = output.fields.find(({ name }) => name === responseBody);
  const json =
    field === undefined ? printMessage(output, message, registry) : printField(output, field, message, registry);
  return send(response, headers, 200, json);
}

function sendStatus(response: Response, headers: Readonly<Record<string, string>>, status: Status): Promise<void> {
  const more: Record<string, string> = {};
  if (codeFromJSON(status.code) === Code.UNAUTHENTICATED) more['www-authenticate'] = 'Bearer, Api-Key';
  const retry = status.details.find(({ typeUrl }) => typeUrl.endsWith('/google.rpc.RetryInfo'));
  const seconds = retry && RetryInfo.decode(retry.value).retryDelay?.seconds;
  if (seconds !== undefined) more['retry-after'] = String(seconds);
  return send(
    response,
    { ...headers, ...more },
    httpStatus(status.code),
    binaryToJson(statusDescriptor, Status.encode(status).finish()),
  );
}

/** Whether a request announces a body (RFC 9112, 6.3). */
function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

async function send(
  response: Response,
  headers: Readonly<Record<string, string>>,
  status: number,
  json: string,
): Promise<void> {
  const { req: request } = response;
  const body = Buffer.from(`${json}\n`);
  response.status(status).set(headers).set('cache-control', 'no-store').type(jsonType);
  if (request.complete || !hasBody(request)) {
    const compressed = await compressFor(request, response, body);
    return void response.send(compressed);
  }
  // A request that is rejected early gets its response at once, and its body is drained before the connection is
  // closed.
  response.set({ connection: 'close', 'content-length': String(body.length) }).write(body);
  void discardBody(request).then(() => response.end());
}
