import { fileURLToPath } from 'node:url';
import { mapSchemas } from '../../codegen/src/json/positions.ts';
import { isObject } from '../../codegen/src/json/values.ts';
import type { Api, JsonSchema } from '../../codegen/src/model.ts';
import { loadService, type Service } from '../../codegen/src/read/index.ts';
import { createValidator, type Validate } from '../../codegen/src/validate.ts';

/** `schemas/salt`, read. */
export function saltService(): Promise<Service> {
  return loadService(fileURLToPath(new URL('../../schemas/salt', import.meta.url)));
}

/** Where each client's functions are. */
const GROUPS: Readonly<Record<string, string>> = {
  local: 'modules',
  local_async: 'modules',
  local_batch: 'modules',
  local_subset: 'modules',
  runner: 'runners',
  runner_async: 'runners',
  wheel: 'wheel',
  wheel_async: 'wheel',
};

/** What is wrong with what a function returned. `undefined` when there is no such function. */
export type CheckResult = (client: string, fun: string, value: unknown) => readonly string[] | undefined;

/** Holds what functions return against what the schemas say of them; a property that they don't name is wrong. */
export async function resultChecker(classes: readonly Api[]): Promise<CheckResult> {
  const documents = new Map(
    classes.flatMap((api) => (api.group === undefined ? [] : [[placeOf(api), linked(api)] as const])),
  );
  const validator = await createValidator(documents);
  const functions = new Map<string, Validate>();
  return (client, fun, value) => {
    const [module = '', name = ''] = fun.split('.');
    const api = classes.find(({ group, path }) => group === GROUPS[client] && path === module);
    if (api?.methods.some((method) => method.name === name) !== true) return undefined;
    const pointer = `${placeOf(api)}#/definitions/=${name}`;
    const validate = functions.get(pointer) ?? validator.for(pointer);
    functions.set(pointer, validate);
    return validate(value).map(
      ({ pointer: at, message, params }) => `${fun}${at}: ${message} ${JSON.stringify(params)}`,
    );
  };
}

const placeOf = ({ group, path }: Api): string => `${group}/${path}`;

/** The types of a class and, behind `=`, the results of its functions, as one document. */
function linked(api: Api) {
  const results = api.methods.map(({ name, result }): [string, JsonSchema] => [
    `=${name}`,
    result.kind === 'json' ? result.type : {},
  ]);
  const definitions = {
    ...Object.fromEntries(api.types.map((type) => [type.name, type.schema])),
    ...Object.fromEntries(results),
  };
  // A type is referred to by its name alone.
  const document: unknown = JSON.parse(JSON.stringify({ definitions }));
  return mapSchemas(isObject(document) ? document : {}, ({ $ref, ...rest }) =>
    $ref === undefined ? rest : { $ref: `#/definitions/${String($ref)}` },
  );
}
