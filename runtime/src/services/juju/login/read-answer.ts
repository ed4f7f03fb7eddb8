import { excerpt } from '../../../http/excerpt.ts';
import { isObject } from '../../../json/is-object.ts';
import { type HostPort, hostPortsOf } from '../host-ports.ts';
import { parseTag } from '../tags/tags.ts';
import { LoginError } from './login-error.ts';
import type { LoginOutcome } from './provider.ts';

/** What a login told, checked. */
export interface LoggedIn {
  /** `user-admin`; `undefined` when neither the answer nor the login says who it is. */
  readonly authTag: string | undefined;
  /** `controller-<uuid>`. */
  readonly controllerTag: string;
  /** `4.0.15`. */
  readonly serverVersion: string;
  /** The name that a public authority vouches for; `undefined` when there is none. */
  readonly publicDnsName: string | undefined;
  readonly servers: readonly (readonly HostPort[])[];
  /** The versions of each facade that may be called. */
  readonly facades: ReadonlyMap<string, readonly number[]>;
  /** `superuser`, `login`; `undefined` for agents and where nothing was said. */
  readonly controllerAccess: string | undefined;
  /** `admin`, `write`, `read`; `undefined` as above, and without a model. */
  readonly modelAccess: string | undefined;
}

/** What a session wanted to log in to. */
interface Asked {
  readonly url: string;
  /** The UUID of a model; `undefined`: the controller only. */
  readonly model: string | undefined;
}

/** @throws LoginError when it isn't the answer to what was asked */
export function readAnswer({ answer, tag }: LoginOutcome, { url, model }: Asked): LoggedIn {
  const wrong = (what: string) => new LoginError('failed', url, what);
  const expected = model === undefined ? '' : `model-${model}`;
  const modelTag = answer['model-tag'] ?? '';
  if (modelTag !== expected) {
    throw wrong(
      `${shown(expected, 'the controller')} was asked for, and ${shown(modelTag, 'the controller')} answered`,
    );
  }
  const controllerTag = answer['controller-tag'];
  if (!isControllerTag(controllerTag)) {
    throw wrong(
      `the answer doesn't say which controller it is from: controller-tag is ${quoted(controllerTag)}`,
    );
  }
  const serverVersion = answer['server-version'];
  if (!isVersion(serverVersion)) {
    throw wrong(
      `the answer doesn't say how old the controller is: server-version is ${quoted(serverVersion)}`,
    );
  }
  const user = answer['user-info'];
  return {
    authTag: nonEmpty(user?.identity) ?? nonEmpty(tag),
    controllerTag,
    serverVersion,
    publicDnsName: nonEmpty(answer['public-dns-name']),
    servers: hostPortsOf(answer.servers),
    facades: facadesOf(answer.facades),
    controllerAccess: nonEmpty(user?.['controller-access']),
    modelAccess: nonEmpty(user?.['model-access']),
  };
}

/** No facade has nearly as many. A list of millions would take too long to look through. */
const mostVersions = 1000;

/** What every controller has, with a login or without, though few say so. */
export const alwaysOffered: LoggedIn['facades'] = new Map([['Admin', [3]]]);

/** What is no facade is left out, and so is what is no version. */
function facadesOf(facades: unknown): LoggedIn['facades'] {
  const offered = new Map(alwaysOffered);
  for (const facade of Array.isArray(facades) ? facades : []) {
    const { name, versions } = isObject(facade) ? facade : {};
    if (typeof name !== 'string') continue;
    const known = Array.isArray(versions) ? versions.slice(0, mostVersions) : [];
    offered.set(
      name,
      known.filter((each) => Number.isSafeInteger(each)),
    );
  }
  return offered;
}

function shown(tag: unknown, none: string): string {
  if (tag === '') return none;
  return typeof tag === 'string' ? excerpt(tag) : 'something that is no text';
}

/** What came may be anything, and as long as it likes. */
function quoted(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'string' ? excerpt(JSON.stringify(value)) : 'no text';
}

function nonEmpty(text: unknown): string | undefined {
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** Whether it is the tag of a controller. */
export function isControllerTag(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  try {
    parseTag(text, 'controller');
    return true;
  } catch {
    return false;
  }
}

/** `4.0.15`, `4.1-beta2`, `2.9.26.1`. */
function isVersion(text: unknown): text is string {
  return typeof text === 'string' && /^\d{1,9}\.\d{1,9}(?:\.|-[a-z]+)\d{1,9}(?:\.\d{1,9})?$/.test(text);
}
