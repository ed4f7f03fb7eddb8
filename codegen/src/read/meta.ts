import { readFileSync } from 'node:fs';
import { InputError } from '../errors.ts';
import type { JsonValue } from '../model.ts';
import { createValidator, type Problem, type Validate } from '../validate.ts';
import { parseJson } from './json.ts';
import { storedSchemas } from './stored.ts';

/** The JSON Schemas of the formats that we accept, by the names of their files in `schemas/meta`. */
export type MetaSchema =
  | 'json-schema'
  | 'juju-facades'
  | 'salt-functions'
  | 'salt-overlay'
  | 'taskcluster-api-v0'
  | 'taskcluster-exchanges-v0'
  | 'taskcluster-manifest-v3';

const validators = new Map<MetaSchema, Promise<Validate>>();

async function metaValidator(name: MetaSchema): Promise<Validate> {
  const loading = validators.get(name) ?? load(name);
  validators.set(name, loading);
  return loading;
}

async function load(name: MetaSchema): Promise<Validate> {
  const file = storedSchemas('meta', `${name}.json`);
  if (file === undefined) throw new Error(`the meta schema ${name} is missing: install the package again`);
  const validator = await createValidator(new Map([[name, parseJson(readFileSync(file, 'utf8'), file)]]));
  return validator.for(name);
}

/** Refuses a document that isn't what its meta schema says, with the first thing that is wrong. */
export async function checkAgainst(name: MetaSchema, path: string, document: JsonValue): Promise<void> {
  const validate = await metaValidator(name);
  const problems = validate(document);
  const [first] = problems.toSorted((a, b) => b.pointer.split('/').length - a.pointer.split('/').length);
  if (first === undefined) return;
  const others = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  throw new InputError(`${sentence(first)}${others}`, {
    file: path,
    pointer: first.pointer,
    hint: 'Correct the file, or add a correction when upstream is wrong',
  });
}

function sentence({ message, params }: Problem): string {
  const { additionalProperty, allowedValues } = params;
  if (typeof additionalProperty === 'string') return `has no place for ${JSON.stringify(additionalProperty)}`;
  if (Array.isArray(allowedValues))
    return `${message}: ${allowedValues.map((value) => JSON.stringify(value)).join(', ')}`;
  return message;
}
