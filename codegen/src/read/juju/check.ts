import { InputError } from '../../errors.ts';
import { pointerOf } from '../../json/pointer.ts';
import type { Documents } from '../documents.ts';
import { checkAgainst } from '../meta.ts';
import { definitionNamed } from './definitions.ts';
import { type Facade, type FacadeSchema, isFacades } from './facades.ts';

/** Refuses what isn't of the vocabulary, names that are none in Go, and references to nothing. */
export async function check(
  { files }: Documents,
  { corrected }: { readonly corrected: boolean },
): Promise<void> {
  for (const [path, content] of files) {
    await checkAgainst('juju-facades', path, content);
    if (isFacades(content)) checkFacades(path, content, corrected);
  }
}

function checkFacades(path: string, facades: readonly Facade[], corrected: boolean): void {
  const seen = new Set<string>();
  for (const [index, facade] of facades.entries()) {
    const at = (...more: readonly string[]) => ({ file: path, pointer: pointerOf([index, ...more]) });
    const { Name, Version, Schema } = facade;
    assertGoName(Name, 'facade', at('Name'));
    const key = `${Name} ${Version}`;
    if (seen.has(key)) {
      throw new InputError(`describes ${Name} in version ${Version} twice`, {
        ...at(),
        hint: 'Leave one of the two',
      });
    }
    seen.add(key);
    const place: Place = { facade, corrected, at: (...steps) => at('Schema', ...steps) };
    for (const [name, method] of Object.entries(Schema.properties ?? {})) {
      assertGoName(name, 'method', place.at('properties', name));
      for (const [side, schema] of Object.entries(method.properties ?? {})) {
        refuseUnnamed(schema, place.at('properties', name, 'properties', side));
        checkSchema(schema, place, ['properties', name, 'properties', side]);
      }
    }
    for (const [name, schema] of Object.entries(Schema.definitions ?? {})) {
      assertGoName(name, 'type', place.at('definitions', name));
      refuseAlias(schema, place.at('definitions', name));
      checkSchema(schema, place, ['definitions', name]);
    }
  }
}

/** Types that are but other names of each other would have no end. */
function refuseAlias({ $ref }: FacadeSchema, where: Where): void {
  if ($ref === undefined) return;
  throw new InputError('is but another name of a type', { ...where, hint: 'Refer to that type itself' });
}

/** A type that stands in a signature needs a name there. */
function refuseUnnamed({ properties, items, patternProperties }: FacadeSchema, where: Where): void {
  if (properties !== undefined) {
    throw new InputError('is an object without a name', {
      ...where,
      hint: 'Write it under definitions, and refer to it',
    });
  }
  const inner = items ?? patternProperties?.['.*'];
  if (inner !== undefined) refuseUnnamed(inner, where);
}

interface Where {
  readonly file: string;
  readonly pointer: string;
}

interface Place {
  readonly facade: Facade;
  readonly corrected: boolean;
  readonly at: (...steps: readonly string[]) => Where;
}

/** They become classes, methods and types. */
function assertGoName(name: string, what: string, where: Where): void {
  if (/^[A-Z][A-Za-z\d_]*$/.test(name)) return;
  throw new InputError(`${JSON.stringify(name)} cannot name a ${what}`, {
    ...where,
    hint: 'Names in Go that others see begin with a capital letter and hold letters and digits',
  });
}

function checkSchema(schema: FacadeSchema, place: Place, steps: readonly string[]): void {
  const { $ref, properties = {}, patternProperties, items, prefixItems = [] } = schema;
  if (!place.corrected) refuseOwn(schema, place.at(...steps));
  if ($ref !== undefined && definitionNamed($ref, place.facade) === undefined) {
    throw new InputError(`refers to ${JSON.stringify($ref)}, which isn't there`, {
      ...place.at(...steps, '$ref'),
      hint: 'Write #/definitions/ and the name of a type of the same facade',
    });
  }
  for (const [name, property] of Object.entries(properties)) {
    checkSchema(property, place, [...steps, 'properties', name]);
  }
  if (patternProperties !== undefined) {
    checkSchema(patternProperties['.*'], place, [...steps, 'patternProperties', '.*']);
  }
  if (items !== undefined) checkSchema(items, place, [...steps, 'items']);
  for (const [index, item] of prefixItems.entries()) {
    checkSchema(item, place, [...steps, 'prefixItems', String(index)]);
  }
}

const OWN = ['prefixItems', 'enum', 'nullable', 'optional', 'description'];

/** The meta schema knows them, as it checks corrected files too. */
function refuseOwn(schema: FacadeSchema, where: Where): void {
  const own = OWN.find((keyword) => Object.hasOwn(schema, keyword));
  const format = schema.format === undefined || schema.format === 'date-time' ? undefined : schema.format;
  const word = own ?? format;
  if (word === undefined) return;
  throw new InputError(`${JSON.stringify(word)} is none of the words that Juju uses`, {
    ...where,
    hint: 'Say it by a correction in corrections.yaml',
  });
}
