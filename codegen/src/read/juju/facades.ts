import { InputError } from '../../errors.ts';
import { isArray, isObject } from '../../json/values.ts';
import type { JsonValue } from '../../model.ts';
import { type Documents, documentsOf } from '../documents.ts';

/** One facade in one version, as Juju describes it. */
export type Facade = {
  readonly Name: string;
  readonly Version: number;
  readonly Description?: string;
  /** Who may call it; Juju 4 doesn't tell. */
  readonly AvailableTo?: readonly string[];
  readonly Schema: {
    readonly type: 'object';
    /** By the names of the methods. */
    readonly properties?: Readonly<Record<string, FacadeMethod>>;
    /** By the names of their types in Go. */
    readonly definitions?: Readonly<Record<string, FacadeSchema>>;
  };
};

export type FacadeMethod = {
  readonly type: 'object';
  readonly properties?: { readonly Params?: FacadeSchema; readonly Result?: FacadeSchema };
  readonly description?: string;
};

/** The few words of JSON Schema that Juju uses. Those at the end only our corrections say. */
export type FacadeSchema = {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  /** `#/definitions/Entities` */
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, FacadeSchema>>;
  readonly required?: readonly string[];
  /** `false` where there are no other properties; `true` stands for any value at all. */
  readonly additionalProperties?: boolean;
  /** A map: what stands under each of its keys. */
  readonly patternProperties?: { readonly '.*': FacadeSchema };
  readonly items?: FacadeSchema;
  readonly format?: 'date-time' | 'int64' | 'byte';
  readonly prefixItems?: readonly FacadeSchema[];
  readonly enum?: readonly string[];
  /** A pointer in Go that is written even when there is nothing behind it. */
  readonly nullable?: true;
  /** Empty unless it is given, so that a request may leave it out. */
  readonly optional?: true;
  readonly description?: string;
};

/** Holds for every document that the meta schema `juju-facades` accepts. */
export function isFacades(content: JsonValue): content is JsonValue & readonly Facade[] {
  return isArray(content) && content.every(isFacade);
}

function isFacade(value: JsonValue): boolean {
  return (
    isObject(value) &&
    typeof value['Name'] === 'string' &&
    typeof value['Version'] === 'number' &&
    isObject(value['Schema'])
  );
}

/** Looks at the first entry only: what is wrong with the others is told by `check`. */
export function recognises({ files }: Documents): boolean {
  return [...files.values()].some(looksLikeFacades);
}

function looksLikeFacades(content: JsonValue): boolean {
  const [first] = isArray(content) ? content : [];
  return isObject(first) && ['Name', 'Version', 'Schema'].every((key) => Object.hasOwn(first, key));
}

/**
 * Files of facades under `facades/<release>-<group>.json`, by what their names tell: `client-4.0.15.json` of Juju,
 * `schemas-juju-3.3.0.json` of its Python client. A name without a release stays. Other files are left out.
 */
export function arrange({ origin, files }: Documents): Documents {
  const arranged = new Map<string, JsonValue>();
  const origins = new Map<string, string>();
  for (const [path, content] of files) {
    if (!looksLikeFacades(content)) continue;
    const canonical = canonicalPath(path);
    const other = origins.get(canonical);
    if (other !== undefined) {
      throw new InputError(`is the same release and group as ${other}`, {
        file: path,
        hint: 'Name the files after what they hold: client-4.0.15.json, agent-4.0.15.json',
      });
    }
    origins.set(canonical, path);
    arranged.set(canonical, content);
  }
  if (arranged.size === 0) {
    throw new InputError('holds no facades of Juju', {
      file: origin,
      hint: 'Give a file that Juju has in apiserver/facades, such as schema.json',
    });
  }
  return documentsOf(origin, arranged);
}

function canonicalPath(path: string): string {
  const stem = path.replace(/^.*\//, '').replace(/\.[A-Za-z]+$/, '');
  const release = RELEASE.exec(stem)?.[0];
  const group = GROUP.exec(stem)?.[0];
  const name = release === undefined ? stem : [release, group].filter((part) => part !== undefined).join('-');
  return `facades/${name}.json`;
}

const RELEASE = /\d+\.\d+(\.\d+)*(-?(alpha|beta|rc)\d*)?/;
const GROUP = /agent|all|client|jimm|latest/;

/** The release that a file describes: `4.0.15`; undefined when its name doesn't tell. */
export function releaseOf(path: string): string | undefined {
  return RELEASE.exec(path.replace(/^.*\//, '').replace(/\.json$/, ''))?.[0];
}

/** Orders releases, the oldest first; one that isn't known is older than all. */
export function compareReleases(a = '', b = ''): number {
  const [own, other] = [parts(a), parts(b)];
  const length = Math.max(own.numbers.length, other.numbers.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (own.numbers[index] ?? 0) - (other.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (own.stage === other.stage) return 0;
  // What has no stage is out already.
  if (own.stage === '' || other.stage === '') return own.stage === '' ? 1 : -1;
  return own.stage.localeCompare(other.stage, 'en', { numeric: true });
}

function parts(release: string): { readonly numbers: readonly number[]; readonly stage: string } {
  const [, numbers = '', stage = ''] = /^([\d.]*)-?(.*)$/.exec(release) ?? [];
  return { numbers: numbers === '' ? [] : numbers.split('.').map(Number), stage };
}
