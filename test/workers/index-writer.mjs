// A process for the specs of the store: adds images to a store until it is killed, and says which are acknowledged.
// Arguments: path of the store, prefix of the ids, how many images a commit, how many commits at most.
import { writeSync } from 'node:fs';
import { embeddingBytes, hashBytes } from '../../dist/server/image-index/image-index.js';
import { SqliteStore } from '../../dist/server/image-index/sqlite-store.js';

const [path, prefix, size, commits] = process.argv.slice(2);
const store = new SqliteStore(path, 50);
for (let commit = 0; commit < Number(commits); commit++) {
  const ids = Array.from({ length: Number(size) }, (_, index) => `${prefix}-${commit}-${index}`);
  store.transaction(() => {
    for (const id of ids) {
      const fingerprint = {
        contentHash: new Uint8Array(16),
        vectors: {
          hash: new Uint8Array(hashBytes).fill(commit),
          embedding: new Int8Array(embeddingBytes).fill(commit),
        },
        details: new Uint8Array(6480).fill(commit),
      };
      store.add({ folder: 'f', id, imageUrl: '', pageUrl: '', title: '', description: '', fingerprint }, 0);
    }
    store.moveToSegments();
  });
  writeSync(1, `${ids.join('\n')}\n`);
}
