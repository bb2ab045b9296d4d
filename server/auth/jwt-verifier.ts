import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { VisionError } from '../errors/errors.js';
import type { Principal } from './principal.js';
import { clockToleranceSeconds } from './token-signer.js';
import { watchFile } from './watched-file.js';

/** The issuer whose JWTs are accepted. */
export interface JwtSettings {
  /** JWKS of the issuer: a file, which may be replaced at any time, or an https URL. */
  readonly jwks: string;
  readonly issuer: string;
  readonly audience: string;
  /** Claim with the subject's folder or list of folders. */
  readonly folderClaim: string;
  /** Claim that makes the subject an administrator if it is `true`. */
  readonly adminClaim: string | undefined;
}

/** Asymmetric only: with a shared secret, everyone who verifies tokens could also forge them. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** When clients should try again, in seconds, where the keys of the issuer cannot be fetched. */
const issuerRetrySeconds = 5;

/**
 * Verifies a token of the issuer.
 * @throws VisionError TOKEN_INVALID, or ISSUER_UNAVAILABLE if its keys cannot be fetched
 */
export type JwtVerifier = (token: string) => Promise<Principal>;

/** @throws Error of node:fs, UnusableFileError if the file is not a JWKS */
export function createJwtVerifier({ jwks, issuer, audience, folderClaim, adminClaim }: JwtSettings): JwtVerifier {
  const keys = keysOf(jwks);
  return async (token) => {
    const options = {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['sub', 'exp'],
    };
    const { payload } = await jwtVerify(token, keys, options).catch((error: unknown) => {
      throw isVerdict(error)
        ? VisionError.of('TOKEN_INVALID')
        : VisionError.of('ISSUER_UNAVAILABLE', { seconds: issuerRetrySeconds });
    });
    const claim = payload[folderClaim];
    const folders = (Array.isArray(claim) ? claim : [claim]).filter((folder) => typeof folder === 'string');
    const isAdministrator = adminClaim !== undefined && payload[adminClaim] === true;
    return { id: payload.sub ?? '', folders, isAdministrator };
  };
}

function keysOf(jwks: string): JWTVerifyGetKey {
  if (/^https?:/.test(jwks)) return remoteKeys(new URL(jwks));
  const read = watchFile(jwks, (text) => createLocalJWKSet(parseKeySet(text)));
  read();
  return (header, token) => read()(header, token);
}

/**
 * Fetches keys and keeps them for a while by the wall clock. Where that is set back, they would be kept for longer, so
 * they are fetched anew.
 */
function remoteKeys(url: URL): JWTVerifyGetKey {
  let keys = createRemoteJWKSet(url);
  let lastMs = Date.now();
  return (header, token) => {
    const now = Date.now();
    if (now < lastMs - 1000) keys = createRemoteJWKSet(url);
    lastMs = now;
    return keys(header, token);
  };
}

function parseKeySet(text: string): JSONWebKeySet {
  const parsed: unknown = JSON.parse(text);
  if (!isKeySet(parsed)) throw new Error('it is not a JSON Web Key Set');
  return parsed;
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
}

/** Whether the error is about the token, not about fetching the keys. */
function isVerdict(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !(
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    error.code === 'ERR_JOSE_GENERIC'
  );
}
