import { existsSync, mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Handle } from '../../../src/ports.ts';
import { addressIn } from '../../../adapters/web/inbound.ts';
import { openLab } from './lab.ts';
import type { Lab } from './lab.ts';
import { CARDS, PEOPLE, sampleMessage } from './sample.ts';

const CHROMIUM = '/usr/bin/chromium';
const SCREENSHOTS = 'var/screenshots/web';
const present = existsSync(CHROMIUM);
if (!present) console.warn(`the journeys of the web chat are skipped: there is no Chromium at ${CHROMIUM}`);
const journeys = present ? describe : describe.skip;

const HOSTILE = '<img src=x onerror="document.title=\'broken\'"><script>document.title=\'broken\'</script>';
const languageOf = (id: string): 'da' | 'en' => PEOPLE.find((person) => person.id === id)?.language ?? 'da';
const answer: Handle = async ({ from, text }) => {
  if (text.startsWith('fejl')) throw new Error('the warehouse is away');
  if (text.startsWith('<')) return { card: { ...CARDS.da, headline: text, title: text, provenance: [text], actions: [{ id: text, label: text, ask: text }] }, png: null, sheet: null };
  return sampleMessage(languageOf(from.user));
};

journeys('the web chat in Chromium', () => {
  let browser: Browser;
  let lab: Lab;
  let page: Page;
  const outside: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'] });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    lab = await openLab();
    await lab.web.start(answer);
  });
  afterEach(async () => {
    await page.context().close();
    await lab.close();
    expect(outside.splice(0)).toEqual([]);
    // A server that is away is the subject of a test; everything else on the console is a fault (a breach of the policy, above all).
    expect(complaints.splice(0).filter((text) => !/ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)|503|404 .*\/chat\/(?:events\/|start)/.test(text))).toEqual([]);
  });

  async function visit(options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'da-DK', timezoneId: 'Europe/Copenhagen', reducedMotion: 'reduce', ...options });
    context.on('request', (request) => { if (!['127.0.0.1', 'localhost', ''].includes(new URL(request.url()).hostname)) outside.push(request.url()); });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} ${message.location().url}`); });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(lab.url);
    await page.getByRole('heading', { name: /Hvem er du|Who are you/ }).waitFor();
  }
  const log = (): ReturnType<Page['getByRole']> => page.getByRole('log');
  const choose = (name: string): Promise<void> => page.getByText(name, { exact: true }).first().click();
  async function ask(text: string): Promise<void> {
    const before = await log().getByRole('article').count();
    await page.locator('#ask').fill(text);
    await page.keyboard.press('Enter');
    await log().getByRole('article').nth(before + 1).waitFor();
  }
  const shoot = (name: string): Promise<unknown> => page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');

  it('is used from first to last with the keyboard alone', async () => {
    await visit();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('anna');
    await page.keyboard.press('ArrowDown');
    // Looking through the people opens no conversation; Enter does.
    expect(await page.locator('body').getAttribute('data-view')).toBe('choose');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('heading', { level: 2, name: 'Samtale som Bo Kjær Rasmussen' }).count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('ask');

    await page.keyboard.type('Budget mod timer i september');
    await page.keyboard.press('Enter');
    const table = log().getByRole('table', { name: 'Budget og timer i september' });
    await table.waitFor();
    expect(await page.locator('#ask').inputValue()).toBe('');
    expect(await table.getByRole('columnheader').allTextContents()).toEqual(['Mål', 'Faktisk', 'Budget', 'Afvigelse']);
    expect(await table.getByRole('rowheader').first().textContent()).toBe('Forbrug');
    const picture = log().getByRole('img', { name: /I september er forbruget 4,71 mio\. kr\./ });
    await picture.evaluate((image: HTMLImageElement) => image.decode());
    expect(await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([960, 480]);

    // Back from the box: the last of the card's buttons, then the one before it.
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Skriv en forklaring');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('År til dato');
    await page.keyboard.press('Enter');
    await log().getByText('budget mod timer i Nord år til dato').waitFor();
    await log().getByRole('article').nth(3).waitFor();

    await page.getByRole('radio', { checked: true }).focus();
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('#person-name').textContent()).toBe('Bo Kjær Rasmussen');
    await page.keyboard.press('Enter');
    expect(await page.locator('#person-name').textContent()).toBe('Anna Holm');
    expect(await log().getByRole('article').count()).toBe(0);
  });

  it('begins with a link to the box where you type', async () => {
    await visit();
    await choose('Anna Holm');
    await page.reload();
    await page.locator('#suggestions button').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Gå til feltet, hvor du skriver');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('ask');
  });

  it('speaks the person\'s language, in its own words and in the card\'s', async () => {
    await visit();
    await choose('Emily Carter');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    await page.getByRole('button', { name: 'Budget vs hours last month' }).click();
    await log().getByRole('table', { name: 'Budget and hours in September' }).waitFor();
    expect(await log().getByRole('article').last().locator('.body').getAttribute('lang')).toBe('en');
    expect(await page.getByRole('textbox', { name: 'Type a question' }).count()).toBe(1);
    await choose('Bo Kjær Rasmussen');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('da');
    expect(await page.getByRole('textbox', { name: 'Skriv et spørgsmål' }).count()).toBe(1);
    expect(await log().getByRole('article').count()).toBe(0);
  });

  it('keeps the person, the conversation and the draft over a reload', async () => {
    await visit();
    await choose('Anna Holm');
    await ask('Budget mod timer');
    await page.locator('#ask').fill('og i Nord?');
    await page.reload();
    await log().getByRole('article').nth(1).waitFor();
    expect(await page.locator('#person-name').textContent()).toBe('Anna Holm');
    expect(await log().getByRole('article').count()).toBe(2);
    expect(await page.locator('#ask').inputValue()).toBe('og i Nord?');
    await choose('Emily Carter');
    expect(await page.locator('#ask').inputValue()).toBe('');
  });

  it('shows a digest the moment it is sent, and how many wait for others', async () => {
    await visit();
    await choose('Anna Holm');
    await page.locator('#suggestions button').first().waitFor();
    await lab.web.send(addressIn('local', 'bo'), sampleMessage('da'));
    await page.getByText('Ulæst: 1').waitFor();
    await lab.web.send(addressIn('local', 'anna'), sampleMessage('da'));
    await log().getByRole('article', { name: /Overblik.*Hjemmepleje · Distrikt Nord/ }).waitFor();
    await choose('Bo Kjær Rasmussen');
    await log().getByRole('article').first().waitFor();
    await page.getByText('Ulæst: 1').waitFor({ state: 'hidden' });
  });

  it('shows the picture in full size in a tab of its own, by a click on it', async () => {
    await visit();
    await choose('Anna Holm');
    await ask('Budget');
    const [tab] = await Promise.all([page.context().waitForEvent('page'), log().getByRole('img').click({ force: true })]);
    await tab.waitForLoadState();
    expect(await tab.evaluate(() => document.images[0]?.naturalWidth)).toBe(960);
  });

  it('finds its way back after a restart, and loses no draft while the service is away', async () => {
    await visit();
    await choose('Anna Holm');
    await ask('Budget');
    const { port } = lab;
    await lab.close();
    await page.getByText('Forbindelsen er afbrudt. Siden prøver igen af sig selv.').waitFor();
    await page.locator('#ask').fill('er du der?');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('tjenesten svarer ikke').waitFor();
    expect(await page.locator('#ask').inputValue()).toBe('er du der?');
    await shoot('1280-light-away');
    lab = await openLab({}, port);
    await lab.web.start(answer);
    await page.getByText('Forbindelsen er tilbage.').waitFor();
    await page.locator('#ask').focus();
    await page.keyboard.press('Enter');
    await log().getByRole('article').nth(3).waitFor();
    expect(await log().getByRole('article').count()).toBe(4);
    expect(await page.getByRole('alert').textContent()).toBe('');
  });

  it('lets people choose anew when the demo has come back with others', async () => {
    await visit();
    await choose('Anna Holm');
    await ask('Budget');
    const { port } = lab;
    await lab.close();
    await page.getByText('Forbindelsen er afbrudt.').waitFor();
    lab = await openLab({ people: () => [{ id: 'cora', name: 'Cora Lund', title: 'Chief executive', language: 'en', email: null }], suggestions: () => [] }, port);
    await lab.web.start(answer);
    await page.getByRole('radio', { name: 'Cora Lund' }).waitFor();
    expect(await page.locator('body').getAttribute('data-view')).toBe('choose');
    await choose('Cora Lund');
    await page.getByRole('heading', { name: 'Conversation as Cora Lund' }).waitFor();
  });

  it('shows nothing of what was said any more when who sits there is no longer who it was', async () => {
    await lab.close();
    let standing = 'Anna Holm, director';
    lab = await openLab({ standing: () => standing });
    await lab.web.start(answer);
    await visit();
    await choose('Anna Holm');
    await ask('Budget');
    standing = 'Agnes Holm, leader of Nord';
    await lab.web.send(addressIn('local', 'anna'), sampleMessage('da'));
    await page.waitForFunction(() => document.querySelectorAll('#log article').length === 1);
    expect(await log().locator('article.person').count()).toBe(0);
  });

  it('doesn\'t move the page under a reader who has scrolled up, but says that something came', async () => {
    await visit();
    await choose('Anna Holm');
    await ask('Budget');
    await ask('Budget igen');
    // The answer before glides into sight: it is at rest when the page has stood still for some frames.
    await page.evaluate(() => new Promise<void>((resolve) => { let [at, frames] = [scrollY, 0]; const look = (): void => { [at, frames] = [scrollY, at === scrollY ? frames + 1 : 0]; if (frames > 20) resolve(); else requestAnimationFrame(look); }; look(); }));
    await page.evaluate(() => scrollTo(0, 0));
    await lab.web.send(addressIn('local', 'anna'), sampleMessage('da'));
    const newer = page.getByRole('button', { name: 'Ny besked' });
    await newer.waitFor();
    expect(await page.evaluate(() => scrollY)).toBe(0);
    await shoot('1280-light-newer');
    await newer.click();
    await newer.waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.id === document.querySelector('#log > :last-child')?.id)).toBe(true);
  });

  it('says in words that an answer could not be found', async () => {
    await visit();
    await choose('Anna Holm');
    await ask('fejl');
    await log().getByText('Svaret kunne ikke findes, fordi noget gik galt hos os.').waitFor();
  });

  it('shows markup in a text as text', async () => {
    await visit();
    await choose('Anna Holm');
    await ask(HOSTILE);
    expect(await log().locator('.headline').textContent()).toBe(HOSTILE);
    expect(await log().locator('img, script').count()).toBe(0);
    await log().getByRole('button', { name: HOSTILE }).click();
    await log().getByRole('article').nth(3).waitFor();
    expect(await page.title()).toBe('Anna Holm – Overblik');
  });

  it('has a name and a role for everything one can use', async () => {
    await visit();
    expect(await page.getByRole('radiogroup', { name: 'Hvem er du?' }).getByRole('radio').count()).toBe(4);
    expect(await page.getByRole('group', { name: 'Læser engelsk' }).getByRole('radio', { name: 'Emily Carter Finance analyst' }).count()).toBe(1);
    await choose('Anna Holm');
    await ask('Budget');
    const unnamed = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('button, a, input, textarea')].filter((element) => element.checkVisibility())
      .filter((element) => (element.textContent ?? '').trim() === '' && (element as HTMLInputElement).labels?.length !== 1).map((element) => element.outerHTML));
    expect(unnamed).toEqual([]);
    expect(await page.getByRole('log', { name: 'Samtale som Anna Holm' }).count()).toBe(1);
    expect(await log().getByRole('group', { name: 'Næste skridt' }).getByRole('button').count()).toBe(3);
    expect(await page.getByRole('complementary', { name: 'Hvem er du?' }).count()).toBe(1);
    const levels = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1])));
    expect(levels[0]).toBe(1);
    levels.forEach((level, i) => expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1));
    const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  /** The lowest contrast of text on its ground (WCAG 2.2, 1.4.3) among visible elements with text of their own. */
  const lowestContrast = (): Promise<{ ratio: number; text: string; checked: number }> => page.evaluate(() => {
    const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = ([r = 0, g = 0, b = 0]: number[]): number => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (element: Element | null): string => {
      if (element === null) return 'rgb(255, 255, 255)';
      const { backgroundColor } = getComputedStyle(element);
      return backgroundColor === 'rgba(0, 0, 0, 0)' ? ground(element.parentElement) : backgroundColor;
    };
    const texts = [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== ''));
    const measured = texts.map((element) => {
      const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(channels(ground(element)))];
      return { ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), text: `${element.tagName} ${element.className} ${element.textContent}` };
    });
    measured.sort((a, b) => a.ratio - b.ratio);
    return { ...(measured[0] ?? { ratio: 0, text: '' }), checked: measured.length };
  });

  describe.each([[1280, 860], [320, 640]])('at a width of %i', (width, height) => {
    it.each(['light', 'dark'] as const)('fits and can be read in %s', async (colorScheme) => {
      await visit({ viewport: { width, height }, colorScheme, deviceScaleFactor: width < 500 ? 2 : 1 });
      const look = async (name: string): Promise<void> => {
        await shoot(`${width}-${colorScheme}-${name}`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
        const lowest = await lowestContrast();
        expect(lowest.checked).toBeGreaterThan(8);
        expect(lowest).toMatchObject({ ratio: expect.any(Number) });
        expect([lowest.text, lowest.ratio >= 4.5]).toEqual([lowest.text, true]);
      };
      await look('1-choose');
      await choose('Anna Holm');
      await page.locator('#suggestions button').first().waitFor();
      await look('2-welcome');
      await ask('Budget mod timer i Nord i september');
      await log().getByRole('img').evaluate((image: HTMLImageElement) => image.decode());
      await look('3-answer');
      await log().getByRole('table').scrollIntoViewIfNeeded();
      await log().getByRole('group', { name: 'Næste skridt' }).scrollIntoViewIfNeeded();
      await look('4-end');
      await ask('fejl');
      await look('5-fault');
    });
  });

  it('lets a wide table be scrolled by keyboard on a phone, and makes it no stop where it fits', async () => {
    await visit({ viewport: { width: 320, height: 640 } });
    await choose('Anna Holm');
    await ask('Budget');
    const frame = log().getByRole('region', { name: 'Budget og timer i september' });
    expect(await frame.getAttribute('tabindex')).toBe('0');
    await frame.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => (document.querySelector('.scroll')?.scrollLeft ?? 0) > 0);
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.waitForFunction(() => !document.querySelector('.scroll')?.hasAttribute('tabindex'));
  });

  it('opens and closes the list of people on a phone, and says which state it is in', async () => {
    await visit({ viewport: { width: 320, height: 640 } });
    await choose('Anna Holm');
    const button = page.getByRole('button', { name: 'Skift person Anna Holm' });
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe('anna');
    await shoot('320-light-people');
    await page.keyboard.press('Escape');
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    expect(await focused()).toContain('Anna Holm');
    await button.click();
    await choose('Emily Carter');
    await page.getByRole('button', { name: 'Change person Emily Carter' }).waitFor();
    expect(await page.getByRole('radio').first().isVisible()).toBe(false);
  });

  it('shows where the focus is, and moves nothing for those who asked for calm', async () => {
    await visit();
    await choose('Anna Holm');
    await ask('Budget');
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineWidth)).toBe('2px');
    await page.evaluate(() => { (document.getElementById('typing') as HTMLElement).textContent = 'x'; });
    expect(await page.evaluate(() => getComputedStyle(document.getElementById('typing') as Element, '::before').animationName)).toBe('none');
  });
});
