import { Code } from '../../gen/google/rpc/code.js';

/** The google.rpc.Code and the text of each reason. Variable parts are in braces. */
type ErrorTable = Readonly<Record<string, readonly [code: Code, text: string]>>;

/** The whole request fails. INTERNAL can also be the error of a file, QUOTA_EXCEEDED that of a feature. */
const requestErrors = {
  INVALID_REQUEST: [Code.INVALID_ARGUMENT, 'Validation failed:{violations}'],
  MALFORMED_JSON: [Code.INVALID_ARGUMENT, 'Invalid JSON for {message}: {problem}'],
  MALFORMED_PARAMETER: [Code.INVALID_ARGUMENT, 'Invalid path or query parameters:{violations}'],
  MALFORMED_HEADER: [Code.INVALID_ARGUMENT, 'Invalid header {header}: {problem}'],
  MALFORMED_BODY: [Code.INVALID_ARGUMENT, 'The request body cannot be read: {problem}'],
  BODY_TOO_LARGE: [Code.INVALID_ARGUMENT, 'The request body exceeds {limit} bytes'],
  BODY_TOO_SLOW: [Code.DEADLINE_EXCEEDED, 'The request body arrives too slowly: {problem}'],
  BODIES_FULL: [
    Code.UNAVAILABLE,
    'The server has no memory for more request bodies: {inFlight} of {limit} bytes are taken. Retry in {seconds} s',
  ],
  TOKEN_INVALID: [Code.UNAUTHENTICATED, 'Token is invalid or has expired.'],
  CREDENTIALS_REQUIRED: [
    Code.UNAUTHENTICATED,
    'Authentication is required: send "Authorization: Bearer TOKEN" or "Authorization: Api-Key KEY"',
  ],
  FOLDER_REQUIRED: [Code.UNAUTHENTICATED, 'You have to specify folder ID for user account'],
  FOLDER_MISMATCH: [
    Code.INVALID_ARGUMENT,
    "Specified folder ID '{folder}' does not match with service account folder ID '{own}'",
  ],
  PERMISSION_DENIED: [Code.PERMISSION_DENIED, 'Permission denied'],
  ADMINISTRATOR_REQUIRED: [
    Code.PERMISSION_DENIED,
    'Only administrators may do this: with a key of `visiond keys create --admin`, or a token with the claim of --jwt-admin-claim',
  ],
  HOST_NOT_ALLOWED: [
    Code.PERMISSION_DENIED,
    'Host "{host}" is not allowed. Use a loopback name, or allow this one with --allowed-hosts',
  ],
  ORIGIN_NOT_ALLOWED: [Code.PERMISSION_DENIED, 'Requests from web pages of "{origin}" are not allowed'],
  ISSUER_UNAVAILABLE: [Code.UNAVAILABLE, "The token issuer's signing keys are unavailable. Retry in {seconds} s"],
  ENDPOINT_UNKNOWN: [Code.NOT_FOUND, 'Unknown API endpoint "{id}". Known: {known}'],
  STREAM_ABANDONED: [Code.INVALID_ARGUMENT, 'More than {limit} images of the stream failed. Last error: {problem}'],
  IMAGE_NOT_FOUND: [Code.NOT_FOUND, 'Image "{id}" not found in folder "{folder}"'],
  UNKNOWN_PATH: [Code.NOT_FOUND, 'Not found: {path}'],
  WRONG_VERB: [Code.UNIMPLEMENTED, '{verb} is not allowed on {path}; use {allowed}'],
  CANCELLED: [Code.CANCELLED, 'The client canceled the request'],
  DEADLINE_EXCEEDED: [Code.DEADLINE_EXCEEDED, 'The deadline passed before the request completed'],
  OVERLOADED: [Code.UNAVAILABLE, 'The server is overloaded. Retry in {seconds} s'],
  ENGINE_LOST: [
    Code.UNAVAILABLE,
    'The process that analyzes images stopped while it worked on the request. Retry in {seconds} s',
  ],
  QUOTA_EXCEEDED: [
    Code.RESOURCE_EXHAUSTED,
    // With the words by which clients of the original API know that they have to wait.
    'The limit on requests was exceeded: {limit} {quota} per second and folder. Retry in {seconds} s',
  ],
  SHUTTING_DOWN: [Code.UNAVAILABLE, 'The server is shutting down. Retry in {seconds} s'],
  UPSTREAM_UNAVAILABLE: [Code.UNAVAILABLE, 'The upstream server is unreachable. Retry in {seconds} s'],
  INTERNAL: [Code.INTERNAL, 'Internal error. See request {requestId} in the server log'],
} as const satisfies ErrorTable;

