import { open } from 'node:fs/promises';

/** Rows of figures lie two or three levels deep. */
const DEEPEST = 64;
const BLOCK = 1 << 20;
const [QUOTE, BACKSLASH, NEWLINE] = [0x22, 0x5c, 0x0a];

/** Why a JSON file is not to be parsed; null: its brackets stand within each other only so many times. A parser that follows them deeper ends its process. */
export async function depthProblem(path: string): Promise<string | null> {
  const file = await open(path, 'r');
  const block = Buffer.alloc(BLOCK);
  let [depth, line, inText, escaped] = [0, 1, false, false];
  try {
    for (;;) {
      const { bytesRead } = await file.read(block, 0, BLOCK);
      if (bytesRead === 0) return null;
      for (let i = 0; i < bytesRead; i++) {
        const byte = block[i] as number;
        if (byte === NEWLINE) line++;
        if (inText) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inText = false;
        } else if (byte === QUOTE) inText = true;
        else if (byte === 0x5b || byte === 0x7b) {
          depth++;
          if (depth > DEEPEST) return `Line ${line}: brackets stand within each other more than ${DEEPEST} times, and figures to load do not. Write it as a list of rows, [{"day": …, "amount": …}, …].`;
        } else if (byte === 0x5d || byte === 0x7d) depth--;
      }
    }
  } finally {
    await file.close();
  }
}
