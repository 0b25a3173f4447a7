import nodeCanvas from '@napi-rs/canvas/node-canvas.js';
import { ServiceError } from '../../errors.ts';
import type { Check } from '../../ports.ts';
import { prepareFonts } from './canvas.ts';
import { FONT } from './theme.ts';

const SIZE = 48;
const DANISH = ['æ', 'ø', 'å', 'Æ', 'Ø', 'Å'];
/** Letters that a broken font shows in their place, and one that no font has. */
const LOOKALIKES = ['a', 'o', 'A', 'O', '\uFFFF'];

/** Looks whether the fonts that come along are there and draw Danish letters, each one its own. `letters`: others to try. */
export async function examineFonts(letters: readonly string[] = DANISH): Promise<Check> {
  const what = 'fonts';
  try {
    await prepareFonts();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { state: 'fail', what, found: error.message.slice(`${error.service}: `.length), advice: '' };
  }
  const pictures = new Map([...letters, ...LOOKALIKES].map((letter) => [letter, drawn(letter)]));
  const bad = letters.filter((letter) => {
    const picture = pictures.get(letter) ?? '';
    return picture === drawn(' ') || [...pictures].some(([other, its]) => other !== letter && its === picture);
  });
  if (bad.length > 0) return { state: 'fail', what, found: `${bad.join(' ')} can't be drawn.`, advice: "Run 'npm ci' again, so that the fonts that come along are whole." };
  return { state: 'ok', what, found: `are there and draw ${letters.join(' ')}.`, advice: '' };
}

function drawn(letter: string): string {
  const context = nodeCanvas.createCanvas(SIZE, SIZE).getContext('2d');
  context.font = `${SIZE / 2}px ${FONT}`;
  context.fillText(letter, SIZE / 4, SIZE * 0.7);
  return Buffer.from(context.getImageData(0, 0, SIZE, SIZE).data).toString('latin1');
}
