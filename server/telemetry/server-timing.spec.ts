import { expect, it } from 'vitest';
import { CallRecord } from './call-record.js';
import { serverTiming } from './server-timing.js';

it('has the longest of the images for each stage, in the order of the stages', () => {
  const record = new CallRecord();
  const add = (name: string, image: number, startMs: number, endMs: number): void =>
    record.addStage({ name, image, startMs, endMs });
  add('queue', 0, 1000, 1001.23);
  add('decode', 0, 1001.23, 1010);
  add('decode', 1, 1001.23, 1020.3);
  add('TEXT_DETECTION', 0, 1010, 1250);
  add('FACE_DETECTION', 0, 1010, 1040);
  add('TEXT_DETECTION', 1, 1020, 1120);
  expect(serverTiming(record, 251)).toBe(
    'queue;dur=1.2, decode;dur=19.1, text-detection;dur=240, face-detection;dur=30, total;dur=251',
  );
});

it('is absent where there were no stages', () => {
  expect(serverTiming(new CallRecord(), 3)).toBeUndefined();
});
