import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import { fileReason, UnusableFileError, withPath } from '../files/file-problem.js';

/** Claims of our tokens. */
export interface TokenClaims {
  /** Subject: ID of a key, or subject of the exchanged token. */
  readonly subject: string;
  /** Folders of the subject. If absent, those of its key. */
  readonly folders: readonly string[] | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Issues and verifies the tokens of this server. */
export interface TokenSigner {
  issue(claims: TokenClaims): Promise<IssuedToken>;
  /** @throws Error if the token is invalid or has expired */
  verify(token: string): Promise<TokenClaims>;
}

const issuer = 'visiond';
const lifetimeMs = 3_600_000;
const algorithm = 'HS256';
/** How far the clocks of servers, issuers and clients may differ. */
export const clockToleranceSeconds = 5;

/** The hash size of HS256: a longer secret adds nothing, a shorter one is weaker. */
const secretBytes = 32;

/** @param secret 32 random bytes. Servers with the same secret accept each other's tokens */
export function createTokenSigner(secret: Uint8Array): TokenSigner {
  return {
    async issue({ subject, folders }) {
      const expiresAt = new Date(Math.floor((Date.now() + lifetimeMs) / 1000) * 1000);
      const token = await new SignJWT(folders === undefined ? {} : { folders })
        .setProtectedHeader({ alg: algorithm })
        .setIssuer(issuer)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(secret);
      return { token, expiresAt };
    },
    async verify(token) {
      const { payload } = await jwtVerify(token, secret, {
        issuer,
        algorithms: [algorithm],
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['sub', 'exp'],
      });
      const folders = payload['folders'];
      return { subject: payload.sub ?? '', folders: Array.isArray(folders) ? folders.map(String) : undefined };
    },
  };
}

/**
 * Reads the secret that servers with the same data folder share, or creates it.
 * @throws Error of node:fs, UnusableFileError if the secret is too short, or missing in a folder that is read-only
 */
export function readTokenSecret(folder: string): Buffer {
  const file = join(folder, 'token-secret');
  // Written only if missing: the disk may be full.
  if (!existsSync(file)) makeTokenSecret(file);
  const secret = readFileSync(file);
  if (secret.length < secretBytes) {
    throw new UnusableFileError(
      `${file} must have at least ${secretBytes} bytes, has ${secret.length}. Restore a backup, or delete it: a new secret is created, and all tokens become invalid.`,
    );
  }
  return secret;
}

function makeTokenSecret(file: string): void {
  const fresh = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(fresh, randomBytes(secretBytes), { mode: 0o600 });
    // Fails if the file exists. A server that starts at the same time never sees a partial file.
    linkSync(fresh, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw missingSecret(error, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function missingSecret(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const reason = fileReason(String(error.code));
  if (reason === undefined) return withPath(error, file);
  return new UnusableFileError(
    `${file} does not exist and cannot be created: ${reason}. Start the server once with write access to its data folder.`,
    { cause: error },
  );
}
