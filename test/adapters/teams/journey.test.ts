/** One person's way through the playground's own screen, in a real browser. */
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { render } from '../../../adapters/teams/render.ts';
import { sampleCard } from './fixtures/sample.ts';
import { freePort } from './fixtures/children.ts';
import { startBot } from './fixtures/control.ts';
import type { Bot } from './fixtures/control.ts';
import { startPlayground, WORLD } from './fixtures/playground.ts';
import type { Playground } from './fixtures/playground.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const present = existsSync(CHROMIUM);
if (!present) console.warn(`skipped: the journey in a browser, since there is no ${CHROMIUM} (set CHROMIUM to another)`);

/** Kept for a look by eye. */
const SHOTS = join(tmpdir(), 'overblik-teams-shots');

(present ? describe : describe.skip)('in the playground\'s own screen', () => {
  let playground: Playground;
  let bot: Bot;
  let browser: Browser;
  let page: Page;
  const outside: string[] = [];
  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: join(SHOTS, `${name}.png`) });

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    const port = await freePort();
    playground = await startPlayground(`http://127.0.0.1:${port}/api/messages`, undefined, false);
    bot = await startBot({ port, auth: { kind: 'anonymous-test', boundTo: '127.0.0.1' }, allowedTenants: [WORLD.tenant], allowedServiceUrls: [playground.serviceUrl], pictures: 'url' });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'] });
    page = await browser.newPage({ viewport: { width: 1280, height: 1500 } });
    page.on('request', (request) => { if (!/^(data|blob):|^\w+:\/\/(localhost|127\.0\.0\.1)[:/]/.test(request.url())) outside.push(request.url()); });
    await page.goto(playground.url);
  });

  afterAll(async () => {
    await browser?.close();
    await bot?.stop();
    await playground?.stop();
  });

  it('a typed question is answered with a card and its picture', async () => {
    const box = page.locator('[role=textbox][contenteditable]').last();
    await box.click();
    await page.keyboard.type('forbrug i år');
    await page.keyboard.press('Enter');
    await page.getByText('Svar på: forbrug i år').first().waitFor();
    const picture = page.locator('img[alt^="Forbrug pr. måned mod budget"]').last();
    await picture.waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('img')].some((img) => img.alt.startsWith('Forbrug pr.') && img.naturalWidth > 0));
    expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(900);
    for (const text of ['Syntetiske data', 'Nordbyen', 'Besøg pr. medarbejder', 'Fakturaer for uge 44', 'økonomisystemet']) expect(await page.getByText(text).count()).toBeGreaterThan(0);
    // Text of the data stays text: stars are shown, not read.
    expect(await page.getByText('*fra og med*').count()).toBeGreaterThan(0);
    await shot('1-answer');
  });

  it('a pressed button is answered like the question it stands for', async () => {
    await page.getByRole('button', { name: 'Måned for måned' }).last().click();
    await page.getByText('Svar på: forbrug pr. måned i Hjemmepleje Nord').first().waitFor();
    expect((await bot.seen()).at(-1)).toMatchObject({ kind: 'action', text: 'forbrug pr. måned i Hjemmepleje Nord' });
    await shot('2-pressed');
  });

  it('a digest comes unasked, with its picture', async () => {
    const [first] = await bot.seen();
    if (first === undefined) throw new Error('nothing was asked');
    expect(await bot.send(first.address, 'Oktober er lukket: 4,3 pct. over budget')).toMatchObject({ ok: true, pictureSent: true });
    await page.getByText('Oktober er lukket').first().waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('img')].filter((img) => img.alt.startsWith('Forbrug pr.') && img.naturalWidth > 0).length === 3);
    await shot('3-digest');
  });

  it('reads at the width of a phone: nothing is cut or wider than its card', async () => {
    // The playground's own screen is no narrower than a desk's, so the card stands alone here, drawn by the library it uses.
    const phone = await browser.newPage({ viewport: { width: 360, height: 1500 } });
    const card = render(sampleCard(), `${bot.url.replace('127.0.0.1', 'localhost')}/picture.png`).attachments?.[0]?.content;
    await phone.addScriptTag({ path: createRequire(import.meta.url).resolve('adaptivecards/dist/adaptivecards.js') });
    await phone.evaluate((json) => {
      const { AdaptiveCard, HostConfig } = (window as unknown as { AdaptiveCards: { AdaptiveCard: new () => { hostConfig: unknown; parse(card: unknown): void; render(): HTMLElement }; HostConfig: new (config: object) => unknown } }).AdaptiveCards;
      const drawn = new AdaptiveCard();
      drawn.hostConfig = new HostConfig({ fontFamily: 'sans-serif', fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 }, actions: { actionsOrientation: 'vertical' } });
      drawn.parse(json);
      document.body.style.margin = '0';
      document.body.append(drawn.render());
    }, card);
    await phone.waitForFunction(() => [...document.querySelectorAll('img')].every((img) => img.naturalWidth > 0));
    await phone.screenshot({ path: join(SHOTS, '4-phone.png') });
    const cut = await phone.evaluate(() => [...document.querySelectorAll<HTMLElement>('.ac-textBlock, .ac-richTextBlock, img, button')]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth || element.scrollWidth > element.clientWidth + 1).map((element) => element.textContent));
    expect(cut).toEqual([]);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    // Numbers stay whole: none of the table's cells needs a second line for its number.
    const heights = await phone.evaluate(() => [...document.querySelectorAll<HTMLElement>('[role=cell] .ac-textBlock, [role=columnheader] .ac-textBlock')].map((element) => element.clientHeight));
    expect(heights.length).toBe(16);
    expect(Math.max(...heights)).toBeLessThan(24);
    await phone.close();
  });

  it('asks the world for nothing but the screen\'s own fonts, and gets none of them', () => {
    expect(outside.filter((url) => !/^https:\/\/res-1\.cdn\.office\.net\/.*\.woff2?$/.test(url))).toEqual([]);
    expect(bot.output()).not.toContain('[guard]');
    expect(playground.output()).not.toContain('[guard]');
  });
});
