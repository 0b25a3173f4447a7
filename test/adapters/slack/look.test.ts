import { existsSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';
import { chromium, type Browser } from 'playwright-core';
import type { Block } from '../../../adapters/slack/limits.ts';
import { renderBlocks } from '../../../adapters/slack/render.ts';
import { CARDS, drawChart, sampleMessage } from '../web/sample.ts';
import { openLab, start, type Lab } from './lab.ts';

const CHROMIUM = '/usr/bin/chromium';
const SCREENSHOTS = 'var/screenshots/slack';
const present = existsSync(CHROMIUM);
if (!present) console.warn(`how a page looks in Slack is not tested: there is no Chromium at ${CHROMIUM}`);

/** A page that draws blocks as Slack does. */
async function pageOf(blocks: readonly Block[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import { Message } from 'slack-blocks-to-jsx'; import { createRoot } from 'react-dom/client'; import { createElement } from 'react';
      createRoot(document.getElementById('root')).render(createElement(Message, { time: new Date(0), name: 'Overblik', logo: 'data:,', blocks: ${JSON.stringify(blocks)} }));`, resolveDir: process.cwd(), loader: 'js' },
    bundle: true, write: false, format: 'iife', jsx: 'automatic', logLevel: 'silent', define: { 'process.env.NODE_ENV': '"production"' }, outdir: '/',
  });
  return `<!doctype html><meta charset="utf-8"><style>${await (await import('node:fs/promises')).readFile('node_modules/slack-blocks-to-jsx/dist/style.css', 'utf8')}
    body { font: 15px/1.46 "Liberation Sans", sans-serif; margin: 16px; max-width: 720px }</style><div id="root"></div><script>${(outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')}</script>`;
}

/** The texts of blocks that are not on the screen: what can't be drawn is left out without a word. */
function missing(blocks: readonly Block[], shown: string): string[] {
  const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.flatMap(textsOf) : typeof value !== 'object' || value === null ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === 'text' && typeof inner === 'string' ? [inner] : textsOf(inner))));
  const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
  return blocks.flatMap((block) => textsOf(block)).filter((text) => !plain(shown).includes(plain(text)));
}

(present ? describe : describe.skip)('how a page looks in Slack', () => {
  let browser: Browser;
  let lab: Lab;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'] });
    lab = await openLab('http');
    await start(lab);
  });
  afterAll(async () => {
    await browser.close();
    await lab.close();
  });

  it.each([['wide', 800], ['phone', 375]] as const)('every word that was sent is on the %s screen, and the picture', async (name, width) => {
    const address = { platform: 'slack', tenant: '', conversation: lab.channel, thread: null, user: lab.user.anna, serviceUrl: '', bot: '' } as const;
    await lab.slack.send(address, sampleMessage('da'));
    // What Slack has, not what was meant to be sent.
    const [message] = (await lab.bot.conversations.history({ channel: lab.channel, limit: 1 })).messages ?? [];
    const blocks = ((message?.blocks ?? []) as unknown as Block[]).map((block) => (block['type'] === 'image' ? { ...block, slack_file: undefined, image_url: `data:image/png;base64,${Buffer.from(drawChart('da')).toString('base64')}` } : block));
    const page = await browser.newPage({ viewport: { width, height: 900 }, locale: 'da-DK' });
    await page.setContent(await pageOf(blocks));
    await page.waitForSelector('img[alt^="Forbrug og budget"]');
    const shown = await page.evaluate(() => (globalThis as unknown as { document: { body: { innerText: string } } }).document.body.innerText);
    expect(missing(blocks, shown)).toEqual([]);
    for (const words of [CARDS.da.title, CARDS.da.label, CARDS.da.headline, ...CARDS.da.provenance, ...CARDS.da.actions.map(({ label }) => label), '4,71 mio. kr.', 'Bogføringsdato og leveringsdato', 'Vikarer fylder 18 pct.']) expect(shown.replaceAll('\u00a0', ' ')).toContain(words);
    await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
    await page.close();
  });

  it.each([['home', 'home', true], ['without-table', 'message', false]] as const)('so it is with lists for tables: %s', async (name, surface, tables) => {
    const blocks = renderBlocks(CARDS.da, { file: null, surface, tables });
    const page = await browser.newPage({ viewport: { width: 375, height: 900 }, locale: 'da-DK' });
    await page.setContent(await pageOf(blocks));
    await page.waitForSelector('button');
    expect(missing(blocks, await page.evaluate(() => (globalThis as unknown as { document: { body: { innerText: string } } }).document.body.innerText))).toEqual([]);
    await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
    await page.close();
  });
});
