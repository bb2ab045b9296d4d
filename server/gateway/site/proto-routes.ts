import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Express } from 'express';
import { publicDescriptorSet } from '../../contract/descriptors.js';
import { writeTar } from './tar.js';

/** What both processes of a server say to each other: no API. */
const internalFolder = 'visiond/engine/';

/**
 * For tools that generate clients or call methods: `/descriptor.binpb` is a google.protobuf.FileDescriptorSet of the API,
 * and `/proto.tar.gz` an archive of its .proto files.
 * @param folder of the .proto files
 */
export function addProtoRoutes(app: Express, folder: string): void {
  const descriptors = publicDescriptorSet();
  let archive: Promise<Buffer> | undefined;
  app.get('/descriptor.binpb', (_request, response) => {
    response.set({ 'content-type': 'application/x-protobuf', 'cache-control': 'no-cache' }).send(descriptors);
  });
  app.get('/proto.tar.gz', (_request, response, next) => {
    archive ??= archiveOf(folder);
    archive.then(
      (body) => response.set({ 'content-type': 'application/gzip', 'cache-control': 'no-cache' }).send(body),
      (error: unknown) => {
        archive = undefined;
        next(error);
      },
    );
  });
}

async function archiveOf(folder: string): Promise<Buffer> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile() && file.name.endsWith('.proto'))
    .map((file) => relative(folder, join(file.parentPath, file.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith(internalFolder))
    .toSorted();
  const entries = await Promise.all(
    paths.map(async (path) => ({ path: `proto/${path}`, content: await readFile(join(folder, path)) })),
  );
  return promisify<Buffer, Buffer>(gzip)(writeTar(entries));
}
