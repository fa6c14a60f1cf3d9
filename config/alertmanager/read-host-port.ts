/** Network addresses as Go's `net.SplitHostPort` takes them. */
import type { YamlSection } from '../yaml-section.ts';

/** `host:port`, checked; '' when absent. */
export function readHostPort(section: YamlSection, name: string): string {
  const text = section.string(name);
  const problem = text === '' ? undefined : hostPortProblem(text);
  if (problem !== undefined) section.problem(name, problem, 'write it as host:port');
  return text;
}

function hostPortProblem(text: string): string | undefined {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return `address ${text}: missing port in address`;
  const host = text.slice(0, colon);
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0) return `address ${text}: missing ']' in address`;
    if (end + 1 === text.length) return `address ${text}: missing port in address`;
    if (end + 1 !== colon) return `address ${text}: too many colons in address`;
  } else if (host.includes(':')) {
    return `address ${text}: too many colons in address`;
  }
  return colon === text.length - 1 ? `address "${text}": port cannot be empty` : undefined;
}
