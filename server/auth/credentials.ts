import { decodeProtectedHeader, importSPKI, jwtVerify } from 'jose';
import { VisionError } from '../errors/errors.js';
import type { JwtVerifier } from './jwt-verifier.js';
import type { KeyStore, StoredKey } from './key-store.js';
import { authenticateNobody, type Authenticate, type Principal } from './principal.js';
import { clockToleranceSeconds, type IssuedToken, type TokenClaims, type TokenSigner } from './token-signer.js';

/** Credentials that can be exchanged for a token. */
export type Identity = { readonly kind: 'secret' | 'jwt'; readonly text: string };

/** An authentication mode: `--auth`. */
export interface Credentials {
  readonly authenticate: Authenticate;
  /** Issues a token for credentials. @throws VisionError TOKEN_INVALID */
  readonly exchange: (identity: Identity) => Promise<IssuedToken>;
}

/** `aud` claim that SDKs put into a JWT that they exchange. */
const exchangeAudience = 'https://iam.api.cloud.yandex.net/iam/v1/tokens';

/** No authentication. Tokens are issued to everyone, for SDKs that require one. */
export function openCredentials(signer: TokenSigner): Credentials {
  return {
    authenticate: authenticateNobody,
    exchange: () => signer.issue({ subject: 'anonymous', folders: undefined }),
  };
}

/** API keys, and tokens issued for them. Revoking a key revokes its tokens. */
export function keyCredentials(store: KeyStore, signer: TokenSigner): Credentials {
  const keyOfToken = async (text: string): Promise<StoredKey | undefined> => {
    const claims = await signer.verify(text).catch(() => undefined);
    return claims && store.find(claims.subject);
  };
  const keyOfJwt = async (text: string): Promise<StoredKey | undefined> => {
    // Outside of the verification, whose failures are the caller's: an unreadable file of keys is not.
    const id = keyIdOf(text);
    const key = id === undefined ? undefined : store.find(id);
    if (key?.publicKey === undefined) return undefined;
    const { publicKey } = key;
    const publicKeyFor = ({ alg = '' }: { alg?: string }) => importSPKI(publicKey, alg);
    const options = {
      audience: exchangeAudience,
      algorithms: ['PS256', 'RS256'],
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['iss', 'exp'],
    };
    return jwtVerify(text, publicKeyFor, options).then(
      () => key,
      () => undefined,
    );
  };
  return {
    // The official SDKs cannot send Api-Key, and other clients send keys as Bearer: both schemes accept both.
    authenticate: (authorization) =>
      withCredential(authorization, async (text) => {
        const key = isJwt(text) ? await keyOfToken(text) : store.findApiKey(text);
        return key && principalOf(key);
      }),
    async exchange({ kind, text }) {
      const key = kind === 'jwt' ? await keyOfJwt(text) : store.findApiKey(text);
      if (key === undefined) throw VisionError.of('TOKEN_INVALID');
      return signer.issue({ subject: key.id, folders: undefined });
    },
  };
}

/** JWTs of an issuer, and tokens issued for them. */
export function jwtCredentials(verify: JwtVerifier, signer: TokenSigner): Credentials {
  return {
    authenticate: (authorization) =>
      withCredential(authorization, async (text) => {
        const ours = await signer.verify(text).catch(() => undefined);
        return ours === undefined ? verify(text) : principalOfToken(ours);
      }),
    async exchange({ text }) {
      const { id, folders } = await verify(text);
      return signer.issue({ subject: id, folders: folders === 'any' ? [] : folders });
    },
  };
}

/** ID of the key that a JWT says it is signed with; undefined for other texts. */
function keyIdOf(jwt: string): string | undefined {
  try {
    return decodeProtectedHeader(jwt).kid;
  } catch {
    return undefined;
  }
}

async function withCredential(
  authorization: string | undefined,
  find: (text: string) => Promise<Principal | undefined>,
): Promise<Principal> {
  const [, text] = /^(?:bearer|api-key) +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (text === undefined) throw VisionError.of('CREDENTIALS_REQUIRED');
  const principal = await find(text);
  if (principal === undefined) throw VisionError.of('TOKEN_INVALID');
  return principal;
}

function principalOf({ id, folders, administrator = false }: StoredKey): Principal {
  return { id, folders: folders.includes('*') ? 'any' : folders, isAdministrator: administrator };
}

/**
 * A token that was given for a JWT makes nobody an administrator: it may outlive the JWT, and the issuer could not take
 * that right back. Administrators send the JWT itself.
 */
function principalOfToken({ subject, folders = [] }: TokenClaims): Principal {
  return { id: subject, folders, isAdministrator: false };
}

function isJwt(text: string): boolean {
  return text.split('.').length === 3;
}
