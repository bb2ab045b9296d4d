// What comes before a cut, computed once for every line: `node features.mjs BUILD NAME CUT` reads BUILD/NAME.pixels and .widths and
// runs BUILD/before-CUT.onnx. Writes BUILD/NAME.CUT: for every line channels x rows x columns half floats. Goes on where it stopped.
import '../../dist/server/threads/disable-telemetry.js';
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import ort from 'onnxruntime-node';

const [build, name, cut] = process.argv.slice(2);
// As line_format.py has them.
const [height, stepWidth] = [32, 4];
const path = (end) => `${build}/${name}.${end}`;
const widths = new Int32Array(new Uint8Array(readFileSync(path('widths'))).buffer);
const session = await ort.InferenceSession.create(`${build}/before-${cut}.onnx`, {
  intraOpNumThreads: Number(process.env.THREADS ?? 2),
});
const pixels = await open(path('pixels'));

/** Half floats of a timestep, in all channels and rows. */
const perStep = (await run(stepWidth, Buffer.alloc(height * stepWidth))).length;

let done = 0;
let bytes = 0;
let at = 0;
const have = existsSync(path(cut)) ? statSync(path(cut)).size : 0;
while (done < widths.length && bytes + 2 * perStep * Math.ceil(widths[done] / stepWidth) <= have) {
  bytes += 2 * perStep * Math.ceil(widths[done] / stepWidth);
  at += height * widths[done++];
}
if (have > bytes) truncateSync(path(cut), bytes);

const started = performance.now();
const first = done;
for (; done < widths.length; done++) {
  const size = height * widths[done];
  const { buffer } = await pixels.read(Buffer.alloc(size), 0, size, at);
  at += size;
  appendFileSync(path(cut), halves(await run(widths[done], buffer)));
  if (done % 2000 === 1999) {
    console.log(
      `${name}: ${done + 1} of ${widths.length} lines, ${((performance.now() - started) / (done + 1 - first)).toFixed(1)} ms each`,
    );
  }
}
await pixels.close();

/** What the network makes of a line, whose gray pixels are 0 to 255. */
async function run(lineWidth, gray) {
  const width = Math.ceil(lineWidth / stepWidth) * stepWidth;
  const planes = new Float32Array(3 * height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < lineWidth; x++) {
      const value = gray[y * lineWidth + x] / 127.5 - 1;
      for (let plane = 0; plane < 3; plane++) planes[(plane * height + y) * width + x] = value;
    }
  }
  const outputs = await session.run({ x: new ort.Tensor('float32', planes, [1, 3, height, width]) });
  return outputs[session.outputNames[0]].data;
}

/** Half precision (IEEE 754), rounded down; no value is near its limits. */
function halves(values) {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Buffer.from(
    Uint16Array.from(bits, (bit) => {
      const exponent = ((bit >> 23) & 255) - 112;
      if (exponent <= 0) return (bit >> 16) & 0x8000;
      return ((bit >> 16) & 0x8000) | (Math.min(exponent, 30) << 10) | ((bit >> 13) & 0x3ff);
    }).buffer,
  );
}
