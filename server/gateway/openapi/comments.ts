import type {
  DescEnum,
  DescEnumValue,
  DescField,
  DescFile,
  DescMessage,
  DescMethod,
  DescService,
} from '@bufbuild/protobuf';

type Described = DescMessage | DescField | DescEnum | DescEnumValue | DescService | DescMethod;

/** Field numbers in google/protobuf/descriptor.proto, from a file to its declarations. */
const inFile = { message: 4, enum: 5, service: 6 } as const;
const inMessage = { field: 2, nested: 3, enum: 4 } as const;
const inService = { method: 2 } as const;
const inEnum = { value: 2 } as const;

const known = new WeakMap<DescFile, ReadonlyMap<string, string>>();

/** The leading comment of a declaration in proto/, as one line. Empty if there is none. */
export function commentOf(described: Described): string {
  return commentsOf(fileOf(described)).get(pathOf(described).join('.')) ?? '';
}

function commentsOf(file: DescFile): ReadonlyMap<string, string> {
  const comments =
    known.get(file) ??
    new Map(
      (file.proto.sourceCodeInfo?.location ?? []).map(({ path, leadingComments }) => [
        path.join('.'),
        leadingComments.trim().replaceAll(/\s*\n\s*/g, ' '),
      ]),
    );
  known.set(file, comments);
  return comments;
}

function fileOf(described: Described): DescFile {
  if (described.kind === 'field' || described.kind === 'rpc') return described.parent.file;
  return described.kind === 'enum_value' ? described.parent.file : described.file;
}

function pathOf(described: Described): readonly number[] {
  if (described.kind === 'service') return [inFile.service, described.file.services.indexOf(described)];
  const { parent } = described;
  if (described.kind === 'field') {
    return [...pathOf(described.parent), inMessage.field, described.parent.fields.indexOf(described)];
  }
  if (described.kind === 'rpc') {
    return [...pathOf(described.parent), inService.method, described.parent.methods.indexOf(described)];
  }
  if (described.kind === 'enum_value') {
    return [...pathOf(described.parent), inEnum.value, described.parent.values.indexOf(described)];
  }
  if (described.kind === 'message') {
    return parent?.kind === 'message'
      ? [...pathOf(parent), inMessage.nested, parent.nestedMessages.indexOf(described)]
      : [inFile.message, described.file.messages.indexOf(described)];
  }
  return parent?.kind === 'message'
    ? [...pathOf(parent), inMessage.enum, parent.nestedEnums.indexOf(described)]
    : [inFile.enum, described.file.enums.indexOf(described)];
}
