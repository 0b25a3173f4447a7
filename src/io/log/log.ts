import { pino } from 'pino';
import { maskPersonalNumbers } from '../../access/personal-number.ts';
import type { Log } from '../../ports.ts';

const SECRETS = /\b(?:xox[abp]-[\w-]+|xapp-[\w-]+|Bearer\s+[\w.-]+|postgres(?:ql)?:\/\/[^\s"]+)/g;

const masked = (value: unknown): unknown => {
  if (typeof value === 'string') return maskPersonalNumbers(value).replace(SECRETS, '[secret]');
  if (Array.isArray(value)) return value.map(masked);
  if (value instanceof Error) return { message: masked(value.message), stack: masked(value.stack) };
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
  return value;
};

/** Structured log lines on standard error; secrets and what looks like a CPR number are masked. */
export function createLog(level: 'debug' | 'info' | 'warn' | 'error' | 'silent', write: { write(line: string): void } = process.stderr): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, write);
  const line = (severity: 'info' | 'warn' | 'error') => (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    logger[severity]({ event, ...(masked(fields) as Record<string, unknown>) });
  };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
