import type { Credentials } from './credentials.ts';
import type { TaskclusterOptions } from './options.ts';
import { normalRootUrl } from './root-url.ts';

/** The variables that Taskcluster's clients and workers agree on. An empty one is as good as none. */
export interface Environment {
  readonly TASKCLUSTER_ROOT_URL?: string | undefined;
  readonly TASKCLUSTER_CLIENT_ID?: string | undefined;
  readonly TASKCLUSTER_ACCESS_TOKEN?: string | undefined;
  readonly TASKCLUSTER_CERTIFICATE?: string | undefined;
  readonly TASKCLUSTER_PROXY_URL?: string | undefined;
}

/**
 * What the environment says of a session. With `TASKCLUSTER_PROXY_URL` calls go there instead, to the proxy of a task,
 * which signs them; they are signed here only when `TASKCLUSTER_CLIENT_ID` is set as well.
 *
 * @param overrides win; a `rootUrl` among them also over the proxy
 * @throws TypeError when there is no address, or only half of the credentials
 */
export function optionsFromEnvironment(
  overrides: Partial<TaskclusterOptions>,
  environment: Environment,
): TaskclusterOptions {
  return {
    ...addresses(overrides, environment),
    ...('credentials' in overrides ? {} : { credentials: credentialsIn(environment) }),
    ...overrides,
  };
}

function addresses(
  overrides: Partial<TaskclusterOptions>,
  environment: Environment,
): Pick<TaskclusterOptions, 'rootUrl' | 'serviceUrl'> {
  if (overrides.rootUrl !== undefined) return { rootUrl: overrides.rootUrl };
  const root = environment.TASKCLUSTER_ROOT_URL;
  const proxy = environment.TASKCLUSTER_PROXY_URL;
  if (!proxy) return { rootUrl: normalRootUrl(root, 'TASKCLUSTER_ROOT_URL') };
  const proxyUrl = normalRootUrl(proxy, 'TASKCLUSTER_PROXY_URL');
  // Only the worker's own task can reach the proxy: URLs for others need the deployment's address, when it is known.
  return {
    rootUrl: root ? normalRootUrl(root, 'TASKCLUSTER_ROOT_URL') : proxyUrl,
    serviceUrl: () => proxyUrl,
  };
}

function credentialsIn(environment: Environment): Credentials | undefined {
  const clientId = environment.TASKCLUSTER_CLIENT_ID;
  const accessToken = environment.TASKCLUSTER_ACCESS_TOKEN;
  const certificate = environment.TASKCLUSTER_CERTIFICATE;
  if (clientId && accessToken) return { clientId, accessToken, ...(certificate ? { certificate } : {}) };
  if (clientId) throw new TypeError(halfOf('TASKCLUSTER_CLIENT_ID', 'TASKCLUSTER_ACCESS_TOKEN'));
  if (accessToken && !environment.TASKCLUSTER_PROXY_URL) {
    throw new TypeError(halfOf('TASKCLUSTER_ACCESS_TOKEN', 'TASKCLUSTER_CLIENT_ID'));
  }
  return undefined;
}

function halfOf(given: string, missing: string): string {
  return `${given} is set and ${missing} is not: set both, or neither to make calls without credentials`;
}
