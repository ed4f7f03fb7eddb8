import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { InputError } from './errors.ts';
import { mapSchemas } from './json/positions.ts';
import { isObject } from './json/values.ts';
import type { JsonValue } from './model.ts';
import { guardedRegExp } from './regexp.ts';

/** One thing that is wrong with a value. */
export interface Problem {
  /** A JSON pointer into the value. */
  readonly pointer: string;
  /** `must be string`, `must NOT have additional properties`, … */
  readonly message: string;
  readonly keyword: string;
  /** What the keyword says about it: `{ additionalProperty: 'x' }`, `{ allowedValues: [...] }`. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** All that is wrong with a value; empty when nothing is. */
export type Validate = (value: unknown) => readonly Problem[];

/** Compiles JSON Schemas (draft-06 and what later drafts share with it), each on its first use. */
export interface Validator {
  /**
   * By path, with a JSON pointer when it is a part: `schemas/queue/v1/task.json#/properties/payload`. Throws an
   * `InputError` when there is none, and for a pattern that is no regular expression.
   */
  for(path: string): Validate;
}

/**
 * A validator for schemas under their canonical paths (`schemas/queue/v1/task.json`), which are left as they are.
 *
 * A `$ref` is resolved against the path of the document in which it stands. What a document says about its own
 * identity (`$id`, `$schema`) is dropped: it is text from outside, ajv would fetch by it or print it into code.
 * Unknown keywords and formats are tolerated, as real references have some. Nothing but own properties counts.
 */
export async function createValidator(documents: ReadonlyMap<string, JsonValue>): Promise<Validator> {
  const [ajvModule, formats] = await Promise.all([import('ajv'), import('ajv-formats')]);
  const ajv = new ajvModule.Ajv({
    strict: false,
    allErrors: true,
    ownProperties: true,
    // Both would compile the meta-schema of draft-07, which takes longer than all of our own.
    meta: false,
    validateSchema: false,
    // With the flag `u`, `[0-9-_]` is no pattern, and references are written without it.
    unicodeRegExp: false,
    // Its only use is to complain of unknown formats.
    logger: false,
    code: { regExp: guardedRegExp },
  });
  formats.default.default(ajv);
  for (const [path, document] of documents) {
    const anonymous = mapSchemas(document, ({ $id, $schema, ...schema }) => schema);
    if (isObject(anonymous) || typeof anonymous === 'boolean') ajv.addSchema(anonymous, `/${path}`);
  }
  const compiled = new Map<string, Validate>();
  return {
    for: (path) => {
      const before = compiled.get(path);
      if (before !== undefined) return before;
      const validate = compile(ajv, path);
      compiled.set(path, validate);
      return validate;
    },
  };
}

function compile(ajv: Ajv, path: string): Validate {
  const validate = schemaAt(ajv, path);
  return (value) => (validate(value) === true ? [] : (validate.errors ?? []).map(problemOf));
}

function schemaAt(ajv: Ajv, path: string): ValidateFunction {
  const [file = '', pointer = ''] = path.split('#');
  try {
    const validate = ajv.getSchema(`/${path}`);
    if (validate !== undefined) return validate;
  } catch (cause) {
    if (cause instanceof InputError) throw new InputError(cause.problem, { file, pointer, cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`cannot be used to validate: ${reason}`, { file, pointer, cause });
  }
  throw new InputError('there is no such schema', { file, pointer });
}

function problemOf({ instancePath, message = 'is wrong', keyword, params }: ErrorObject): Problem {
  return { pointer: instancePath, message, keyword, params };
}
