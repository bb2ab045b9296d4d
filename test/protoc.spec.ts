import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileProtos, findCommand, hasProtoc } from './protoc.js';

const languages = [
  { language: 'Go', option: 'go_out', needs: 'protoc-gen-go', file: 'visiond/index/v1/image_index_service.pb.go' },
  { language: 'Java', option: 'java_out', needs: 'protoc', file: 'visiond/index/v1/ImageIndexServiceOuterClass.java' },
  { language: 'Python', option: 'python_out', needs: 'protoc', file: 'visiond/index/v1/image_index_service_pb2.py' },
];

describe('proto', () => {
  it.for(languages)('compiles to $language', async ({ option, needs, file }, { skip }) => {
    skip(
      !hasProtoc || findCommand(needs) === undefined,
      `needs Debian's protobuf-compiler, libprotobuf-dev and ${needs}`,
    );
    const folder = await mkdtemp(join(tmpdir(), 'visiond-protoc-'));
    try {
      await compileProtos([`--${option}=${folder}`]);
      expect(await readdir(folder, { recursive: true })).toContain(file);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
