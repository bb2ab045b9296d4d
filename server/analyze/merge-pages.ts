import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

// Field numbers of proto/yandex/cloud/ai/vision/v1/vision_service.proto.
const analyzeResult = { error: 1, results: 2 } as const;
const featureResult = { error: 1 } as const;

type Field = readonly [number: number, value: Uint8Array];

/** Whether a file as a whole could not be analyzed. @param result an AnalyzeResult in its binary form */
export function hasFileError(result: Uint8Array): boolean {
  return fieldsOf(result).some(([number]) => number === analyzeResult.error);
}

/**
 * The result of a file from those of its pages, all in the binary form of AnalyzeResult. It has the pages of all of them,
 * feature by feature. The first error of a page is the error of its feature, or of the file: an answer that leaves out a
 * page would look like one that has them all. Nothing is decoded: pages of small print have megabytes.
 * @param pages at least one
 */
export function mergePages(pages: readonly Uint8Array[]): Uint8Array {
  const failed = pages.find(hasFileError);
  if (failed !== undefined) return failed;
  const [first = [], ...others] = pages.map((page) =>
    fieldsOf(page).flatMap(([number, value]) => (number === analyzeResult.results ? [value] : [])),
  );
  const writer = new BinaryWriter();
  for (const [position, result] of first.entries()) {
    const merged = mergeFeature([result, ...others.flatMap((results) => results[position] ?? [])]);
    writer.tag(analyzeResult.results, WireType.LengthDelimited).bytes(merged);
  }
  return writer.finish();
}

/** The same for FeatureResult. The annotations have nothing but repeated fields: one after the other, they are joined. */
function mergeFeature(results: readonly Uint8Array[]): Uint8Array {
  const fields = results.map(fieldsOf);
  const failed = fields.findIndex((each) => each.some(([number]) => number === featureResult.error));
  if (failed >= 0) return results[failed] ?? new Uint8Array();
  const annotations = fields.flat();
  const [annotation] = annotations;
  if (annotation === undefined) return new Uint8Array();
  const [member] = annotation;
  const joined = Buffer.concat(annotations.map(([, value]) => value));
  return new BinaryWriter().tag(member, WireType.LengthDelimited).bytes(joined).finish();
}

/** The fields of a message that has messages only. */
function fieldsOf(message: Uint8Array): Field[] {
  const reader = new BinaryReader(message);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [number] = reader.tag();
    fields.push([number, reader.bytes()]);
  }
  return fields;
}