/** The image index fails, and with it a request or an IMAGE_COPY_SEARCH feature. */
const storageErrors = {
  STORAGE_FULL: [Code.RESOURCE_EXHAUSTED, "Cannot write the image index: the server's disk is full"],
  STORAGE_READ_ONLY: [Code.FAILED_PRECONDITION, 'Cannot write the image index: its file is read-only'],
  STORAGE_MOVED: [
    Code.FAILED_PRECONDITION,
    'Cannot write the image index: its file was deleted, moved, replaced or truncated while the server was running',
  ],
  STORAGE_BUSY: [
    Code.UNAVAILABLE,
    'Cannot read or write the image index: another process is using its file. Retry in {seconds} s',
  ],
  STORAGE_FAILED: [Code.UNAVAILABLE, "Cannot read or write the image index: the server's disk failed"],
  STORAGE_CORRUPT: [Code.DATA_LOSS, 'The image index is corrupt'],
} as const satisfies ErrorTable;

/** One file of a request fails. A request with a single image and no list of results fails as a whole. */
const fileErrors = {
  CONTENT_EMPTY: [Code.INVALID_ARGUMENT, "Can't decode Image: content is empty"],
  CONTENT_TOO_LARGE: [Code.INVALID_ARGUMENT, 'content has {bytes} bytes; the limit is {limit}'],
  NOT_AN_IMAGE: [Code.INVALID_ARGUMENT, "Can't decode Image: the content is neither JPEG nor PNG"],
  IMAGE_UNREADABLE: [Code.INVALID_ARGUMENT, "Can't decode Image: {problem}"],
  TOO_MANY_PIXELS: [Code.INVALID_ARGUMENT, 'The image has {width} x {height} = {pixels} pixels; the limit is {limit}'],
  PDF_UNREADABLE: [Code.INVALID_ARGUMENT, "Can't read PDF: {problem}"],
  PDF_ENCRYPTED: [Code.INVALID_ARGUMENT, "Can't read PDF: it is encrypted and needs a password"],
  PDF_TOO_SLOW: [Code.DEADLINE_EXCEEDED, "Can't read PDF: a page took longer than {seconds} s to render"],
  TOO_MANY_PAGES: [Code.INVALID_ARGUMENT, 'The PDF has {pages} pages; the limit is {limit}'],
  ENGINE_ENDED_BEFORE: [
    Code.FAILED_PRECONDITION,
    'The process that analyzes images stopped when it worked on this file before; it is not tried again for ten minutes',
  ],
  SIGNATURE_UNREADABLE: [Code.INVALID_ARGUMENT, 'Cannot read the signature: {problem}'],
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
    'Language {code} is not installed on this server. Install it with `visiond models pull {code}`, or copy {file} to the folder tessdata of its data folder',
  ],
  FEATURE_TYPE_UNKNOWN: [Code.INVALID_ARGUMENT, 'Incorrect feature configuration: type must be one of {known}'],
  MODEL_UNKNOWN: [
    Code.INVALID_ARGUMENT,
    'Incorrect feature configuration: Unknown {feature} model "{model}". Known: {known}',
  ],
  MODEL_UNUSABLE: [Code.FAILED_PRECONDITION, 'Model {model} cannot be used: {problem}'],
  CONTENT_NEEDED: [Code.INVALID_ARGUMENT, '{feature} requires content; a signature is not enough'],
  PDF_NOT_ACCEPTED: [Code.INVALID_ARGUMENT, '{feature} takes JPEG or PNG; the content is a PDF'],
  IMAGE_TOO_LONG: [Code.INVALID_ARGUMENT, 'The image has {width} x {height} pixels; the limit of its sides is {limit}'],
  TOO_MANY_LINES: [
    Code.INVALID_ARGUMENT,
    'The image has {lines} lines of text; the limit of model "{model}" is {limit}',
  ],
  FEATURE_UNIMPLEMENTED: [Code.UNIMPLEMENTED, '{feature} is not available on this server'],
  FEATURE_TOO_SLOW: [Code.DEADLINE_EXCEEDED, '{feature} took longer than {seconds} s on this image'],
  FEATURE_FAILED: [Code.INTERNAL, '{feature} failed. See request {requestId} in the server log'],
} as const satisfies ErrorTable;

