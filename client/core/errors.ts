import { Code } from '../../gen/google/rpc/code.js';

/** A field of the request that is wrong, and how. */
export interface FieldProblem {
  /** Path of the field, for example `analyze_specs[0].features`. */
  readonly field: string;
  readonly description: string;
}

/** A packed google.rpc message. */
export interface PackedDetail {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** A google.rpc.Status, with its standard details unpacked. */
export interface Problem {
  readonly code: Code;
  readonly message: string;
  /** Reason of the ErrorInfo, for example `OVERLOADED`. */
  readonly reason?: string | undefined;
  readonly fields?: readonly FieldProblem[] | undefined;
  /** Milliseconds to wait before the next attempt, if the server said so. */
  readonly retryAfterMs?: number | undefined;
  readonly requestId?: string | undefined;
  /** The details as they arrived. Only over gRPC. */
  readonly details?: readonly PackedDetail[] | undefined;
}

/** What the server, or the client before it sends anything, says is wrong. `JSON.stringify` prints all of it. */
export class VisionError extends Error {
  override readonly name: string = 'VisionError';
  /** Status code of gRPC, for example 3. */
  readonly code: Code;
  /** Name of the code, for example `INVALID_ARGUMENT`. */
  readonly codeName: string;
  /** Stable and machine-readable, for example `NOT_AN_IMAGE`. `undefined` if the server sent none. */
  readonly reason: string | undefined;
  /** The first field of the request that is wrong, if the server named one. */
  readonly field: string | undefined;
  /** All fields of the request that the server named. */
  readonly fields: readonly FieldProblem[];
  /** Identifies the call in the server's log. */
  readonly requestId: string | undefined;
  /** Milliseconds after which the server wants to be asked again. */
  readonly retryAfterMs: number | undefined;
  /** Packed google.rpc messages from the server, such as ErrorInfo. Empty over fetch. */
  readonly details: readonly PackedDetail[];

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.code = problem.code;
    this.codeName = Code[problem.code] ?? 'UNKNOWN';
    this.reason = problem.reason;
    this.fields = problem.fields ?? [];
    this.field = this.fields[0]?.field;
    this.requestId = problem.requestId;
    this.retryAfterMs = problem.retryAfterMs;
    this.details = problem.details ?? [];
  }

  /** For `JSON.stringify`, which leaves out the message of an error. */
  toJSON(): object {
    const { name, code, codeName, message, reason, fields, requestId, retryAfterMs } = this;
    return { name, code, codeName, message, reason, fields, requestId, retryAfterMs };
  }
}

/** The whole call failed: the server refused it, could not be reached, or took longer than `timeoutMs`. */
export class VisionCallError extends VisionError {
  override readonly name = 'VisionCallError';
}

/** The file cannot be analyzed, for example because it is not an image. */
export class VisionFileError extends VisionError {
  override readonly name = 'VisionFileError';
}

/** A feature of the image failed. */
export class VisionFeatureError extends VisionError {
  override readonly name = 'VisionFeatureError';

  constructor(
    /** The feature as it was asked for, for example `text`. */
    readonly feature: string,
    problem: Problem,
    /** What the other features found. */
    readonly results: object,
  ) {
    super(problem);
  }

  override toJSON(): object {
    return { ...super.toJSON(), feature: this.feature, results: this.results };
  }
}

/** @returns the code of that number; UNKNOWN for any that is not one */
export function codeOf(value: unknown): Code {
  return typeof value === 'number' && value >= 0 && Code[value] !== undefined ? value : Code.UNKNOWN;
}
