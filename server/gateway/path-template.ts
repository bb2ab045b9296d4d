/** A path template of google.api.http, such as `/v1/{name=folders/*}/images:verify`. */
export interface PathTemplate {
  /** Field paths of its variables. */
  readonly variables: readonly string[];
  /** Number of literal segments. If two templates match a path, the more specific one wins. */
  readonly specificity: number;
  /** The path as OpenAPI writes it: `/v1/{name}`. */
  readonly openApiPath: string;
  /**
   * Values of the variables in a path.
   * @returns undefined if the path does not match or has invalid percent-encoding
   */
  match(path: string): ReadonlyMap<string, string> | undefined;
}

/** Parses a template by the grammar in google/api/http.proto. @throws Error if it is invalid */
export function parsePathTemplate(template: string): PathTemplate {
  const variables: string[] = [];
  const multiple = new Set<number>();
  let specificity = 0;
  let rest = template;
  const take = (pattern: RegExp): string | undefined => {
    const match = pattern.exec(rest);
    if (match === null || match.index !== 0) return undefined;
    rest = rest.slice(match[0].length);
    return match[0];
  };
  const fail = (): never => {
    throw new Error(`Invalid path ${template} in proto/, at "${rest}"`);
  };
  const readSegment = (inVariable: boolean): string => {
    if (take(/^\*\*/) !== undefined) {
      if (inVariable) multiple.add(variables.length - 1);
      return '.*';
    }
    if (take(/^\*/) !== undefined) return '[^/]+';
    if (!inVariable && take(/^\{/) !== undefined) return readVariable();
    const literal = take(/^[^/{}*:=]+/) ?? fail();
    specificity += literal.length;
    return escape(literal);
  };
  const readVariable = (): string => {
    variables.push(take(/^[a-z][\w.]*/i) ?? fail());
    const pattern = take(/^=/) === undefined ? '[^/]+' : readSegments(true);
    if (take(/^\}/) === undefined) fail();
    return `(${pattern})`;
  };
  const readSegments = (inVariable: boolean): string => {
    let pattern = readSegment(inVariable);
    while (take(/^\//) !== undefined) pattern += `/${readSegment(inVariable)}`;
    return pattern;
  };
  if (take(/^\//) === undefined) fail();
  const pattern = `^/${readSegments(false)}`;
  const verb = take(/^:[^/{}*:=]+$/) ?? '';
  if (rest !== '') fail();
  specificity += verb.length;
  const expression = new RegExp(`${pattern}${escape(verb)}$`);

  return {
    variables,
    specificity,
    openApiPath: template.replaceAll(/\{([\w.]+)=[^}]*\}/g, '{$1}'),
    match(path) {
      const match = expression.exec(path);
      if (match === null) return undefined;
      try {
        return new Map(variables.map((name, index) => [name, decode(match[index + 1] ?? '', multiple.has(index))]));
      } catch {
        return undefined;
      }
    },
  };
}

/** In a multi-segment value, an encoded slash stays encoded: decoded, it would be a separator. */
function decode(text: string, keepSlashes: boolean): string {
  return keepSlashes ? text.split(/%2f/i).map(decodeURIComponent).join('%2F') : decodeURIComponent(text);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
