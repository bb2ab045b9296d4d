import { join, relative } from 'node:path';
import { readConfig } from '../config.js';
import { prepareFolder } from '../files/writable-folder.js';
import { list, text } from '../settings/option.js';
import { defineAction, defineActions } from './define-actions.js';
import { noOperands } from './operands.js';
import { makeDevCertificates, originalHosts } from './setup/dev-certificates.js';

const dev = defineAction({
  name: 'dev',
  help: 'Creates a certificate for a server, and for clients.',
  operands: noOperands,
  options: {
    host: list('NAME', 'Additional host name or address for the certificate.'),
    client: list(
      'NAME',
      'Also creates client-NAME.pem and client-NAME-key.pem, for a server with --tls-client-ca ca.pem.',
      parseClientName,
    ),
    out: text('DIR', 'Folder for the files. Without it, the folder certs in the data folder (VISIOND_DATA_DIR).'),
  },
  async run(_context, _none, { host: hosts, client: clients, out }) {
    const folder = out ?? join(readConfig({}, process.env)['data-dir'], 'certs');
    await prepareFolder('certificate folder', folder, '--out DIR');
    const { ca, cert, key, reusedCa } = await makeDevCertificates(folder, hosts, clients);
    const [caPath, certPath, keyPath] = [ca, cert, key].map((file) => relative('', file));
    process.stdout.write(`Created ${certPath}, signed by ${reusedCa ? 'the existing CA' : 'a new CA'}.

Serve with it:
  visiond serve --listen 127.0.0.1:8443 --tls-cert ${certPath} --tls-key ${keyPath}

Let clients trust the CA:
  curl --cacert ${caPath} https://localhost:8443/readyz
  Node.js            NODE_EXTRA_CA_CERTS=${caPath}
  gRPC and the SDKs  GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=${caPath}
`);
    return 0;
  },
});

export const certsCommand = defineActions({
  name: 'certs',
  summary: 'Creates a TLS certificate for the host names of the original API.',
  about: `Creates a TLS certificate for ${originalHosts.join(', ')}, localhost and other hosts, signed by a local CA. The CA is created once and reused.`,
  actions: [dev],
  shared: {},
  notes:
    'Anyone who has ca-key.pem can impersonate any host to those who trust ca.pem: keep it secret, or delete it when you are done.',
  around: (_shared, task) => task(undefined),
});

function parseClientName(name: string): string {
  if (/^[\w.-]+$/.test(name)) return name;
  throw new Error('must consist of letters, digits, "_", "-" and "."');
}
