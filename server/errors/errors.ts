import { Code } from '../../gen/google/rpc/code.js';

/** Reasons, each with its google.rpc.Code and its text, with the variable parts in braces. */
type ErrorTable = Readonly<Record<string, readonly [code: Code, text: string]>>;

/** A request fails as a whole. INTERNAL may be the error of a file as well. */
const requestErrors = {
  INVALID_REQUEST: [Code.INVALID_ARGUMENT, 'Validation failed:{violations}'],
  MALFORMED_JSON: [Code.INVALID_ARGUMENT, 'The request body is not the JSON form of {message}: {problem}'],
  MALFORMED_PARAMETER: [Code.INVALID_ARGUMENT, 'Parameters of the path or the query are wrong:{violations}'],
  MALFORMED_HEADER: [Code.INVALID_ARGUMENT, 'The header {header} is wrong: {problem}'],
  MALFORMED_BODY: [Code.INVALID_ARGUMENT, 'The request body cannot be read: {problem}'],
  BODY_TOO_LARGE: [Code.INVALID_ARGUMENT, 'The request body is larger than {limit} bytes'],
  TOKEN_INVALID: [Code.UNAUTHENTICATED, 'Token is invalid or has expired.'],
  CREDENTIALS_REQUIRED: [
    Code.UNAUTHENTICATED,
    'Authentication is required: send the header Authorization: Bearer TOKEN or Authorization: Api-Key KEY',
  ],
  FOLDER_REQUIRED: [Code.UNAUTHENTICATED, 'You have to specify folder ID for user account'],
  FOLDER_MISMATCH: [
    Code.INVALID_ARGUMENT,
    "Specified folder ID '{folder}' does not match with service account folder ID '{own}'",
  ],
  PERMISSION_DENIED: [Code.PERMISSION_DENIED, 'Permission denied'],
  HOST_NOT_ALLOWED: [
    Code.PERMISSION_DENIED,
    'This server is not called "{host}". Call it by a loopback name, or let its operator add the name with --allowed-hosts',
  ],
  ORIGIN_NOT_ALLOWED: [Code.PERMISSION_DENIED, 'Pages of "{origin}" may not call this server'],
  ISSUER_UNAVAILABLE: [Code.UNAVAILABLE, 'The keys of the issuer of tokens cannot be had. Try again in {seconds} s'],
  ENDPOINT_UNKNOWN: [Code.NOT_FOUND, 'There is no endpoint {id}. Known: {known}'],
  STREAM_ABANDONED: [
    Code.INVALID_ARGUMENT,
    'More than {limit} images of the stream could not be added, the last one because: {problem}',
  ],
  IMAGE_NOT_FOUND: [Code.NOT_FOUND, 'Folder "{folder}" has no image {id}'],
  UNKNOWN_PATH: [Code.NOT_FOUND, 'There is nothing at {path}'],
  WRONG_VERB: [Code.UNIMPLEMENTED, '{path} does not answer {verb}, only {allowed}'],
  CANCELLED: [Code.CANCELLED, 'The client cancelled the request'],
  DEADLINE_EXCEEDED: [Code.DEADLINE_EXCEEDED, 'The deadline of the request passed before its analysis was finished'],
  OVERLOADED: [
    Code.UNAVAILABLE,
    'The server is busy: {waiting} images are waiting and {limit} may. Try again in {seconds} s',
  ],
  UPSTREAM_UNAVAILABLE: [
    Code.UNAVAILABLE,
    'The server behind this gateway cannot be reached. Try again in {seconds} s',
  ],
  INTERNAL: [Code.INTERNAL, 'Internal error. The log of the server has its cause under request {requestId}'],
} as const satisfies ErrorTable;

/** The image index fails, and with it a request or a feature. */
const storageErrors = {
  STORAGE_FULL: [Code.RESOURCE_EXHAUSTED, 'The image index could not be written: the disk of the server is full'],
  STORAGE_READ_ONLY: [Code.FAILED_PRECONDITION, 'The image index could not be written: its file is read-only'],
  STORAGE_MOVED: [
    Code.FAILED_PRECONDITION,
    'The image index could not be written: its file was deleted, moved, replaced or cut off while the server runs',
  ],
  STORAGE_FAILED: [
    Code.UNAVAILABLE,
    'The file of the image index could not be read or written: the disk of the server failed',
  ],
  STORAGE_CORRUPT: [Code.DATA_LOSS, 'The file of the image index is damaged'],
} as const satisfies ErrorTable;

