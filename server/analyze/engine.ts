import type { AnalyzeSpec } from '../../gen/yandex/cloud/ai/vision/v1/vision_service.js';
import type { Stage } from '../telemetry/call-record.js';
import type { Hold } from './admission.js';

/** A call that an engine works for. */
export interface EngineCall {
  readonly requestId: string;
  /** Folder of the call. */
  readonly folderId: string;
  /** Fires when the result is no longer needed. */
  readonly signal: AbortSignal;
  /** Called with a promise of when the work has really ended, if that is after the call. */
  readonly hold?: Hold;
}

/** A part of the work of an engine: `decode`, or a feature. */
export type EngineStage = Omit<Stage, 'image'>;

export interface EngineReply {
  /** The response message in its binary form. */
  readonly response: Uint8Array;
  readonly stages: readonly EngineStage[];
}

/** The state of an engine, as of a moment ago. */
export interface EngineStatus {
  /** Resident memory in bytes. */
  readonly residentBytes: number;
  readonly busyThreads: number;
  readonly idleThreads: number;
  /** Threads that keep crashing and are not restarted. */
  readonly stoppedThreads: number;
  readonly readyModels: number;
  readonly unusableModels: number;
  /** Over all folders. */
  readonly indexImages: number;
  readonly indexMemoryBytes: number;
}

/**
 * What decodes images, runs the features and holds the image index: in this process, or in one of its own. Responses are
 * bytes of protobuf messages: most are passed on as they are.
 */
export interface Engine {
  /**
   * Analyzes an image, or a page of a PDF. The response is an AnalyzeResult.
   * @param page from 1, where the content is a PDF
   * @throws VisionError ENGINE_LOST, or the signal's reason
   */
  analyze(spec: AnalyzeSpec, call: EngineCall, page?: number): Promise<EngineReply>;
  /**
   * Runs a method of the image index, or `measurePdf`.
   * @param method its path
   * @throws VisionError, the signal's reason, or any other error
   */
  call(method: string, request: Uint8Array, call: EngineCall): Promise<EngineReply>;
  /** Resolves when every part has checked its files. Problems are reported to Readiness. */
  ready(): Promise<void>;
  /** Undefined before the engine has started. */
  status(): EngineStatus | undefined;
  close(): Promise<void>;
}

/** An engine in this process. */
export interface LocalEngine extends Engine {
  status(): EngineStatus;
}

/** Handles a method in the process of the engine. */
export type EngineHandler = (request: Uint8Array, call: EngineCall) => Promise<EngineReply>;

/** What ts-proto generates for a method. */
export interface EngineMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Uint8Array;
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (response: Response) => Uint8Array;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** Runs a method with messages instead of bytes. */
export async function callMethod<Request, Response>(
  engine: Engine,
  method: EngineMethod<Request, Response>,
  request: Request,
  call: EngineCall,
): Promise<Response> {
  const { response } = await engine.call(method.path, method.requestSerialize(request), call);
  return method.responseDeserialize(asBuffer(response));
}

/** The handler of a method, from a function of messages. */
export function handlerOf<Request, Response>(
  method: EngineMethod<Request, Response>,
  handle: (request: Request, call: EngineCall) => Promise<Response>,
): readonly [path: string, handler: EngineHandler] {
  return [
    method.path,
    async (request, call) => ({
      response: method.responseSerialize(await handle(method.requestDeserialize(asBuffer(request)), call)),
      stages: [],
    }),
  ];
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
