/** What is particular to the tags of one kind. */
interface Rule {
  /** What an id is called, in an error. */
  readonly named: string;
  /** An id that is right, for an error. */
  readonly example: string;
  readonly id: RegExp;
  /** The id as it stands in a tag. Absent: as it is. */
  readonly encode?: (id: string) => string;
  /** Never throws: what can't be decoded stays, and fails the rule. */
  readonly decode?: (text: string) => string;
}

// The rules are those of Juju's package `names`, versions 5 and 6; where they differ, what either takes is taken. Each
// alternative begins with what the one before it can't, so that no id, however long, takes more than one look.
const number = '(?:0|[1-9][0-9]*)';
const application = '[a-z][a-z0-9]*(?:-(?=[0-9]*[a-z])[a-z0-9]+)*';
const unit = `${application}/${number}`;
const machine = `${number}(?:/[a-z]+/${number})*`;
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const userPart = '[a-zA-Z0-9][a-zA-Z0-9.+-]*[a-zA-Z0-9]';
const user = `${userPart}(?:@${userPart})?`;
const cloud = '[a-zA-Z0-9][a-zA-Z0-9._-]{0,200}';
const endpoint = `${application}:[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*`;
const part = '[a-z][a-z0-9]*/';
const bound = whole(`(?:(?:${machine}|${unit})/)?${number}`);

function whole(...alternatives: readonly string[]): RegExp {
  return new RegExp(`^(?:${alternatives.join('|')})$`);
}

const byUuid = (named: string): Rule => ({
  named,
  example: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  id: whole(uuid),
});

/** Of two numbers and names with hyphens only the last hyphen stands for a slash. */
function lastSlash(text: string): string {
  return text.replace(/-(?=[^-]*$)/, '/');
}

/** `0-lxd-1-3` is bound to a machine, `my-app-0-3` to a unit, whose name may have hyphens of its own. */
function slashesOfBound(text: string): string {
  return /^\d+(?:-|$)/.test(text) ? text.replaceAll('-', '/') : lastSlash(lastSlash(text));
}

const hyphens = (id: string) => id.replaceAll('/', '-');

/** `admin` and `admin@local` are one user, and `admin` is how Juju writes it. */
const withoutLocal = (id: string) => id.replace(/@local$/, '');

/** Juju decodes as a query, so that a `+` would be lost: what is sent has it escaped, what comes may have either. */
function credentialText(id: string): string {
  const [cloud = '', owner = '', name = ''] = id.split('/');
  return [cloud, withoutLocal(owner), name]
    .map((each) => each.replaceAll('_', '%5f').replaceAll('+', '%2b'))
    .join('_');
}

function credentialId(text: string): string {
  const id = text
    .replaceAll('_', '/')
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const [cloud = '', owner = '', ...name] = id.split('/');
  return [cloud, withoutLocal(owner), ...name].join('/');
}

/** Every kind of tag. */
export const kinds = {
  action: { named: 'id of an action', example: '42', id: whole(uuid, number) },
  application: { named: 'name of an application', example: 'mysql', id: whole(application) },
  applicationoffer: {
    named: 'id of an offer',
    example: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    id: whole(uuid, application),
  },
  caasmodel: byUuid('UUID of a model'),
  charm: {
    named: 'URL of a charm',
    example: 'ch:amd64/mysql-8',
    id: whole(`(?:local:|ch:)?(?:${part}){0,2}${application}(?:-(?:-1|${number}))?`),
  },
  cloud: { named: 'name of a cloud', example: 'aws', id: whole(cloud) },
  cloudcred: {
    named: 'id of a credential (cloud/owner/name)',
    example: 'aws/admin/default',
    id: whole(`${cloud}/${user}/[a-zA-Z][a-zA-Z0-9.@_+-]*`),
    encode: credentialText,
    decode: credentialId,
  },
  controller: {
    named: 'UUID of a controller, or number of its agent',
    example: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
    id: whole(uuid, number),
  },
  environment: byUuid('UUID of a model'),
  filesystem: {
    named: 'id of a filesystem',
    example: '0/lxd/1/3',
    id: bound,
    encode: hyphens,
    decode: slashesOfBound,
  },
  ipaddress: byUuid('UUID of an address'),
  machine: {
    named: 'id of a machine',
    example: '0/lxd/1',
    id: whole(machine),
    encode: hyphens,
    decode: (text) => text.replaceAll('-', '/'),
  },
  model: byUuid('UUID of a model'),
  operation: { named: 'number of an operation', example: '1', id: whole(number) },
  payload: {
    named: 'id of a payload',
    example: 'my-payload',
    id: whole(uuid, '[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'),
  },
  relation: {
    named: 'key of a relation',
    example: 'wordpress:db mysql:server',
    id: whole(`${endpoint}(?: ${endpoint})?`),
    encode: (id) => id.replaceAll(':', '.').replace(' ', '#'),
    decode: (text) => text.replaceAll('.', ':').replace('#', ' '),
  },
  space: { named: 'name of a space', example: 'alpha', id: whole('[a-z0-9]+(?:-[a-z0-9]+)*') },
  storage: {
    named: 'id of a storage instance',
    example: 'data/0',
    id: whole(unit),
    encode: hyphens,
    decode: lastSlash,
  },
  subnet: {
    named: 'id of a subnet',
    example: '1',
    id: whole(uuid, number, '[0-9a-fA-F.:]+/[0-9]{1,3}'),
  },
  unit: {
    named: 'name of a unit',
    example: 'mysql/0',
    id: whole(unit),
    encode: hyphens,
    decode: lastSlash,
  },
  user: {
    named: 'name of a user',
    example: 'admin, or alice@example.com',
    id: whole(user),
    encode: withoutLocal,
    decode: withoutLocal,
  },
  volume: {
    named: 'id of a volume',
    example: '0/lxd/1/3',
    id: bound,
    encode: hyphens,
    decode: slashesOfBound,
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** `unit`, `machine`, `model`, …: the 22 kinds. */
export type TagKind = keyof typeof kinds;

export function isTagKind(text: string): text is TagKind {
  return Object.hasOwn(kinds, text);
}

export function ruleOf(kind: TagKind): Rule {
  return kinds[kind];
}
