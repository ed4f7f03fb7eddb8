import type { Category } from '../errors.ts';

/** Every code that controllers give, as of Juju 4.0, by what a caller can do about it. */
const codes = {
  'not-found': [
    'not found',
    'model not found',
    'secret not found',
    'secret revision not found',
    'secret backend not found',
    'secret consumer not found',
    'machine not found',
    'user not found',
    'key source subject not found',
    'action no longer available',
  ],
  unauthorized: [
    'unauthorized access',
    'session token invalid',
    'login expired',
    'no credentials provided',
    'macaroon discharge required',
    'fatal login error',
  ],
  forbidden: ['forbidden', 'secret backend forbidden', 'access required', 'operation is blocked'],
  conflict: [
    'already exists',
    'secret backend already exists',
    'public key already exists',
    'cannot enter scope',
    'unit has subordinates',
    'not assigned',
    'dead',
    'machine has assigned units',
    'controller has hosted models',
    'controller/model has persistent storage',
    'model not empty',
    'machine has attached storage',
    'machine is hosting containers',
    'storage is attached',
    'not provisioned',
    'no address set',
    'leadership claim denied',
    'lease claim denied',
    'application should not have units',
  ],
  invalid: [
    'bad request',
    'method not allowed',
    'not implemented',
    'not supported',
    'secret backend not supported',
    'not valid',
    'secret backend not valid',
    'incompatible base',
    'cloud region required',
    'quota limit exceeded',
    'incompatible clouds',
    'invalid tag',
    'tag kind not supported',
    'invalid machine id',
    'invalid user name',
    'invalid public key comment',
    'invalid public key',
    'invalid user public key source',
    'unknown user public key source',
  ],
  'rate-limited': [],
  unavailable: [
    'try again',
    'cannot enter scope yet',
    'upgrade in progress',
    'model migration in progress',
    'deadline exceeded',
    'not yet available; try again later',
    'not leader',
  ],
  failed: ['stopped', 'redirection required'],
} satisfies Record<Category, readonly string[]>;

const categories = new Map<string, Category>();
for (const category of Object.keys(codes)) {
  if (isCategory(category)) for (const code of codes[category]) categories.set(code, category);
}

function isCategory(name: string): name is keyof typeof codes {
  return Object.hasOwn(codes, name);
}

/** Texts that mean a code also where none is given. */
const singletons = new Map([
  ['invalid entity name or password', 'unauthorized access'],
  ['permission denied', 'unauthorized access'],
  ['not logged in', 'unauthorized access'],
  ['unknown watcher id', 'not found'],
  ['id not found', 'not found'],
  ['watcher has been stopped', 'stopped'],
]);

/** The code of an error whose `code` says it, or whose message stands for one; `undefined` when neither does. */
export function codeOfMessage(message: string, code: string): string | undefined {
  if (code === 'unauthorized access' && message.startsWith('no credentials'))
    return 'no credentials provided';
  if (code !== '') return code;
  if (message.startsWith('no such request ')) return 'not implemented';
  return singletons.get(message);
}

/** What a caller can do about it; a code that isn't known has failed. */
export function categoryOfCode(code: string | undefined, message: string): Category {
  // The code is that of a wrong password, too; but who calls is known, and may not.
  if (code === 'unauthorized access' && message === 'permission denied') return 'forbidden';
  // Parameters of the wrong type, for which there is no code.
  if (code === undefined) return message.startsWith('json: cannot unmarshal') ? 'invalid' : 'failed';
  return categories.get(code) ?? 'failed';
}
