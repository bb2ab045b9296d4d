import { getOption, hasOption, toBinary, type DescMethod, type Message } from '@bufbuild/protobuf';
import { HttpRule } from '../../gen/google/api/http.js';
import { messageDescriptor, optionDescriptor } from '../contract/descriptors.js';
import { parsePathTemplate, type PathTemplate } from './path-template.js';

/** One HTTP binding of a method. */
export interface Binding {
  readonly method: DescMethod;
  /** GET, POST and so on. */
  readonly verb: string;
  readonly template: PathTemplate;
  /** Field that the body contains, `*` for the whole request, empty if there is no body. */
  readonly body: string;
  /** Field that becomes the response body, empty for the whole response. */
  readonly responseBody: string;
}

const httpOption = optionDescriptor('google.api.http');
const httpRule = messageDescriptor('google.api.HttpRule');

/** The HTTP bindings of a method, from its google.api.http option. Empty if it has none. */
export function bindingsOf(method: DescMethod): Binding[] {
  if (!hasOption(method, httpOption)) return [];
  const option: unknown = getOption(method, httpOption);
  if (!isMessage(option)) return [];
  const rule = HttpRule.decode(toBinary(httpRule, option));
  return [rule, ...rule.additionalBindings].map((each) => bindingOf(method, each));
}

function bindingOf(method: DescMethod, { pattern, body, responseBody }: HttpRule): Binding {
  if (pattern === undefined) throw new Error(`A google.api.http rule of ${method.toString()} has no path`);
  const custom = pattern.$case === 'custom';
  const verb = custom ? pattern.value.kind : pattern.$case.toUpperCase();
  const template = parsePathTemplate(custom ? pattern.value.path : pattern.value);
  for (const name of [body, responseBody]) {
    const { fields } = name === body ? method.input : method.output;
    if (name !== '' && name !== '*' && !fields.some((field) => field.name === name)) {
      throw new Error(`A google.api.http rule of ${method.toString()} names ${name}, which is not a field`);
    }
  }
  return { method, verb, template, body, responseBody };
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && '$typeName' in value;
}