/** One file of a request fails. Where a request has only one image and no list of results, it fails with it. */
const fileErrors = {
  CONTENT_EMPTY: [Code.INVALID_ARGUMENT, "Can't decode Image: content is empty"],
  CONTENT_TOO_LARGE: [Code.INVALID_ARGUMENT, 'content has {bytes} bytes, at most {limit} are allowed'],
  NOT_AN_IMAGE: [Code.INVALID_ARGUMENT, "Can't decode Image: the content is neither JPEG nor PNG"],
  IMAGE_UNREADABLE: [Code.INVALID_ARGUMENT, "Can't decode Image: {problem}"],
  TOO_MANY_PIXELS: [
    Code.INVALID_ARGUMENT,
    'The image has {width} x {height} = {pixels} pixels, at most {limit} are allowed',
  ],
  SIGNATURE_UNREADABLE: [Code.INVALID_ARGUMENT, 'The signature cannot be read: {problem}'],
} as const satisfies ErrorTable;

/** One feature of a file fails. */
const featureErrors = {
  INVALID_FEATURE_CONFIG: [Code.INVALID_ARGUMENT, 'Incorrect feature configuration: {problem}'],
  LANGUAGE_COUNT: [
    Code.INVALID_ARGUMENT,
    'Incorrect feature configuration: Incorrect number of language codes: {count}',
  ],
  LANGUAGE_UNKNOWN: [Code.INVALID_ARGUMENT, 'Incorrect feature configuration: Unknown language code: {code}'],
  LANGUAGE_NOT_INSTALLED: [
    Code.FAILED_PRECONDITION,
    'Language {code} has no data on this server. Add them with `visiond models pull {code}`, or put {file} into {folder}',
  ],
  FEATURE_TYPE_UNKNOWN: [Code.INVALID_ARGUMENT, 'Incorrect feature configuration: type is not one of {known}'],
  MODEL_UNKNOWN: [
    Code.INVALID_ARGUMENT,
    'Incorrect feature configuration: Unknown model {model} of {feature}. Known: {known}',
  ],
  MODEL_UNUSABLE: [Code.FAILED_PRECONDITION, 'The model {model} of this server cannot be used: {problem}'],
  CONTENT_NEEDED: [Code.INVALID_ARGUMENT, '{feature} needs the content of the image, a signature is not enough'],
  FEATURE_UNIMPLEMENTED: [Code.UNIMPLEMENTED, '{feature} is not available on this server'],
  FEATURE_FAILED: [
    Code.INTERNAL,
    'The engine of {feature} failed. The log of the server has the cause under request {requestId}',
  ],
} as const satisfies ErrorTable;

/**
 * Every error that the outside can see, by what fails. The reason is stable and reaches clients as
 * google.rpc.ErrorInfo.reason. docs/errors.md has a section for each table.
 */
export const errorTables = {
  request: requestErrors,
  storage: storageErrors,
  file: fileErrors,
  feature: featureErrors,
} as const;

const table = { ...requestErrors, ...storageErrors, ...fileErrors, ...featureErrors } as const;

export type Reason = keyof typeof table;

/** A wrong field: its path as in `analyze_specs[2].features`, and a sentence. */
export interface FieldViolation {
  field: string;
  description: string;
}

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The variable parts that the text of a reason needs. */
export type Metadata<R extends Reason> = Record<Placeholders<(typeof table)[R][1]>, string | number>;

/** An error that a client is meant to see. Anything else that is thrown reaches it as INTERNAL, without its text. */
export class VisionError extends Error {
  override readonly name = 'VisionError';
  readonly code: Code;
  readonly metadata: Readonly<Record<string, string>>;

  private constructor(
    readonly reason: Reason,
    metadata: Record<string, string | number>,
    /** Wrong fields, for google.rpc.BadRequest. */
    readonly violations: readonly FieldViolation[] = [],
  ) {
    const [code, text] = table[reason];
    const strings = Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
    super(text.replace(/\{(\w+)\}/g, (placeholder, name: string) => strings[name] ?? placeholder));
    this.code = code;
    this.metadata = strings;
  }

  static of<R extends Reason>(
    reason: R,
    ...[metadata]: Placeholders<(typeof table)[R][1]> extends never ? [] : [Metadata<R>]
  ): VisionError {
    return new VisionError(reason, metadata ?? {});
  }

  /** A request that breaks the limits of the contract. */
  static invalidRequest(violations: readonly FieldViolation[]): VisionError {
    return new VisionError('INVALID_REQUEST', { violations: listOf(violations) }, violations);
  }

  /** Parameters of a path or a query that are not what their fields take. */
  static malformedParameters(violations: readonly FieldViolation[]): VisionError {
    return new VisionError('MALFORMED_PARAMETER', { violations: listOf(violations) }, violations);
  }

  /**
   * A body that is not the JSON form of a message.
   * @param field path of the wrong field, empty where there is none
   */
  static malformedJson(message: string, field: string, problem: string): VisionError {
    const violations = field === '' ? [] : [{ field, description: problem }];
    return new VisionError(
      'MALFORMED_JSON',
      { message, problem: field === '' ? problem : `${field}: ${problem}` },
      violations,
    );
  }
}

function listOf(violations: readonly FieldViolation[]): string {
  return violations.map(({ field, description }) => `\n  - ${field}: ${description}`).join('');
}
