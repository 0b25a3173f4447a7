import { build } from 'esbuild';
import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { FONT, SCALE } from '../../src/io/painter/theme.ts';
import type { Draw } from './peers.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const require = createRequire(import.meta.url);

/** A browser that draws the product's own designs with Chart.js and takes a picture of them. */
export interface Drawing {
  readonly name: string;
  /** In one page that stays open. */
  readonly kept: Draw;
  /** In a page opened and closed for each chart, as services that draw by browser do. */
  readonly anew: Draw;
  close(): Promise<void>;
}

/** Opens a headless Chromium; a text says why there is none. */
export async function openChromium(): Promise<Drawing | string> {
  const found = await Promise.all(PLACES.map((path) => access(path).then(() => path, () => null)));
  const executablePath = found.find((path) => path !== null);
  if (executablePath === undefined) return `no browser at ${PLACES.join(', ')}.`;
  let browser: Browser;
  try {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  } catch (error) {
    return `${executablePath} did not start: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  }
  const html = await pageOf();
  const context = await browser.newContext({ deviceScaleFactor: SCALE, viewport: { width: 800, height: 600 } });
  const kept = await open(context, html);
  return {
    name: `Chromium ${browser.version().split('.')[0]}`,
    kept: (chart) => picture(kept, chart),
    anew: async (chart) => {
      const page = await open(context, html);
      try {
        return await picture(page, chart);
      } finally {
        await page.close();
      }
    },
    close: () => browser.close(),
  };
}

/** A page with Chart.js, the designs and the font in it, so that nothing is fetched. */
async function pageOf(): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))], bundle: true, write: false, format: 'iife', minify: true, target: 'es2022' });
  const faces = await Promise.all([['400Regular/Inter_400Regular.ttf', 400], ['600SemiBold/Inter_600SemiBold.ttf', 600]].map(async ([file, weight]) =>
    `@font-face{font-family:${FONT};font-weight:${weight};src:url(data:font/ttf;base64,${(await readFile(require.resolve(`@expo-google-fonts/inter/${file}`))).toString('base64')})}`));
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
  return `<!doctype html><meta charset="utf-8"><style>${faces.join('')}body{margin:0;background:#fff}</style><canvas></canvas><script>${script}</script>`;
}

async function open(context: BrowserContext, html: string): Promise<Page> {
  const page = await context.newPage();
  await page.setContent(html);
  await page.evaluate((font) => Promise.all([document.fonts.load(`16px ${font}`), document.fonts.load(`600 16px ${font}`)]).then(() => undefined), FONT);
  return page;
}

async function picture(page: Page, chart: Parameters<Draw>[0]): Promise<Uint8Array> {
  const size = await page.evaluate((spec) => (window as unknown as { drawChart(spec: unknown): { width: number; height: number } }).drawChart(spec), chart);
  return page.screenshot({ clip: { x: 0, y: 0, ...size } });
}
