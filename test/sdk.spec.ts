import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyStore } from '../server/auth/key-store.js';
import { makeDevCertificates } from '../server/cli/setup/dev-certificates.js';
import { readConfig } from '../server/config.js';
import { repositoryRoot } from '../server/paths.js';
import { startServer, type RunningServer } from '../server/start-server.js';
import { silentLog } from '../server/telemetry/log.js';
import { fixture } from './fixtures.js';

// The official SDK as it is on npm. It is too large to be a dependency of everybody who runs the tests: it is installed
// when the tests run first, into a folder that stays. Where npm cannot be reached, these tests are skipped.
const versions = ['3.2.0', '2.9.3'] as const;
const folder = mkdtempSync(join(tmpdir(), 'visiond-sdk-'));

/** The part of the SDK that is used. Messages are those of ts-proto in both versions. */
interface Sdk {
  readonly Session: new (options: { iamToken: string; ssl: { rootCerts: Buffer } }) => {
    client(client: unknown, endpoint: string): { batchAnalyze(request: unknown): Promise<unknown> };
  };
}

function install(version: string): NodeJS.Require | undefined {
  const cache = join(repositoryRoot, 'node_modules/.cache/visiond-sdk', version);
  const require = createRequire(join(cache, 'package.json'));
  if (existsSync(join(cache, '.installed'))) return require;
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{"private":true}');
  try {
    const args = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `@yandex-cloud/nodejs-sdk@${version}`,
    ];
    execFileSync('npm', args, { cwd: cache, stdio: 'pipe', timeout: 240_000 });
  } catch (error) {
    process.stderr.write(
      `The official SDK ${version} cannot be installed, its test is skipped: ${String(error).slice(0, 300)}\n`,
    );
    return undefined;
  }
  writeFileSync(join(cache, '.installed'), '');
  return require;
}

/** Where the client and the messages of the service are in a version. */
function visionOf(
  require: NodeJS.Require,
  version: string,
): { client: unknown; request: { fromPartial(value: object): unknown } } {
  const visionPackage = '@yandex-cloud/nodejs-sdk';
  if (version.startsWith('3.')) {
    const { visionService } = require(`${visionPackage}/ai-vision-v1`);
    return { client: visionService.VisionServiceClient, request: visionService.BatchAnalyzeRequest };
  }
  const { serviceClients, cloudApi } = require(visionPackage);
  return { client: serviceClients.VisionServiceClient, request: cloudApi.ai.vision_service.BatchAnalyzeRequest };
}

describe.each(versions)('the official SDK %s, unmodified', (version) => {
  const require = install(version);

  describe.skipIf(require === undefined)('through a Session over TLS', () => {
    let server: RunningServer;
    let ca: Buffer;
    let key: string;

    beforeAll(async () => {
      const files = await makeDevCertificates(folder, []);
      ca = readFileSync(files.ca);
      ({ key } = await createKeyStore(folder).createApiKey({ name: 'sdk', folders: ['b1gfolder'] }));
      const flags = { listen: '127.0.0.1:0', workers: '1', 'data-dir': folder, auth: 'keys' };
      server = await startServer(readConfig({ ...flags, 'tls-cert': files.cert, 'tls-key': files.key }, {}), silentLog);
      await server.ready;
    });
    afterAll(() => server.close());

    function analyze(token: string, partial: object): Promise<unknown> {
      if (require === undefined) throw new Error('not installed');
      const { Session }: Sdk = require('@yandex-cloud/nodejs-sdk');
      const { client, request } = visionOf(require, version);
      const session = new Session({ iamToken: token, ssl: { rootCerts: ca } });
      return session.client(client, `localhost:${server.address.port}`).batchAnalyze(request.fromPartial(partial));
    }

    const spec = (): object => ({
      content: fixture('line-english.png'),
      features: [{ type: 1, textDetectionConfig: { languageCodes: ['en'], model: 'line' } }],
    });

    it('reads text', async () => {
      const response = await analyze(key, { folderId: 'b1gfolder', analyzeSpecs: [spec()] });
      const words = [...JSON.stringify(response).matchAll(/"text":"(\w+)"/g)].map(([, word]) => word);
      expect(words.join(' ')).toBe('Only one line of text here');
    });

    it('understands errors', async () => {
      await expect(analyze('wrong', { analyzeSpecs: [spec()] })).rejects.toMatchObject({
        code: 16,
        details: 'Token is invalid or has expired.',
      });
      await expect(analyze(key, { analyzeSpecs: [] })).rejects.toMatchObject({ code: 3 });
      await expect(analyze(key, { folderId: 'other', analyzeSpecs: [spec()] })).rejects.toMatchObject({
        code: 3,
        details: "Specified folder ID 'other' does not match with service account folder ID 'b1gfolder'",
      });
    });
  });
});

afterAll(() => rmSync(folder, { recursive: true }));
