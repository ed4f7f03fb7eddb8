import { InputError } from '../errors.ts';

/** How many keys merges may copy. A document of 2,000 operations that share all they can copies some 10,000. */
const MAX_MERGED = 1_000_000;

/**
 * Parses YAML 1.2 (core schema: dates and `yes` stay strings) with the merge keys of 1.1. An alias gives a shared object
 * and not a copy, so a few lines can stand for billions of nodes: `assertJson` must count them before anything walks the
 * result.
 */
export async function parseYaml(text: string, file: string): Promise<unknown> {
  const { CORE_SCHEMA, load, mergeTag, YAMLException } = await import('js-yaml');
  try {
    return load(text, { schema: CORE_SCHEMA.withTags(mergeTag), maxTotalMergeKeys: MAX_MERGED });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (!(cause instanceof YAMLException)) throw new InputError(`not valid YAML: ${reason}`, { file, cause });
    const { mark } = cause;
    const place = mark === undefined ? '' : `line ${mark.line + 1}, column ${mark.column + 1}: `;
    throw new InputError(`not valid YAML: ${place}${cause.reason}`, { file, cause });
  }
}
