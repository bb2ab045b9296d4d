// Compiles server/wasm/kernel.wat: `node scripts/generate-kernel.mjs [BASE]` writes BASE/server/wasm/kernel-bytes.ts.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import createWabt from 'wabt';

const root = fileURLToPath(new URL('..', import.meta.url));
const base = process.argv[2] ?? root;
const wabt = await createWabt();
const module = wabt.parseWat('kernel.wat', readFileSync(join(root, 'server/wasm/kernel.wat'), 'utf8'), {
  simd: true,
  bulk_memory: true,
});
const { buffer } = module.toBinary({});
mkdirSync(join(base, 'server/wasm'), { recursive: true });
writeFileSync(
  join(base, 'server/wasm/kernel-bytes.ts'),
  `// kernel.wat compiled, ${buffer.length} bytes. Made by scripts/generate-kernel.mjs.
export const kernelBytes: Uint8Array<ArrayBuffer> = Buffer.from(
  \`${Buffer.from(buffer)
    .toString('base64')
    .replace(/.{1,116}/g, '\n$&')}\`,
  'base64',
);
`,
);
