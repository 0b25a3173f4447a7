import { openStore } from '../../../src/io/store/store.ts';

/** Commits rows for ever and says each number on standard output once it is committed. */
const store = await openStore({ databaseUrl: null, dir: process.argv[2] as string, log: { info: () => undefined, warn: () => undefined, error: () => undefined } });
const round = process.argv[3] as string;
for (let i = 1; ; i += 1) {
  await store.transaction(async (tx) => {
    for (let part = 0; part < 5; part += 1) await tx.query(`insert into audit (at, actor, action, detail) values (now(), $1, $2, '{}')`, [round, String(i)]);
  });
  process.stdout.write(`${i}\n`);
}
