import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';

/** How a text file is written, and how many bytes of byte order mark stand in front. */
export interface Encoding {
  readonly name: 'utf-8' | 'windows-1252' | 'utf-16le' | 'utf-16be';
  readonly bom: number;
}

const BLOCK = 1 << 20;

/** The byte order mark decides; without one, a file that is UTF-8 throughout is UTF-8, and any other is Windows-1252. */
export async function detectEncoding(path: string): Promise<Encoding> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(3);
    const { bytesRead } = await file.read(head, 0, 3, 0);
    if (bytesRead >= 3 && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { name: await isUtf8Throughout(file) ? 'utf-8' : 'windows-1252', bom: 3 };
    if (bytesRead >= 2 && head[0] === 0xff && head[1] === 0xfe) return { name: 'utf-16le', bom: 2 };
    if (bytesRead >= 2 && head[0] === 0xfe && head[1] === 0xff) return { name: 'utf-16be', bom: 2 };
    return { name: await isUtf8Throughout(file) ? 'utf-8' : 'windows-1252', bom: 0 };
  } finally {
    await file.close();
  }
}

/** Writes the file anew as UTF-8 without byte order mark. */
export async function writeAsUtf8(path: string, encoding: Encoding, to: string): Promise<void> {
  const decoder = new TextDecoder(encoding.name);
  const source = await open(path, 'r');
  const target = await open(to, 'wx');
  try {
    for await (const block of source.createReadStream({ start: encoding.bom, highWaterMark: BLOCK, autoClose: false })) {
      // Node 20 decodes windows-1252 as latin-1 unless it streams: 0x80 would become U+0080 instead of the euro sign.
      await target.write(decoder.decode(block as Buffer, { stream: true }));
    }
    const rest = decoder.decode();
    if (rest !== '') await target.write(rest);
  } finally {
    await source.close();
    await target.close();
  }
}

async function isUtf8Throughout(file: FileHandle): Promise<boolean> {
  const block = Buffer.alloc(BLOCK + 4);
  let kept = 0;
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(block, kept, BLOCK, at);
    at += bytesRead;
    const length = kept + bytesRead;
    if (bytesRead === 0) return length === 0 || isUtf8(block.subarray(0, length));
    const whole = lastBoundary(block, length);
    if (!isUtf8(block.subarray(0, whole))) return false;
    block.copy(block, 0, whole, length);
    kept = length - whole;
  }
}

/** Where the last character that may be cut by the block's end begins. */
function lastBoundary(block: Buffer, length: number): number {
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = block[length - back] ?? 0;
    if (byte >= 0xc0) return length - back;
    if (byte < 0x80) return length;
  }
  return length;
}
