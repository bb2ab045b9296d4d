import { describe, expect, it } from 'vitest';
import { findingsOf } from './analysis.js';
import { apiUrl } from './call.js';
import { featuresOf, firstChoices, type Feature } from './features.js';
import { CallError, problemOf } from './problem.js';
import { figuresOf } from './server-state.js';

describe('featuresOf', () => {
  it('asks for text in any language at first', () => {
    const text = { type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['*'], model: 'page' } };
    expect(featuresOf(firstChoices, 'image')).toEqual([text]);
    expect(featuresOf(firstChoices, 'pdf')).toEqual([text]);
  });

  it('asks for eight features at most, and of a PDF for text alone', () => {
    const all = { ...firstChoices, faces: true, copies: true, classes: true, models: 'abcdefgh'.split('') };
    expect(featuresOf(all, 'image').map(({ type }) => type)).toEqual([
      'TEXT_DETECTION',
      'FACE_DETECTION',
      'IMAGE_COPY_SEARCH',
      ...Array.from({ length: 5 }, () => 'CLASSIFICATION'),
    ]);
    expect(featuresOf({ ...all, text: false }, 'pdf')).toEqual([]);
  });
});

describe('findingsOf', () => {
  const features: readonly Feature[] = [
    { type: 'FACE_DETECTION' },
    { type: 'CLASSIFICATION', classificationConfig: { model: 'quality' } },
    { type: 'IMAGE_COPY_SEARCH' },
  ];

  it('reads int64 as text, and what proto3 JSON leaves out', () => {
    const raw = {
      results: [
        {
          results: [
            { faceDetection: { faces: [{ boundingBox: { vertices: [{ x: '12', y: '7' }, { y: '9' }] } }] } },
            { classification: { properties: [{ name: 'low' }, { name: 'high', probability: 0.75 }] } },
            { imageCopySearch: {} },
          ],
        },
      ],
    };
    expect(findingsOf(raw, features)).toEqual([
      {
        kind: 'faces',
        faces: [
          [
            { x: 12, y: 7 },
            { x: 0, y: 9 },
          ],
        ],
      },
      {
        kind: 'classes',
        model: 'quality',
        properties: [
          { name: 'low', probability: 0 },
          { name: 'high', probability: 0.75 },
        ],
      },
      { kind: 'copies', count: 0, copies: [] },
    ]);
  });

  it('keeps the error of a feature beside what others found', () => {
    const error = { code: 9, message: 'No model', details: [] };
    const raw = { results: [{ results: [{ error }, {}, {}] }] };
    expect(findingsOf(raw, features)[0]).toMatchObject({ kind: 'problem', problem: { message: 'No model' } });
    expect(findingsOf(raw, features)[1]).toMatchObject({ kind: 'classes' });
  });

  it('throws the error of a file', () => {
    const raw = { results: [{ error: { code: 3, message: 'Broken' } }] };
    expect(() => findingsOf(raw, features)).toThrow(CallError);
  });

  it.each([null, [], 'text', { results: 1 }, { results: [null] }])('takes %j for an answer without findings', (raw) => {
    expect(findingsOf(raw, features)).toHaveLength(3);
  });
});

describe('problemOf', () => {
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'OVERLOADED', domain: 'visiond' },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2.5s' },
    { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'abc' },
  ];

  it('reads reason, delay and request from the details', () => {
    const message = 'Busy';
    expect(problemOf({ code: 14, message, details })).toEqual({
      reason: 'OVERLOADED',
      message,
      retrySeconds: 3,
      requestId: 'abc',
    });
    expect(problemOf({ code: 14, message, details }, '7').retrySeconds).toBe(7);
  });

  it('takes anything', () => {
    const nothing = { reason: '', message: '', retrySeconds: undefined, requestId: '' };
    for (const status of [undefined, null, 'x', [], { details: 'x' }]) expect(problemOf(status)).toEqual(nothing);
  });
});

describe('apiUrl', () => {
  it('follows the page below the path of a proxy', () => {
    expect(apiUrl('/readyz', 'https://example.org/ocr/').href).toBe('https://example.org/ocr/readyz');
    expect(apiUrl('/readyz', 'http://127.0.0.1:8080/#server').href).toBe('http://127.0.0.1:8080/readyz');
  });
});

describe('figuresOf', () => {
  it('reads the metrics that the page shows', () => {
    const metrics = [
      '# HELP visiond_build_info Always 1.',
      'visiond_build_info{version="0.1.0"} 1',
      'visiond_images_total{folder="a"} 3',
      'visiond_images_total{folder="b"} 4',
      'visiond_workers{state="busy"} 1',
      'visiond_workers{state="idle"} 2',
      'process_start_time_seconds 1700000000.5',
    ].join('\n');
    expect(figuresOf(metrics)).toMatchObject({
      version: '0.1.0',
      analyzedImages: 7,
      busyWorkers: 1,
      idleWorkers: 2,
      stoppedWorkers: undefined,
      startedAt: new Date(1_700_000_000_500),
    });
  });
});
