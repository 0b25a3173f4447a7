import { open, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { measureExtent, type Extent } from './extent.ts';

const MB = 1024 * 1024;
/** A worksheet takes about seven times as much memory as it is unpacked. */
const MOST_BYTES = 128 * MB;
/** Excel's own come to 10 or 20 times; only from some size on is more a danger. */
const MOST_RATIO = 100;
const SMALL = 8 * MB;
const MOST_PARTS = 10_000;

const END = 0x06054b50;
const END_BYTES = 22;
const ENTRY = 0x02014b50;
const LOCAL_BYTES = 30;
const DEFLATED = 8;

interface Part {
  readonly name: string;
  readonly at: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly deflated: boolean;
}

/**
 * Why a ZIP archive (as .xlsx is one) is not to be unpacked; null: it is small enough. Its list of contents is read first, then
 * what it really holds is counted and kept nowhere, since the list may lie; of worksheets, how far their cells reach too. What is no archive is for its reader to tell.
 */
export async function archiveProblem(path: string): Promise<string | null> {
  const file = await open(path, 'r');
  try {
    const size = (await file.stat()).size;
    const parts = await partsOf(file, size);
    if (parts === null) return null;
    if (parts === 'odd') return 'Its list of contents is of a kind that is not read here (ZIP64, or too many parts). Save it again from Excel as .xlsx, or as CSV.';
    const total = parts.reduce((sum, { unpacked }) => sum + unpacked, 0);
    const tooMuch = excess(total, size);
    if (tooMuch !== null) return tooMuch;
    let counted = 0;
    for (const part of parts) {
      if (!part.deflated) continue;
      const extent = /worksheets\/[^/]*\.xml$/i.test(part.name) ? measureExtent() : null;
      counted += await inflated(file, part, extent);
      if (extent !== null && extent.problem() !== null) return extent.problem();
      const more = excess(counted, size);
      if (more !== null) return more;
    }
    return null;
  } finally {
    await file.close();
  }
}

function excess(bytes: number, size: number): string | null {
  const unpacked = `Unpacked it would be more than ${Math.floor(Math.min(bytes, MOST_BYTES) / MB)} MB`;
  if (bytes > MOST_BYTES) return `${unpacked}, which is the most that is read. Save it as CSV, or in several files.`;
  return bytes > SMALL && bytes > MOST_RATIO * size ? `${unpacked}, over ${MOST_RATIO} times the file, which no worksheet of real figures is. Save it again from Excel, or as CSV.` : null;
}

/** What the central directory names; null: there is none. */
async function partsOf(file: FileHandle, size: number): Promise<readonly Part[] | 'odd' | null> {
  const tail = await bytesAt(file, Math.max(0, size - END_BYTES - 0xffff), Math.min(size, END_BYTES + 0xffff));
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) return null;
  const [count, length, from] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (count === 0xffff || from === 0xffffffff || count > MOST_PARTS || length > 16 * MB) return 'odd';
  const list = await bytesAt(file, from, length);
  const parts: Part[] = [];
  for (let at = 0; parts.length < count && at + 46 <= list.length && list.readUInt32LE(at) === ENTRY;) {
    const [packed, unpacked, start] = [list.readUInt32LE(at + 20), list.readUInt32LE(at + 24), list.readUInt32LE(at + 42)];
    if ([packed, unpacked, start].includes(0xffffffff)) return 'odd';
    parts.push({ name: list.toString('utf8', at + 46, at + 46 + list.readUInt16LE(at + 28)), at: start, packed, unpacked, deflated: list.readUInt16LE(at + 10) === DEFLATED });
    at += 46 + list.readUInt16LE(at + 28) + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32);
  }
  return parts;
}

/** How many bytes a part really gives, up to a little over the most. What is broken gives what came before the break. */
async function inflated(file: FileHandle, { at, packed }: Part, extent: Extent | null): Promise<number> {
  const head = await bytesAt(file, at, LOCAL_BYTES);
  if (head.length < LOCAL_BYTES || packed === 0) return 0;
  const start = at + LOCAL_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  let count = 0;
  const counter = new Writable({ write: (chunk: Buffer, _encoding, done) => {
    count += chunk.length;
    extent?.see(chunk);
    done(count > MOST_BYTES ? new Error('enough') : null);
  } });
  await pipeline(file.createReadStream({ start, end: start + packed - 1, autoClose: false }), createInflateRaw(), counter).catch(() => undefined);
  return count;
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
