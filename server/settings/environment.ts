import { didYouMean } from '../strings/nearest-name.js';

const prefix = 'VISIOND_';
/** Variables that are not settings: those of commands, scripts and examples. */
const otherNames = ['VISIOND_API_KEY', 'VISIOND_CA', 'VISIOND_CONFORMANCE_LIBC'];

/** Variables that Kubernetes sets in every container for a service named visiond or visiond-something. */
const serviceName = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
const serviceAddress = /^(tcp|udp|sctp):\/\//;

/**
 * A sentence about a variable that looks like a setting but is none: a typo would otherwise go unnoticed.
 * @param settingNames names of the variables of all settings
 */
export function unknownVariable(
  environment: Readonly<Record<string, string | undefined>>,
  settingNames: readonly string[],
): string | undefined {
  const known = [...settingNames, ...otherNames];
  const unknown = Object.entries(environment).find(
    ([name, value = '']) =>
      name.startsWith(prefix) &&
      !known.includes(name) &&
      !serviceName.test(name) &&
      !(name.endsWith('_PORT') && serviceAddress.test(value)),
  )?.[0];
  if (unknown === undefined) return undefined;
  const names = known.map((name) => name.slice(prefix.length));
  return `Unknown setting ${unknown}.${didYouMean(unknown.slice(prefix.length), names, prefix)}`;
}
