// Turns proto/ into gen/: TypeScript types and stubs, and the descriptors that validation, the gateway and reflection read.
// `node scripts/generate.mjs [BASE]` writes to BASE/gen.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const base = process.argv[2] ?? root;
const bin = join(root, 'node_modules/.bin');
const env = { ...process.env, PATH: bin + delimiter + process.env.PATH };
const buf = (args, stdio) => execFileSync(join(bin, 'buf'), args, { cwd: root, env, stdio });

buf(['generate', '-o', base], 'inherit');
const descriptors = buf(['build', '--as-file-descriptor-set', '-o', '-#format=binpb'], ['ignore', 'pipe', 'inherit']);
writeFileSync(
  join(base, 'gen/descriptor-set.ts'),
  `// A google.protobuf.FileDescriptorSet of everything in proto/, with its comments.
export const descriptorSet: Uint8Array = Buffer.from(
  \`${descriptors.toString('base64').replace(/.{1,116}/g, '\n$&')}\`,
  'base64',
);
`,
);
