import { join, relative } from 'node:path';
import { readConfig } from '../config.js';
import { prepareFolder } from '../files/writable-folder.js';
import { parseCommandLine, UsageError, type Command } from './command.js';
import { makeDevCertificates, originalHosts } from './setup/dev-certificates.js';

export const certsCommand: Command = {
  summary: 'Makes a certificate for the original host names, signed by a local authority.',
  help: `Makes a certificate for ${originalHosts.join(', ')}, localhost and the hosts given,
signed by a local authority. The authority is made once and used again.

Usage: visiond certs dev [OPTIONS]

  --host NAME    Another name or address that the server is called by. May be given several times.
  --client NAME  Also makes client-NAME.pem and client-NAME-key.pem, for a server with --tls-client-ca ca.pem.
  --out DIR      Where the files go. Default the folder certs in the data folder (VISIOND_DATA_DIR, default ./data).

Whoever has ca-key.pem can pretend to be any host to those who trust ca.pem: keep it, or delete it when you are done.
`,
  async run(args) {
    const { values, positionals } = parseCommandLine(args, {
      host: { type: 'string', multiple: true, default: [] },
      client: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
    });
    if (positionals.join(' ') !== 'dev') throw new UsageError('certs takes "dev".');
    const unfit = values.client.find((name) => !/^[\w.-]+$/.test(name));
    if (unfit !== undefined) {
      throw new UsageError(`--client "${unfit}" is no name: letters, digits, "_", "-" and "." are.`);
    }
    const folder = values.out ?? join(readConfig({}, process.env)['data-dir'], 'certs');
    await prepareFolder('folder of the certificates', folder, '--out DIR');
    const { ca, cert, key, reusedCa } = await makeDevCertificates(folder, values.host, values.client);
    const [caPath, certPath, keyPath] = [ca, cert, key].map((file) => relative('', file));
    process.stdout.write(`Made ${certPath}, signed by ${reusedCa ? 'the authority that was there' : 'a new authority'}.

Serve with it:
  visiond serve --listen 127.0.0.1:8443 --tls-cert ${certPath} --tls-key ${keyPath}

Let clients trust the authority:
  curl --cacert ${caPath} https://localhost:8443/readyz
  Node.js            NODE_EXTRA_CA_CERTS=${caPath}
  gRPC and the SDKs  GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=${caPath}
`);
    return 0;
  },
};
