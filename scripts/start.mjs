// `npm start`: sets up what is missing and serves. What follows `--` goes to `visiond serve`.
// It sets --initial-heap-size, as the launcher of a release does: images that wait for the engine count as heap, and with
// the small one of Node, all of it is searched for garbage at every request of several images.
import { setUp } from './setup.mjs';

await setUp();
process.argv.splice(2, 0, 'serve');
await import('../dist/server/cli/main.js');
