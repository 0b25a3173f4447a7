import { pino } from 'pino';
import { maskPersonalNumbers } from '../../access/personal-number.ts';
import type { Log } from '../../ports.ts';

const SECRETS = /\b(?:xox[abp]-[\w-]+|xapp-[\w-]+|Bearer\s+[\w.-]+|postgres(?:ql)?:\/\/[^\s"]+)/g;

/** A shorter one would be found in innocent words; nobody's token is that short. */
const SHORTEST = 8;

/** A text without secrets: what is known to be one, wherever it stands, and what looks like one. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= SHORTEST).sort((a, b) => b.length - a.length).reduce((hidden, secret) => hidden.replaceAll(secret, '[secret]'), text).replace(SECRETS, '[secret]');
}

const masked = (value: unknown, secrets: readonly string[]): unknown => {
  if (typeof value === 'string') return maskPersonalNumbers(hideSecrets(value, secrets));
  if (Array.isArray(value)) return value.map((one) => masked(one, secrets));
  if (value instanceof Error) return { message: masked(value.message, secrets), stack: masked(value.stack, secrets) };
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, secrets)]));
  return value;
};

/** Structured log lines on standard error; secrets (the known ones in `secrets`, and what looks like one) and what looks like a CPR number are masked. */
export function createLog(level: 'debug' | 'info' | 'warn' | 'error' | 'silent', write: { write(line: string): void } = process.stderr, secrets: readonly string[] = []): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, write);
  const line = (severity: 'info' | 'warn' | 'error') => (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    logger[severity]({ event, ...(masked(fields, secrets) as Record<string, unknown>) });
  };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
