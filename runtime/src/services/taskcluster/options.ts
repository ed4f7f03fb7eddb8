import type { PulseOptions } from '../../amqp/pulse.ts';
import { checkNames, type HttpOptions, httpOptionNames } from '../../options.ts';
import type { Credentials, CredentialsProvider } from './credentials.ts';

/** What {@link taskcluster} takes. */
export interface TaskclusterOptions extends HttpOptions {
  /** The address of the deployment: `https://tc.example.com`. */
  readonly rootUrl: string;
  /** Who calls: a value, or a function that is asked when they are needed. Absent: calls aren't signed. */
  readonly credentials?: Credentials | CredentialsProvider | undefined;
  /** Use no more of the credentials' scopes than these. `[]` uses none of them; absent uses all. */
  readonly authorizedScopes?: readonly string[] | undefined;
  /** Whether the signature covers the body, too. Default false: TLS guards the body as a rule, and hashing costs. */
  readonly payloadHash?: boolean | undefined;
  /** Sent as `x-taskcluster-trace-id` with every call, and found in the services' logs. */
  readonly traceId?: string | undefined;
  /**
   * Where calls go, when that isn't `rootUrl`: `'k8s-dns'` for `http://taskcluster-<service>` inside a cluster, or a
   * function that gives the root of a service. URLs for others, such as those of `session.url`, keep to `rootUrl`.
   */
  readonly serviceUrl?: 'k8s-dns' | ((service: string) => string) | undefined;
  /** Where `session.listen` connects to, and as whom: an account on the broker is no Taskcluster client. */
  readonly pulse?: PulseOptions | undefined;
}

const known: Readonly<Record<keyof TaskclusterOptions, true>> = {
  ...httpOptionNames,
  authorizedScopes: true,
  credentials: true,
  payloadHash: true,
  pulse: true,
  rootUrl: true,
  serviceUrl: true,
  traceId: true,
};

/** @throws TypeError when an option isn't known, or one that only Taskcluster has can't be used */
export function checkOptions(options: TaskclusterOptions): void {
  checkNames(options, known, 'taskcluster()');
  const { authorizedScopes, traceId, serviceUrl } = options;
  if (authorizedScopes !== undefined) checkScopes(authorizedScopes, 'authorizedScopes');
  if (traceId !== undefined && !/^[\x21-\x7e]+$/.test(traceId)) {
    throw new TypeError('traceId must be printable ASCII without spaces, as it is sent as a header');
  }
  if (serviceUrl !== undefined && serviceUrl !== 'k8s-dns' && typeof serviceUrl !== 'function') {
    throw new TypeError("serviceUrl must be 'k8s-dns' or a function of the service's name");
  }
}

/** @throws TypeError when it isn't a list of strings */
export function checkScopes(scopes: readonly string[], source: string): void {
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string')) {
    throw new TypeError(`${source} must be an array of scopes, each a string`);
  }
}
