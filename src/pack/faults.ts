import type { z } from 'zod';
import type { Fault } from '../errors.ts';
import type { Located } from './yaml.ts';

type Issue = z.core.$ZodIssue;

/** Of a union, the branch the author most likely meant: the one whose mistakes lie deepest, then the fewest. */
function likelyBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
  return [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
}

const KINDS: Record<string, string> = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', object: 'a list of keys and values', record: 'a list of names with values', array: 'a list (lines that begin with -)' };

function explain(issue: Issue): { message: string; hint: string } {
  const [message = '', hint = ''] = issue.message.split('\n');
  if (issue.message.includes('\n')) return { message, hint };
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = KINDS[issue.expected] ?? issue.expected;
      const name = String(issue.path.at(-1) ?? 'the file');
      return (issue as { input?: unknown }).input === undefined
        ? { message: `'${name}' is missing here.`, hint: `Add '${name}:' with ${wanted}.` }
        : { message: `'${name}' must be ${wanted}.`, hint: '' };
    }
    case 'invalid_value':
      return { message: `'${String(issue.path.at(-1))}' has a value that is not allowed.`, hint: `Allowed: ${issue.values.map(String).join(', ')}.` };
    case 'invalid_key':
      return { message: explain(issue.issues[0] as Issue).message, hint: explain(issue.issues[0] as Issue).hint };
    case 'too_small':
      return { message: `'${String(issue.path.at(-1))}' is too short or too small.`, hint: `At least ${String(issue.minimum)}.` };
    case 'too_big':
      return { message: `'${String(issue.path.at(-1))}' is too long or too big.`, hint: `At most ${String(issue.maximum)}.` };
    case 'invalid_union': {
      const allowed = (issue as { note?: string; discriminator?: string; options?: unknown[] });
      return allowed.discriminator !== undefined
        ? { message: `'${String(allowed.discriminator)}' is missing or not allowed here.`, hint: `Allowed: ${(allowed.options ?? []).map(String).join(', ')}.` }
        : { message: `'${String(issue.path.at(-1))}' has a form that is not allowed.`, hint: '' };
    }
    default:
      return { message: `${message}.`.replace('..', '.'), hint };
  }
}

function flatten(issue: Issue, base: readonly PropertyKey[]): { issue: Issue; path: PropertyKey[] }[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = likelyBranch(issue.errors);
    if (branch.length > 0) return branch.flatMap((inner) => flatten(inner, path));
  }
  return [{ issue: { ...issue, path } as Issue, path }];
}

/** Every mistake the schema found in one file, each at its line and column. */
export function schemaFaults(issues: readonly Issue[], located: Located): Fault[] {
  return issues.flatMap((issue) => flatten(issue, [])).map(({ issue, path }) => {
    const key = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? null) : null;
    const place = key === null ? located.at(path, { key: issue.code === 'invalid_key' }) : located.at([...path, key], { key: true });
    return { ...place, ...explain(issue) };
  });
}
