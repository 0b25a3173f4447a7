import type { Express } from 'express';
import type { Access } from '../adapters/web/sign-in.ts';
import { examplesFor } from './app/answer.ts';
import { membershipsOf, standingOf } from './app/people.ts';
import type { Config } from './io/config/config.ts';
import type { Pictures } from './io/http/pictures.ts';
import type { Pack, Person } from './pack/model.ts';
import type { ChatAdapter, Clock, Log, Platform } from './ports.ts';
import type { PackHouse } from './warehouse.ts';

/** The platforms the settings name, made and not started: what is made can send. `page` adds the chat in the browser, for whom the settings say. */
export async function connect(config: Config, { app, pictures, house, clock, log, page }: { app: Express; pictures: Pictures; house: PackHouse; clock: Clock; log: Log; page: boolean }): Promise<Map<Platform, ChatAdapter>> {
  const adapters = new Map<Platform, ChatAdapter>();
  const now = (): Date => clock.now();
  // A platform's library is loaded only where it is connected: botbuilder alone takes a second.
  if (config.slack !== null) {
    const { createSlack } = await import('../adapters/slack/index.ts');
    const { mode, botToken, allowedTeams, apiUrl } = config.slack;
    adapters.set('slack', createSlack({ mode: mode.kind === 'http' ? { ...mode, app } : mode, botToken, allowedTeams, apiUrl, now, log }));
  }
  if (config.teams !== null) {
    const { createTeams } = await import('../adapters/teams/index.ts');
    const { auth, allowedTenants, serviceUrls } = config.teams;
    adapters.set('teams', createTeams({ app, auth: auth.kind === 'bot' ? { ...auth, endpoints: null } : { ...auth, boundTo: config.host }, allowedTenants, allowedServiceUrls: serviceUrls, pictureUrl: (png, reader) => pictures.url(png, reader), sheetUrl: (sheet, reader) => pictures.sheetUrl(sheet, reader), now, log }));
  }
  const access: Access | null = config.web !== null ? { kind: 'proxy', ...config.web, trustedProxies: config.trustedProxies } : config.demo ? { kind: 'demo', boundTo: config.host } : null;
  if (page && access !== null) {
    const { createWeb } = await import('../adapters/web/index.ts');
    adapters.set('web', createWeb({
      app, access, now, log,
      people: () => humansOf(house.packs()).map(({ person, places }) => ({
        id: person.id, name: person.name, title: [person.title[person.language], places].filter((part) => part !== '').join(', '), language: person.language, email: person.email?.toLowerCase() ?? null,
      })),
      standing: (from) => standingOf(house.packs(), from, []),
      renew: () => renewed(house, log),
      suggestions: (from) => membershipsOf(house.packs(), from, []).flatMap(({ pack, person }) => examplesFor(pack, person, person.language)),
    }));
  }
  return adapters;
}

/** The packs' files are looked at; where they can't be, who is who stays as it was, and the log says so. */
export async function renewed(house: PackHouse, log: Log): Promise<void> {
  await house.renew().catch((error: unknown) => { log.error('packs-not-read', { error: error instanceof Error ? error : String(error) }); });
}

/** Everybody once, with the names of their units; who is in several packs is one human, as the first of them knows them. */
function humansOf(packs: readonly Pack[]): { readonly person: Person; readonly places: string }[] {
  const all = packs.flatMap((pack) => [...pack.people.values()].map((person) => ({ pack, person })));
  const sameAs = (id: string): typeof all => all.filter(({ person }) => person.id === id);
  return all.filter((one) => sameAs(one.person.id)[0] === one).map(({ person }) => ({
    person, places: sameAs(person.id).map((one) => unitNames(one.pack, { ...one.person, language: person.language })).join(', '),
  }));
}

const unitNames = (pack: Pack, person: Person): string => person.units.map((unit) => pack.organisation.units.get(unit)?.name[person.language] ?? unit).join(', ');
