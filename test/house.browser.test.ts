import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { readConfig } from '../src/io/config/config.ts';
import type { Log } from '../src/ports.ts';
import { serve, type Service } from '../src/service.ts';

const CHROMIUM = '/usr/bin/chromium';
/** The pictures in README.md are made by `SCREENSHOTS=test/screenshots npm test -- test/house.browser`. */
const SCREENSHOTS = process.env['SCREENSHOTS'] ?? 'var/screenshots/house';
const present = existsSync(CHROMIUM);
if (!present) console.warn(`the demo as a leader meets it in a browser is not tested: there is no Chromium at ${CHROMIUM}`);

/** The demo as it stands after `npm start` on the morning of the fifth working day. */
(present ? describe : describe.skip)('the demo in a browser', () => {
  const dir = mkdtempSync(join(tmpdir(), 'overblik-browser-'));
  const outside: string[] = [];
  const complaints: string[] = [];
  let browser: Browser;
  let service: Service;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    let sent = (): void => undefined;
    const delivered = new Promise<void>((resolve) => { sent = resolve; });
    const log: Log = { info: (event) => { if (event === 'deliveries') sent(); }, warn: () => undefined, error: (event) => { complaints.push(event); } };
    service = await serve(readConfig({ OVERBLIK_DATA_DIR: dir, PORT: '0', LOG_LEVEL: 'silent' }), { now: () => new Date('2026-11-06T08:00:00Z') }, log);
    await delivered;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'] });
  });
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await rm(dir, { recursive: true, force: true });
    expect({ outside, complaints }).toEqual({ outside: [], complaints: [] });
  });

  async function visit(name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'da-DK', timezoneId: 'Europe/Copenhagen', reducedMotion: 'reduce', ...options });
    context.on('request', (request) => { if (!['127.0.0.1', ''].includes(new URL(request.url()).hostname)) outside.push(request.url()); });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(service.url);
    await page.getByText(name, { exact: true }).first().click();
    return page;
  }
  const picture = async (page: Page, name: RegExp): Promise<void> => {
    const image = page.getByRole('log').getByRole('img', { name }).last();
    await image.evaluate((element: HTMLImageElement) => element.decode());
    expect(await image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(600);
  };
  /** Nothing reaches past the screen's edge. */
  const fits = async (page: Page): Promise<void> => { expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true); };

  it('a leader finds their page, with its picture and its numbers as text, and asks on', async () => {
    const page = await visit('Anne Holm');
    const log = page.getByRole('log');
    await log.getByRole('heading', { name: /Nord, oktober 2026/ }).waitFor();
    await picture(page, /^Nord: .*over budget, oktober 2026/);
    expect(await log.getByText('Syntetiske data').count()).toBeGreaterThan(0);
    await page.screenshot({ path: `${SCREENSHOTS}/page-light.png` });
    await page.locator('#ask').fill('budget vs timer sidste måned');
    await page.keyboard.press('Enter');
    await log.getByRole('article').nth(2).waitFor();
    await picture(page, /Nord/);
    expect((await log.getByRole('article').nth(2).textContent() ?? '').replaceAll('\u00a0', ' ')).toContain('510 kr. pr. time');
    await page.screenshot({ path: `${SCREENSHOTS}/answer-light.png` });
    await page.context().close();
  });

  it('on a phone in the dark, everything is within reach', async () => {
    const page = await visit('Emily Scott', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: 'dark', isMobile: true, hasTouch: true, locale: 'en-GB' });
    await page.getByRole('log').getByRole('heading', { name: /South, October 2026/ }).waitFor();
    await picture(page, /South/);
    await fits(page);
    await page.getByRole('log').getByRole('heading', { name: /South, October 2026/ }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${SCREENSHOTS}/phone-dark.png` });
    await page.context().close();
  });

  it('the head of the area sees every district, and asks per district', async () => {
    const page = await visit('Hanne Bjerre');
    const log = page.getByRole('log');
    await log.getByRole('heading', { name: /Hjemmeplejen, oktober 2026/ }).waitFor();
    await picture(page, /./);
    await page.screenshot({ path: `${SCREENSHOTS}/area.png` });
    await page.locator('#ask').fill('pris pr. time pr. distrikt sidste måned');
    await page.keyboard.press('Enter');
    await log.getByRole('article').nth(2).waitFor();
    const said = await log.getByRole('article').nth(2).textContent() ?? '';
    for (const district of ['Nord', 'Nordvest', 'Vest', 'Sydvest', 'Syd', 'Øst', 'Centrum']) expect(said).toContain(district);
    await page.screenshot({ path: `${SCREENSHOTS}/districts.png` });
    await page.context().close();
  });

  it('the chief asks why, is asked back with choices to press, and saves a spreadsheet', async () => {
    const page = await visit('Hanne Bjerre', { viewport: { width: 900, height: 1400 } });
    const log = page.getByRole('log');
    const box = page.getByRole('textbox');
    await box.fill('hvorfor er vi over budget i oktober?');
    await box.press('Enter');
    await log.getByText('Hvor forskellen ligger, pr. distrikt').waitFor();
    await fits(page);
    await page.screenshot({ path: join(SCREENSHOTS, 'why.png') });

    await box.fill('timer i november');
    await box.press('Enter');
    await log.getByText('"november" kan være flere perioder').or(log.getByText('kan være flere perioder')).first().waitFor();
    await log.getByRole('button', { name: 'november 2025' }).last().click();
    await log.getByText('i november 2025').first().waitFor();

    await box.fill('forbrug pr. distrikt i oktober i Excel');
    await box.press('Enter');
    const link = log.getByRole('link', { name: /\.xlsx$/ }).last();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/^Forbrug-2026-10-01\.xlsx$/);
    await fits(page);
    await page.screenshot({ path: join(SCREENSHOTS, 'excel.png') });
  });
});
