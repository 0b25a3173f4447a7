import express from 'express';
import { createTeams } from '../../../adapters/teams/index.ts';
import type { TeamsOptions } from '../../../adapters/teams/index.ts';
import { DefinitionError } from '../../../src/errors.ts';

const TENANT = '11111111-1111-4111-8111-111111111111';
const BOT = { kind: 'bot' as const, appId: '11111111-2222-4333-8444-555555555555', password: 'x', tenant: TENANT, endpoints: null };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const start = (more: Partial<TeamsOptions>): void => {
  createTeams({ app: express(), auth: BOT, allowedTenants: [], allowedServiceUrls: ['https://smba.trafficmanager.net/'], pictureUrl: () => null, sheetUrl: () => null, now: () => new Date(0), log, ...more });
};
const refusal = (more: Partial<TeamsOptions>): string => {
  try {
    start(more);
  } catch (error) {
    if (error instanceof DefinitionError) return error.message;
    throw error;
  }
  return 'it started';
};

describe('the bot does not start', () => {
  it.each<[string, Partial<TeamsOptions>, RegExp]>([
    ['without an app id', { auth: { ...BOT, appId: '' } }, /app id of the bot is missing/],
    ['without a password', { auth: { ...BOT, password: '' } }, /password of the bot is empty/],
    ['with a tenant that is none', { auth: { ...BOT, tenant: 'contoso' } }, /tenant of the bot is no GUID/],
    ['with endpoints of somebody else', { auth: { ...BOT, endpoints: { login: 'https://evil.example/t', openIdMetadata: 'http://localhost:1/x' } } }, /only be on this machine/],
    ['with endpoints that only look local', { auth: { ...BOT, endpoints: { login: 'https://localhost.evil.example/t', openIdMetadata: 'http://127.0.0.1.evil.example/x' } } }, /only be on this machine/],
    ['when no organisation may write', { auth: { ...BOT, tenant: null } }, /No tenant is allowed/],
    ['anonymously when no organisation may write', { auth: { kind: 'anonymous-test', boundTo: '127.0.0.1' } }, /No tenant is allowed/],
    ['without a service URL', { allowedServiceUrls: [] }, /No service URL is allowed/],
    ['with a service URL over http', { allowedServiceUrls: ['http://smba.trafficmanager.net/'] }, /is not https/],
  ])('%s, and says how to mend it', (_name, more, why) => {
    expect(refusal(more)).toMatch(why);
    expect(refusal(more)).not.toContain(': x');
  });

  it.each(['0.0.0.0', '::', '10.0.0.4', 'overblik.example.dk', '127.0.0.1.evil.example', ''])('without tokens on %j, where others could write to it', (boundTo) => {
    expect(refusal({ auth: { kind: 'anonymous-test', boundTo }, allowedTenants: [TENANT] })).toMatch(/Without an app id anyone may write to the bot/);
  });

  it('and names all mistakes in one go', () => {
    expect(refusal({ auth: { ...BOT, appId: '', password: '' }, allowedServiceUrls: [] }).split('\n').length).toBe(3);
  });
});

describe('the bot starts', () => {
  it('with an app id, and with its own tenant when no other is named', () => {
    expect(refusal({})).toBe('it started');
    expect(refusal({ auth: { ...BOT, tenant: null }, allowedTenants: [TENANT] })).toBe('it started');
  });

  it.each(['127.0.0.1', 'localhost', '::1', '127.0.0.53'])('without tokens on %s', (boundTo) => {
    expect(refusal({ auth: { kind: 'anonymous-test', boundTo }, allowedTenants: [TENANT] })).toBe('it started');
  });
});