/**
 * Every error that clients can see, by the level at which it occurs. Reasons are stable API: clients get them as
 * google.rpc.ErrorInfo.reason. docs/errors.md has one section per table.
 */
export const errorTables = {
  request: requestErrors,
  storage: storageErrors,
  file: fileErrors,
  feature: featureErrors,
} as const;

const table = { ...requestErrors, ...storageErrors, ...fileErrors, ...featureErrors } as const;

export type Reason = keyof typeof table;

/** An invalid field: its path, as in `analyze_specs[2].features`, and what is wrong, as in `must have 1 to 8 elements`. */
export interface FieldViolation {
  field: string;
  description: string;
}

/** What a folder may use only so much of per second. */
export type Quota = 'requests' | 'images' | 'features';

/** An exceeded quota, for google.rpc.QuotaFailure. */
export interface QuotaViolation {
  /** Folder. */
  readonly subject: string;
  readonly description: string;
}

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** Values of the variable parts of a reason's text. */
export type Metadata<R extends Reason> = Record<Placeholders<(typeof table)[R][1]>, string | number>;

/** An error that clients may see. Anything else that is thrown reaches them as INTERNAL, without its text. */
export class VisionError extends Error {
  override readonly name = 'VisionError';
  readonly code: Code;
  readonly metadata: Readonly<Record<string, string>>;

  private constructor(
    readonly reason: Reason,
    metadata: Readonly<Record<string, string | number>>,
    /** Invalid fields, for google.rpc.BadRequest. */
    readonly violations: readonly FieldViolation[] = [],
    readonly quota?: QuotaViolation,
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

  /**
   * An error that another process of this server has thrown.
   * @throws Error if there is no such reason
   */
  static received(
    reason: string,
    metadata: Readonly<Record<string, string>>,
    violations: readonly FieldViolation[],
  ): VisionError {
    if (!isReason(reason)) throw new Error(`Unknown reason ${reason}`);
    return new VisionError(reason, metadata, violations);
  }

  /** A request that violates the limits in proto/. */
  static invalidRequest(violations: readonly FieldViolation[]): VisionError {
    return new VisionError('INVALID_REQUEST', { violations: listOf(violations) }, violations);
  }

  /** A folder that has used up one of its quotas. @param limit per second @param seconds until it may be retried */
  static quotaExceeded(folder: string, quota: Quota, limit: number, seconds: number): VisionError {
    const description = `${limit} ${quota} per second and folder`;
    return new VisionError('QUOTA_EXCEEDED', { limit, quota, seconds }, [], { subject: folder, description });
  }

  /** Path or query parameters that their fields do not accept. */
  static malformedParameters(violations: readonly FieldViolation[]): VisionError {
    return new VisionError('MALFORMED_PARAMETER', { violations: listOf(violations) }, violations);
  }

  /**
   * A body that is not valid JSON for its message.
   * @param field path of the invalid field, empty if the problem is not in a field
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

function isReason(text: string): text is Reason {
  return Object.hasOwn(table, text);
}

function listOf(violations: readonly FieldViolation[]): string {
  return violations.map(({ field, description }) => `\n  - ${field}: ${description}`).join('');
}
