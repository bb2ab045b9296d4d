import { authorizationOf } from '../api/authorization.js';
import type { Feature } from '../api/features.js';

export const snippetLanguages = ['curl', 'grpcurl', 'TypeScript', 'Python'] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];

/** A call as a person makes it outside this page. */
export interface SnippetCall {
  /** Where the API is, as in `https://vision.example.org/` */
  readonly base: string;
  readonly fileName: string;
  readonly features: readonly Feature[];
  /** Whether the server asks for a key. The key itself is never part of a snippet. */
  readonly key: string;
  readonly folder: string;
}

const keyVariable = 'VISIOND_KEY';

/** The call in a language, ready to be pasted. */
export function snippet(language: SnippetLanguage, call: SnippetCall): string {
  switch (language) {
    case 'curl':
      return curl(call);
    case 'grpcurl':
      return grpcurl(call);
    case 'TypeScript':
      return typescript(call);
    case 'Python':
      break;
  }
  return python(call);
}

function curl({ base, fileName, features, key, folder }: SnippetCall): string {
  const headers = key === '' ? '' : ` \\\n  -H "Authorization: ${schemeOf(key)} $${keyVariable}"`;
  return `echo '{${folderField(folder, 'folderId')}"analyzeSpecs": [{
  "content": "'$(base64 < ${shellWord(fileName)} | tr -d '\\n')'",
  "features": ${inQuotes(list(features, 2))}
}]}' | curl -s --data-binary @-${headers} \\
  ${shellWord(new URL('vision/v1/batchAnalyze', base).href)}
`;
}

function grpcurl({ base, fileName, features, key, folder }: SnippetCall): string {
  const { isPlain, endpoint } = endpointOf(base);
  const flags = [
    ...(isPlain ? ['-plaintext'] : []),
    ...(key === '' ? [] : [`-H "authorization: ${schemeOf(key)} $${keyVariable}"`]),
  ];
  return `echo '{${folderField(folder, 'folder_id')}"analyze_specs": [{
  "content": "'$(base64 < ${shellWord(fileName)} | tr -d '\\n')'",
  "features": ${inQuotes(list(features.map(asProtoNames), 2))}
}]}' | grpcurl ${[...flags, '-d @'].join(' ')} \\
  ${shellWord(endpoint)} yandex.cloud.ai.vision.v1.VisionService/BatchAnalyze
`;
}

/** By plain fetch, so that it runs in Node.js without a package. */
function typescript({ base, fileName, features, key, folder }: SnippetCall): string {
  const authorization = key === '' ? '' : `\n    authorization: \`${schemeOf(key)} \${process.env.${keyVariable}}\`,`;
  return `import { readFile } from 'node:fs/promises';

const content = await readFile(${quote(fileName)}, 'base64');
const response = await fetch(${quote(new URL('vision/v1/batchAnalyze', base).href)}, {
  method: 'POST',
  headers: {
    'content-type': 'application/json',${authorization}
  },
  body: JSON.stringify({${folder === '' ? '' : `\n    folderId: ${quote(folder)},`}
    analyzeSpecs: [{ content, features: ${list(features, 4)} }],
  }),
});
if (!response.ok) throw new Error(await response.text());
const { results } = await response.json();
console.log(JSON.stringify(results, undefined, 2));
`;
}

/** By the standard library alone. */
function python({ base, fileName, features, key, folder }: SnippetCall): string {
  const imports = ['base64', 'json', ...(key === '' ? [] : ['os']), 'urllib.request'];
  const authorization =
    key === '' ? '' : `\n        "Authorization": "${schemeOf(key)} " + os.environ["${keyVariable}"],`;
  return `${imports.map((name) => `import ${name}`).join('\n')}

with open(${json(fileName)}, "rb") as file:
    content = base64.b64encode(file.read()).decode()

request = urllib.request.Request(
    ${json(new URL('vision/v1/batchAnalyze', base).href)},
    headers={
        "Content-Type": "application/json",${authorization}
    },
    data=json.dumps({${folder === '' ? '' : `\n        "folderId": ${json(folder)},`}
        "analyzeSpecs": [{"content": content, "features": ${list(features, 8)}}],
    }).encode(),
)
with urllib.request.urlopen(request) as response:
    print(json.dumps(json.load(response), ensure_ascii=False, indent=2))
`;
}

function schemeOf(key: string): string {
  return authorizationOf(key).split(' ')[0] ?? '';
}

function folderField(folder: string, name: string): string {
  return folder === '' ? '' : `"${name}": ${inQuotes(json(folder))}, `;
}

/** Text within single quotes of the shell. */
function inQuotes(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}

/** A JSON list with a line for each element. */
function list(values: readonly unknown[], spaces: number): string {
  const margin = ' '.repeat(spaces);
  return `[\n${values.map((value) => `${margin}  ${json(value)}`).join(',\n')}\n${margin}]`;
}

/** JSON in one line, with spaces for the eye. */
function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, field]) => `${JSON.stringify(name)}: ${json(field)}`)
    .join(', ')}}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

/** A word of the shell: as it is where that is safe. */
function shellWord(text: string): string {
  // A name that begins with a dash would be an option.
  const word = text.startsWith('-') ? `./${text}` : text;
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${inQuotes(word)}'`;
}

function endpointOf(base: string): { readonly isPlain: boolean; readonly endpoint: string } {
  const { protocol, hostname, port } = new URL(base);
  const isPlain = protocol === 'http:';
  return { isPlain, endpoint: `${hostname}:${port === '' ? (isPlain ? '80' : '443') : port}` };
}

function asProtoNames(feature: Feature): unknown {
  switch (feature.type) {
    case 'TEXT_DETECTION': {
      const { languageCodes, model } = feature.textDetectionConfig;
      return { type: feature.type, text_detection_config: { language_codes: languageCodes, model } };
    }
    case 'CLASSIFICATION':
      return { type: feature.type, classification_config: feature.classificationConfig };
    case 'FACE_DETECTION':
    case 'IMAGE_COPY_SEARCH':
      break;
  }
  return { type: feature.type };
}
