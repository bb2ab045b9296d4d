// `node fold.mjs MODEL OUT`: the packaged recognizer with fewer operators, which computes the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { foldScales } from '../../dist/server/inference/onnx/fold-scales.js';

const [model, out] = process.argv.slice(2);
writeFileSync(out, foldScales(readFileSync(model)));
