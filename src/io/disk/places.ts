import { join, resolve } from 'node:path';

/** Where loads put what they need while they run: within the service's own folder, for no other user or service shares that. */
export const loadingDir = (dataDir: string): string => join(resolve(dataDir), 'loading');
