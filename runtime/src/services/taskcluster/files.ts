import type { Receiver, Sink } from './sinks.ts';
import type { Source } from './sources.ts';

/**
 * A file to upload. Its length is taken now; an upload of a file that changes meanwhile fails rather than send a mixture.
 *
 * @throws the file system's own error when there is no such file, and a TypeError when it isn't a regular file
 */
export async function fileSource(file: string): Promise<Source> {
  const { createReadStream, promises } = await fileSystem();
  const facts = await promises.stat(file);
  if (!facts.isFile()) throw new TypeError(`can't upload ${file}: it is not a regular file`);
  return { contentLength: facts.size, open: () => createReadStream(file) };
}

/**
 * A file to download to. It appears whole and verified, replacing what has the name, or not at all: until then the data
 * is in a file next to it, `<file>.<uuid>.part`, which a failed attempt removes.
 */
export function fileSink(file: string): Sink {
  return () => fileReceiver(file);
}

async function fileReceiver(file: string): Promise<Receiver> {
  const { open, rename, rm } = (await fileSystem()).promises;
  const part = `${file}.${crypto.randomUUID()}.part`;
  const handle = await open(part, 'wx');
  return {
    async receive(chunk) {
      await handle.writeFile(chunk);
    },
    async commit() {
      await handle.close();
      await rename(part, file);
    },
    async discard() {
      await handle.close();
      await rm(part, { force: true });
    },
  };
}

/** Loaded by the first transfer: programs that transfer nothing start faster without. */
function fileSystem() {
  return import('node:fs');
}
