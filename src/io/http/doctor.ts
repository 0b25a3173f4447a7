import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Check } from '../../ports.ts';

/** Looks whether the service could listen where it is told to. */
export async function examinePort(host: string, port: number): Promise<Check> {
  const what = 'port';
  const server = createServer();
  const place = `${port} on ${host}`;
  try {
    server.listen(port, host);
    await once(server, 'listening');
    server.close();
    return { state: 'ok', what, found: `${place} is free.`, advice: '' };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const found = code === 'EADDRINUSE' ? `${place} is taken by another program.` : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' ? `${host} is no address of this machine.` : `${place} can't be listened on (${code}).`;
    return { state: 'fail', what, found, advice: code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' ? 'Mend HOST.' : 'End it, or set PORT to another.' };
  }
}
