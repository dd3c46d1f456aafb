import { readFile, rename, writeFile } from 'node:fs/promises';

import type { Position, PositionStore } from './types.js';

/** In a file, which is replaced as a whole: a crash leaves the old position or the new one. One process a file. */
export function fileStore(path: string): PositionStore {
  return {
    async load(): Promise<Position | undefined> {
      let text;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      return JSON.parse(text);
    },
    async save(position): Promise<void> {
      await writeFile(`${path}.new`, `${JSON.stringify(position)}\n`);
      await rename(`${path}.new`, path);
    },
  };
}
