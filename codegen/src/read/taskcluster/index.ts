import { InputError } from '../../errors.ts';
import { child, pointerOf } from '../../json/pointer.ts';
import { mapSchemas } from '../../json/positions.ts';
import { isArray, isObject } from '../../json/values.ts';
import type { Api, JsonValue, Model } from '../../model.ts';
import { className, Names } from '../../names.ts';
import type { Docs } from '../docs.ts';
import type { Documents } from '../documents.ts';
import { checkAgainst } from '../meta.ts';
import { named } from '../naming.ts';
import type { Reader, ReadSettings } from '../reader.ts';
import { typesOf } from '../types.ts';
import { arrange, type Kind, kindOf } from './arrange.ts';
import { eventRoots, eventsOf } from './events.ts';
import { type EntryContext, methodRoots, methodsOf } from './methods.ts';
import { reduce } from './reduce.ts';
import {
  type ApiReference,
  apiReferences,
  type ExchangesReference,
  exchangesReferences,
  type Found,
} from './references.ts';
import { refResolver } from './resolve.ts';

/** The references that a Taskcluster deployment publishes: api-reference-v0 and exchanges-reference-v0. */
export const taskcluster: Reader = { format: 'taskcluster', recognises, arrange, check, reduce, read };

function recognises({ files }: Documents): boolean {
  return [...files.values()].some((content) =>
    isArray(content)
      ? content.some((element) => kindOf(child(element, 'content') ?? null) !== undefined)
      : kindOf(content) !== undefined,
  );
}

const META = {
  api: 'taskcluster-api-v0',
  exchanges: 'taskcluster-exchanges-v0',
  schema: 'json-schema',
} as const satisfies Readonly<Record<Kind, string>>;

async function check({ files }: Documents, { corrected }: { readonly corrected: boolean }): Promise<void> {
  for (const [path, content] of files) {
    const kind = kindOf(content);
    if (kind === undefined) continue;
    if (!corrected) refuseOwnKeywords(path, content);
    await checkAgainst(META[kind], path, content);
  }
}

/** The meta schemas know our `x-` keywords, as they check corrected references too; no one else may use them. */
function refuseOwnKeywords(path: string, content: JsonValue): void {
  const refuse = (own: string, pointer: string): never => {
    throw new InputError(`${own} is a keyword of ours`, {
      file: path,
      pointer,
      hint: 'Say it by a correction in corrections.yaml',
    });
  };
  const entries = child(content, 'entries');
  for (const [index, entry] of (isArray(entries) ? entries : []).entries()) {
    const own = isObject(entry) ? Object.keys(entry).find((key) => key.startsWith('x-')) : undefined;
    if (own !== undefined) refuse(own, pointerOf(['entries', index]));
  }
  mapSchemas(content, (schema, at) => ('x-name' in schema ? refuse('x-name', pointerOf(at)) : schema));
}

/** What is known about one version of one service: its methods, its events or both. */
interface Service {
  readonly name: string;
  readonly version: string;
  readonly api?: Found<ApiReference>;
  readonly exchanges?: Found<ExchangesReference>;
}

function read(documents: Documents, { docs }: ReadSettings): Model {
  const names = new Names('classes');
  const apis = servicesOf(documents).map((service) => {
    const path = service.api?.path ?? service.exchanges?.path ?? '';
    const name = named(path, '/serviceName', () => names.claim(className(service.name), path));
    return apiOf(documents, service, name, docs);
  });
  return { apis, types: [], warnings: [] };
}

function servicesOf(documents: Documents): readonly Service[] {
  const services = new Map<string, Service>();
  const add = ({ serviceName, apiVersion }: ApiReference | ExchangesReference, found: Partial<Service>) => {
    const endpoint = `${serviceName}/${apiVersion}`;
    services.set(endpoint, { ...services.get(endpoint), name: serviceName, version: apiVersion, ...found });
  };
  for (const api of apiReferences(documents)) add(api.reference, { api });
  for (const exchanges of exchangesReferences(documents)) add(exchanges.reference, { exchanges });
  return [...services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, service]) => service);
}

function apiOf(documents: Documents, service: Service, name: string, allDocs: Docs): Api {
  const { api, exchanges } = service;
  const docs = allDocs.get(service.name);
  const resolve = refResolver(documents, service.name);
  const typeNames = new Names(`types of ${service.name}`);
  const roots = [
    ...(api ? methodRoots(documents, api) : []),
    ...(exchanges ? eventRoots(documents, exchanges) : []),
  ];
  const types = typesOf(documents, roots, resolve, typeNames);
  const context: EntryContext = { documents, service: service.name, resolve, refTo: types.refTo, docs };
  const text = docs?.about ?? api?.reference.description ?? exchanges?.reference.description;
  return {
    path: service.name,
    name,
    doc: { ...(text !== undefined && { text }), facts: [] },
    endpoint: `${service.name}/${service.version}`,
    methods: api ? methodsOf(api, typeNames, context) : [],
    events: exchanges ? eventsOf(exchanges, context) : [],
    types: types.named,
  };
}
