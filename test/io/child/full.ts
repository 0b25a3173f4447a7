import { writeSync } from 'node:fs';

/** Ends as Node does when its heap is full, below a stack trace of some length. */
process.on('message', () => {
  writeSync(2, `FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n${' 1: 0xb78db3 node::OOMErrorHandler(char const*)\n'.repeat(400)}`);
  process.abort();
});
