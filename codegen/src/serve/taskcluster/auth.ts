import { bodyOf, json, Refusal, type Reply } from '../core/service.ts';
import { callerOf, demand, realmOf } from './access.ts';
import { authenticate, signedPartsOf } from './authenticate.ts';
import {
  type Caller,
  type Deployment,
  expanded,
  iso,
  type Model,
  param,
  type TaskclusterCall,
} from './deployment.ts';
import { normalized } from './scopes.ts';

/** Scopes, checking signatures, and the rights to credentials for other services. */
export const auth: Model = {
  service: 'auth',
  handlers: {
    expandScopes: (call) => json({ scopes: expanded(call.deployment.state, bodyOf<Scopes>(call).scopes) }),
    currentScopes: (call) => json({ scopes: call.caller.scopes }),
    authenticateHawk,
    testAuthenticate(call) {
      const { clientScopes, requiredScopes } = bodyOf<TestAuthenticate>(call);
      return testAuthenticate(call, clientScopes, requiredScopes);
    },
    testAuthenticateGet: (call) =>
      testAuthenticate(call, ['test:*', 'auth:create-client:test:*'], ['test:authenticate-get']),
  },
  scopeValues: {
    awsS3Credentials: withLevel,
    azureTableSAS: withLevel,
    azureContainerSAS: withLevel,
    githubRepoToken(call) {
      const { permissions, repositories } = bodyOf<RepoToken>(call);
      const granted = Object.entries(permissions).map(([permission, level]) => `${permission}:${level}`);
      return {
        ...call.params,
        repoPerms: repositories.flatMap((repository) =>
          granted.map((permission) => `${repository}:${permission}`),
        ),
      };
    },
  },
};

interface Scopes {
  readonly scopes: readonly string[];
}

interface TestAuthenticate {
  readonly clientScopes: readonly string[];
  readonly requiredScopes: readonly string[];
}

interface RepoToken {
  readonly permissions: Readonly<Record<string, string>>;
  readonly repositories: readonly string[];
}

interface HawkRequest {
  readonly method: string;
  readonly resource: string;
  readonly host: string;
  readonly port: number;
  readonly authorization?: string;
}

async function authenticateHawk(call: TaskclusterCall): Promise<Reply> {
  const result = await authenticate(bodyOf<HawkRequest>(call), realmOf(call.deployment));
  return json('expires' in result ? { ...result, expires: iso(result.expires) } : { ...result });
}

/** Checks a signature with a client that exists for that alone: `tester`, whose access token is `no-secret`. */
async function testAuthenticate(
  call: TaskclusterCall,
  clientScopes: readonly string[],
  requiredScopes: readonly string[],
) {
  const realm = {
    ...realmOf(call.deployment),
    client: (clientId: string) => (clientId === 'tester' ? tester(call.deployment, clientScopes) : undefined),
    expand: (scopes: readonly string[]) => normalized([...scopes, 'assume:anonymous']),
  };
  const caller: Caller = callerOf(await authenticate(signedPartsOf(call.request), realm));
  demand(caller, { AllOf: requiredScopes });
  if (caller.clientId === undefined)
    throw new Refusal(401, 'AuthenticationFailed', 'The call has no credentials');
  return json({ clientId: caller.clientId, scopes: caller.scopes });
}

function tester(deployment: Deployment, scopes: readonly string[]) {
  return {
    accessToken: 'no-secret',
    scopes,
    expires: iso(deployment.now() + 24 * 60 * 60_000),
    disabled: false,
  };
}

function withLevel(call: TaskclusterCall) {
  const level = param(call, 'level');
  if (level !== 'read-only' && level !== 'read-write') {
    throw new Refusal(400, 'InvalidRequestArguments', `level must be read-only or read-write, not ${level}`);
  }
  return { ...call.params, levelIsReadOnly: level === 'read-only' };
}
