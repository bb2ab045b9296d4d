import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import { messageDescriptor, methodDescriptor } from '../../contract/descriptors.js';
import type { BoundMethod } from '../../pipeline/call.js';
import { bindingsOf, type Binding } from '../http-rules.js';
import { commentOf } from './comments.js';
import { OpenApiSchemas } from './openapi-schemas.js';

/** Example requests, by the full name of their message. The image is a minimal PNG: one white pixel. */
const examples: Readonly<Record<string, JsonObject>> = {
  'yandex.cloud.ai.vision.v1.BatchAnalyzeRequest': {
    folderId: 'b1g8example',
    analyzeSpecs: [
      {
        content: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2VwAAAABJRU5ErkJggg==',
        features: [{ type: 'TEXT_DETECTION', textDetectionConfig: { languageCodes: ['en', 'ru'], model: 'page' } }],
        mimeType: 'image/png',
      },
    ],
  },
  'yandex.cloud.iam.v1.CreateIamTokenRequest': { yandexPassportOauthToken: 'vd_0123456789abcdef0123_...' },
};

/** The OpenAPI 3.1 description of the REST API, from the descriptors: paths, schemas, limits, comments. */
export function describeApi(methods: readonly BoundMethod[], version: string): JsonObject {
  const schemas = new OpenApiSchemas();
  const paths: Record<string, Record<string, JsonValue>> = {};
  for (const bound of methods) {
    for (const binding of bindingsOf(methodDescriptor(bound.path))) {
      const operations = (paths[binding.template.openApiPath] ??= {});
      operations[binding.verb.toLowerCase()] = operation(binding, bound, schemas, Object.keys(operations).length);
    }
  }
  const errorSchema = schemas.refer(messageDescriptor('google.rpc.Status'));
  return {
    openapi: '3.1.0',
    info: {
      title: 'visiond',
      version,
      description: 'Self-hosted image analysis that speaks the Yandex Cloud Vision v1 API.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, { bearer: [] }, {}],
    paths,
    components: {
      schemas: schemas.all,
      responses: { Error: { description: 'Error status.', content: json(errorSchema) } },
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'Authorization', description: '`Api-Key KEY`' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function operation(binding: Binding, { isPublic }: BoundMethod, schemas: OpenApiSchemas, index: number): JsonObject {
  const { method, template, body, responseBody } = binding;
  const bodyField = method.input.fields.find(({ name }) => name === body);
  const answerField = method.output.fields.find(({ name }) => name === responseBody);
  const example = body === '*' ? examples[method.input.typeName] : undefined;
  const requestSchema = bodyField === undefined ? schemas.refer(method.input) : schemas.field(bodyField);
  const answerSchema = answerField === undefined ? schemas.refer(method.output) : schemas.field(answerField);
  return {
    operationId: `${method.parent.name}_${method.name}${index === 0 ? '' : `_${binding.verb.toLowerCase()}`}`,
    summary: commentOf(method),
    tags: [method.parent.name],
    ...(isPublic && { security: [] }),
    parameters: parametersOf(binding, schemas),
    ...(body !== '' && { requestBody: { required: true, content: json(requestSchema, example) } }),
    responses: {
      200: { description: `${template.openApiPath} Success.`, content: json(answerSchema) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function parametersOf({ method, template, body }: Binding, schemas: OpenApiSchemas): JsonObject[] {
  const inPath = template.variables.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaAt(method.input, name.split('.'), schemas),
  }));
  if (body === '*') return inPath;
  const inQuery = method.input.fields
    .filter((field) => field.name !== body && !template.variables.includes(field.name) && isParameter(field))
    .map((field) => ({ name: field.jsonName, in: 'query', schema: schemas.field(field) }));
  return [...inPath, ...inQuery];
}

function isParameter(field: DescField): boolean {
  return (
    field.fieldKind !== 'map' && (field.message === undefined || field.message.typeName.startsWith('google.protobuf.'))
  );
}

function schemaAt(message: DescMessage, [name, ...rest]: readonly string[], schemas: OpenApiSchemas): JsonObject {
  const field = message.fields.find((each) => each.name === name);
  if (field === undefined) return { type: 'string' };
  return field.message === undefined || rest.length === 0
    ? schemas.field(field)
    : schemaAt(field.message, rest, schemas);
}

function json(schema: JsonObject, example?: JsonObject): JsonObject {
  return { 'application/json': { schema, ...(example !== undefined && { example }) } };
}
