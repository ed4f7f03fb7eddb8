/**
 * A new id for a task or the like: 22 characters of base64url that hold a version 4 UUID.
 *
 * The "nice" kind: its first bit is 0, so that it never starts with `-`, which a command line takes for an option.
 *
 * @param uuid what it is made of, when it isn't to be random
 */
export function slugid(uuid: string = crypto.randomUUID()): string {
  const bytes = bytesOf(uuid);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('base64url');
}

/**
 * Like {@link slugid} with all bits of the UUID, so that it may start with any character.
 *
 * @param uuid what it is made of, when it isn't to be random
 */
export function slugidV4(uuid: string = crypto.randomUUID()): string {
  return bytesOf(uuid).toString('base64url');
}

/** A function that gives each name an id of its own, and the same name always the same: for tasks that refer to tasks. */
export function stableSlugid(): (name: string) => string {
  const ids = new Map<string, string>();
  return (name) => {
    const id = ids.get(name) ?? slugid();
    ids.set(name, id);
    return id;
  };
}

function bytesOf(uuid: string): Buffer {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  if (bytes.length !== 16) throw new TypeError(`${JSON.stringify(uuid)} is no UUID`);
  return bytes;
}
