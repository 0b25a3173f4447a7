import { createCanvas } from '@napi-rs/canvas';
import type { SKRSContext2D } from '@napi-rs/canvas';

const BLUE = '#1F4E79';
const WHITE = '#FFFFFF';

/** Three rising bars and a line over them, in a square of 100 units. */
function draw(context: SKRSContext2D, colour: string, line: string): void {
  context.fillStyle = colour;
  for (const [x, height] of [[18, 24], [42, 36], [66, 50]] as const) {
    context.beginPath();
    context.roundRect(x, 84 - height, 16, height, 2);
    context.fill();
  }
  context.strokeStyle = line;
  context.lineWidth = 6;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  context.moveTo(18, 46);
  context.lineTo(46, 32);
  context.lineTo(82, 18);
  context.stroke();
}

/** 192 x 192, the mark within the middle 96 x 96 as Teams asks (it crops the icon in places). */
export function colorIcon(): Buffer {
  const canvas = createCanvas(192, 192);
  const context = canvas.getContext('2d');
  context.fillStyle = BLUE;
  context.fillRect(0, 0, 192, 192);
  context.translate(42, 42);
  context.scale(1.08, 1.08);
  draw(context, WHITE, '#F2B84B');
  return canvas.toBuffer('image/png');
}

/** 32 x 32, white on transparent. */
export function outlineIcon(): Buffer {
  const canvas = createCanvas(32, 32);
  const context = canvas.getContext('2d');
  context.scale(0.32, 0.32);
  draw(context, WHITE, WHITE);
  return canvas.toBuffer('image/png');
}
