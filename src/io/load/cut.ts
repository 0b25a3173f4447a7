import { open } from 'node:fs/promises';

/** So much of a file's end is looked at. */
const TAIL_BYTES = 64 * 1024;
/** Fewer lines tell nothing about how the last field is written. */
const FEWEST_LINES = 4;
/** A day or a number as long as all others, and at least this long, has a length of its own; a word has none. */
const FIXED_LENGTH = 6;

/** How a number ends: its decimals, with the sign; null: no number with decimals. */
const decimalsOf = (text: string): string | null => { const [, sign, digits] = /^[-+\u2212]?[\d.,\u00a0 ']*?([.,])(\d{1,6})$/.exec(text) ?? []; return sign === undefined ? null : `${sign}${(digits ?? '').length}`; };

/**
 * Whether a text file breaks off within its last line: it has no line end, and its last field is written otherwise than that of
 * all lines before it, with fewer decimals or fewer signs. What is wrong; null: nothing is known to
 * be. The file is UTF-8.
 */
export async function brokenOff(path: string, delimiter: string): Promise<string | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    if (text === '' || /[\r\n]$/.test(text)) return null;
    // The first may be the rest of a line, or the header.
    const lines = text.split(/\r\n|\r|\n/).slice(1);
    const last = lines.pop();
    if (last === undefined || text.includes('"')) return null;
    const width = last.split(delimiter).length;
    const fields = lines.flatMap((line) => { const cells = line.split(delimiter); return cells.length === width ? [(cells.at(-1) ?? '').trim()] : []; });
    const own = (last.split(delimiter).at(-1) ?? '').trim();
    if (width < 2 || fields.length < FEWEST_LINES || own === '') return null;
    const [decimals, ...more] = [...new Set(fields.map(decimalsOf))];
    const fewer = typeof decimals === 'string' && more.length === 0 && decimalsOf(own) !== decimals && /^[-+\u2212\d]/.test(own);
    const [length = 0, ...lengths] = [...new Set(fields.map((field) => field.length))];
    const shorter = lengths.length === 0 && length >= FIXED_LENGTH && own.length < length && fields.every((field) => /^\d[\d./: -]*$/.test(field));
    return fewer || shorter ? `The file breaks off: its last line has no line end, and its last field is written with fewer ${fewer ? 'decimals' : 'signs'} than that of every line before it. Get the whole file; if the line is right as it is, end it with a line break.` : null;
  } finally {
    await file.close();
  }
}
