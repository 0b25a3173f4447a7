import { randomUUID } from 'node:crypto';
import { createHttp } from '../../../src/io/http/server.ts';
import type { ChatAdapter, Log } from '../../../src/ports.ts';
import { createWeb } from '../../../adapters/web/index.ts';
import type { WebOptions } from '../../../adapters/web/index.ts';
import { PEOPLE, SUGGESTIONS } from './sample.ts';

export const NOW = new Date('2026-10-06T06:00:00Z');

export interface Lab {
  readonly url: string;
  readonly port: number;
  readonly web: ChatAdapter;
  readonly logged: string[];
  /** Stops in the order the service does: the chat, then HTTP. */
  close(): Promise<void>;
}

/** A real server with the web chat on a free port (or a given one), not yet started. */
export async function openLab(change: Partial<WebOptions> = {}, port = 0): Promise<Lab> {
  const logged: string[] = [];
  const note = (event: string, fields?: unknown): void => void logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { info: note, warn: note, error: note };
  const http = createHttp({ host: '127.0.0.1', port, trustedProxies: [], limit: null, log, ready: async () => ({ ok: true, detail: {} }), metrics: async () => '' });
  const language = (id: string): 'da' | 'en' => PEOPLE.find((person) => person.id === id)?.language ?? 'da';
  const web = createWeb({ app: http.app, access: { kind: 'demo', boundTo: '127.0.0.1' }, people: () => PEOPLE, standing: ({ user }) => user, renew: async () => undefined, suggestions: ({ user }) => SUGGESTIONS[language(user)], now: () => NOW, log, ...change });
  const { url } = await http.listen();
  return {
    url,
    port: Number(new URL(url).port),
    web,
    logged,
    close: async () => {
      await web.stop();
      await http.close();
    },
  };
}

interface PageEvent {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** Reads a person's event stream as the page does. */
export async function listen(lab: Lab, person: string, headers: Record<string, string> = {}): Promise<{ next(name: string): Promise<Record<string, unknown>>; close(): void }> {
  const stop = new AbortController();
  const answer = await fetch(`${lab.url}/chat/events/${person}`, { headers, signal: stop.signal });
  if (answer.body === null || !answer.ok) throw new Error(`no event stream: ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const waiting: PageEvent[] = [];
  let text = '';
  const read = async (): Promise<boolean> => {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: '' }));
    text += value ?? '';
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const match = /^event: (.+)\ndata: (.+)$/.exec(part);
      if (match !== null) waiting.push({ name: match[1] ?? '', data: JSON.parse(match[2] ?? '') as Record<string, unknown> });
    }
    return !done;
  };
  return {
    next: async (name) => {
      for (;;) {
        const found = waiting.findIndex((event) => event.name === name);
        if (found >= 0) return waiting.splice(0, found + 1).at(-1)?.data ?? {};
        if (!(await read())) throw new Error(`the stream ended before "${name}"`);
      }
    },
    close: () => stop.abort(),
  };
}

/** What the page posts. */
export const question = (text = 'budget', kind: 'message' | 'action' = 'message'): { id: string; kind: string; text: string } => ({ id: randomUUID(), kind, text });

/** Posts as the page does. */
export function post(lab: Lab, person: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${lab.url}/chat/messages/${person}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
}
