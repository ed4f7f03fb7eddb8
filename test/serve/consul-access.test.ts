import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type ConsulCredentials, type StandIn, serve } from '@fairlead/codegen/serve';
import { type Ask, asker } from './consul-calls.ts';

const managementToken = '11111111-2222-4333-8444-555555555555';

let service: StandIn<ConsulCredentials>;
let manager: Ask;
before(async () => {
  service = await serve('consul', { jitter: false, acl: { managementToken } });
  manager = asker(service, managementToken);
});
beforeEach(() => service.reset());
after(() => service.close());

interface Token {
  readonly AccessorID: string;
  readonly SecretID: string;
  readonly ExpirationTime?: string;
}

async function tokenWith(more: object): Promise<Token> {
  return (await manager('PUT', '/acl/token', more)).json<Token>();
}

/** A caller that may do what rules say. */
async function callerWith(Rules: string): Promise<Ask> {
  const Name = `policy-${service.requests.length}`;
  const made = await manager('PUT', '/acl/policy', { Name, Rules });
  assert.equal(made.status, 200, made.text);
  const { SecretID } = await tokenWith({ Policies: [{ Name }] });
  return asker(service, SecretID);
}

describe('who calls', () => {
  test('a token is shown in a header, as a bearer or in the query', async () => {
    const status = async (path: string, headers: Record<string, string>) =>
      (await asker(service)('GET', path, undefined, { headers })).status;
    assert.equal(await status('/acl/tokens', { 'x-consul-token': managementToken }), 200);
    assert.equal(await status('/acl/tokens', { authorization: `Bearer ${managementToken}` }), 200);
    assert.equal(await status(`/acl/tokens?token=${managementToken}`, { 'x-consul-token': 'other' }), 200);
    assert.equal(await status('/acl/tokens', {}), 403);
  });

  test('a token that nobody knows is refused wherever it is shown', async () => {
    const { status, text, headers } = await asker(service, 'nobody')('GET', '/status/leader');
    assert.equal(status, 403);
    assert.equal(text, 'ACL not found');
    assert.equal(headers.get('x-consul-default-acl-policy'), 'deny');
  });

  test('an agent has a token for those who show none', async () => {
    const anyone = asker(service);
    assert.equal((await anyone('GET', '/kv/k')).status, 403);
    await manager('PUT', '/agent/token/default', { Token: managementToken });
    assert.equal((await anyone('GET', '/kv/k')).status, 404);
    assert.equal((await manager('PUT', '/agent/token/nothing', { Token: 'x' })).status, 404);
  });

  test('where access control is off there is none of it', async () => {
    await using open = await serve('consul', { acl: { enabled: false } });
    const ask = asker(open, 'anything');
    assert.equal((await ask('GET', '/acl/tokens')).status, 401);
    assert.equal((await ask('PUT', '/acl/bootstrap')).text, 'ACL support disabled');
    assert.equal((await ask('PUT', '/kv/k', 'x')).status, 200);
    assert.equal(open.credentials.token, undefined);
  });

  test('the first token is made once, unless there is one from the start', async () => {
    assert.equal((await manager('PUT', '/acl/bootstrap')).status, 403);
    await using fresh = await serve('consul', { acl: {} });
    const made = await asker(fresh)('PUT', '/acl/bootstrap', { BootstrapSecret: managementToken });
    assert.equal(made.json<Token>().SecretID, managementToken);
    assert.equal((await asker(fresh, managementToken)('GET', '/acl/policies')).status, 200);
    assert.match(
      (await asker(fresh)('PUT', '/acl/bootstrap')).text,
      /no longer allowed \(reset index: \d+\)/,
    );
  });
});

describe('what rules allow', () => {
  test('the most exact one decides, in HCL as in JSON', async () => {
    for (const rules of [
      'key_prefix "a/" { policy = "write" } key_prefix "a/b/" { policy = "read" } key "a/b/x" { policy = "deny" }',
      '{"key_prefix":{"a/":{"policy":"write"},"a/b/":{"policy":"read"}},"key":{"a/b/x":{"policy":"deny"}}}',
    ]) {
      const ask = await callerWith(rules);
      assert.equal((await ask('PUT', '/kv/a/1', 'x')).status, 200);
      assert.equal((await ask('GET', '/kv/a/b/1')).status, 404);
      const denied = await ask('PUT', '/kv/a/b/1', 'x');
      assert.equal(denied.status, 403);
      assert.match(
        denied.text,
        /^Permission denied: token with AccessorID '.*' lacks permission 'key:write' on "a\/b\/1"$/,
      );
      assert.equal((await ask('GET', '/kv/a/b/x')).status, 403);
      assert.equal((await ask('GET', '/kv/z')).status, 403);
    }
    assert.equal((await manager('PUT', '/acl/policy', { Name: 'bad', Rules: 'key {' })).status, 500);
  });

  test('lists leave out what may not be seen, and say so', async () => {
    await manager('PUT', '/agent/service/register', { Name: 'web' });
    await manager('PUT', '/agent/service/register', { Name: 'db' });
    const ask = await callerWith('service "web" { policy = "read" } node_prefix "" { policy = "read" }');
    const { text, headers } = await ask('GET', '/catalog/services');
    assert.equal(text, '{"web":[]}');
    assert.equal(headers.get('x-consul-results-filtered-by-acls'), 'true');
    assert.equal((await ask('GET', '/health/service/db')).text, '[]');
    assert.equal(
      (await ask('GET', '/health/service/web')).headers.get('x-consul-results-filtered-by-acls'),
      null,
    );
  });

  test('an identity of a service is the rules that it needs', async () => {
    const { SecretID } = await tokenWith({ ServiceIdentities: [{ ServiceName: 'web' }] });
    const ask = asker(service, SecretID);
    assert.equal((await ask('PUT', '/agent/service/register', { Name: 'web' })).status, 200);
    assert.equal((await ask('PUT', '/agent/service/register', { Name: 'db' })).status, 403);
    assert.notEqual((await ask('GET', '/catalog/nodes')).text, '[]');
  });
});

describe('tokens, policies and roles', () => {
  test('a token is put whole, cloned, listed by what it links to, and deleted once', async () => {
    const { ID } = (await manager('PUT', '/acl/policy', { Name: 'p' })).json<{ ID: string }>();
    const token = await tokenWith({ Description: 'one', Policies: [{ Name: 'p' }] });
    const path = `/acl/token/${token.AccessorID}`;
    const clone = (await manager('PUT', `${path}/clone`, { Description: 'two' })).json<Token>();
    assert.notEqual(clone.SecretID, token.SecretID);
    const linked = (await manager('GET', `/acl/tokens?policy=${ID}`)).json<Token[]>();
    assert.equal(linked.length, 2);
    assert.match((await manager('GET', `${path}?expanded`)).text, /"ExpandedPolicies":\[\{"ID"/);
    await manager('PUT', path, { Description: 'less' });
    assert.doesNotMatch((await manager('GET', path)).text, /"Policies"/);
    assert.equal((await manager('PUT', path, { AccessorID: clone.AccessorID })).status, 400);
    assert.equal((await manager('DELETE', path)).text, 'true');
    assert.equal((await manager('DELETE', path)).status, 404);
    assert.equal((await manager('GET', path)).status, 404);
  });

  test('a token is good until it expires', async () => {
    const { SecretID } = await tokenWith({ ExpirationTTL: '1h' });
    const ask = asker(service, SecretID);
    assert.equal((await ask('GET', '/acl/token/self')).status, 200);
    service.advance(3_600_000);
    assert.equal((await ask('GET', '/acl/token/self')).status, 403);
  });

  test('a name is of letters, digits and dashes', async () => {
    const refused = async (path: string, body: object) => {
      const { status, text } = await manager('PUT', `/acl/${path}`, body);
      assert.equal(status, 500, text);
      assert.match(text, /invalid Name\. Only alphanumeric characters, /);
    };
    await refused('policy', { Name: 'a b' });
    await refused('policy', { Name: 'a/b/c' });
    await refused('role', { Name: 'a/b' });
    await refused('auth-method', { Name: 'a.b', Type: 'jwt' });
    assert.equal((await manager('PUT', '/acl/policy', { Name: 'a/b_c-1' })).status, 200);
  });

  test('the longest life of a token is told as Go tells it', async () => {
    const told = async (MaxTokenTTL: string | number) => {
      const method = { Name: 'm', Type: 'jwt', MaxTokenTTL, Config: {} };
      const { text } = await manager('PUT', '/acl/auth-method', method);
      await manager('DELETE', '/acl/auth-method/m');
      return /"MaxTokenTTL":"([^"]*)"/.exec(text)?.[1];
    };
    assert.equal(await told('5m'), '5m0s');
    assert.equal(await told('90s'), '1m30s');
    assert.equal(await told(86_400_000_000_000), '24h0m0s');
    assert.equal(await told('0s'), undefined);
  });

  test('roles lend their policies, auth methods let others in', async () => {
    await manager('PUT', '/acl/policy', { Name: 'keys', Rules: 'key_prefix "" { policy = "write" }' });
    const role = await manager('PUT', '/acl/role', { Name: 'r', Policies: [{ Name: 'keys' }] });
    assert.equal(role.status, 200, role.text);
    const { SecretID } = await tokenWith({ Roles: [{ Name: 'r' }] });
    assert.equal((await asker(service, SecretID)('PUT', '/kv/k', 'x')).status, 200);
    assert.match((await manager('GET', '/acl/role/name/r')).text, /"Name":"keys"/);
    assert.equal((await manager('GET', '/acl/role/name/other')).status, 404);
    await manager('PUT', '/acl/auth-method', { Name: 'ci', Type: 'jwt', Config: {} });
    const rule = { AuthMethod: 'ci', BindType: 'service', BindName: 'web' };
    assert.equal((await manager('PUT', '/acl/binding-rule', rule)).status, 200);
    const login = await asker(service)('POST', '/acl/login', { AuthMethod: 'ci', BearerToken: 'x' });
    const ask = asker(service, login.json<Token>().SecretID);
    assert.equal((await ask('POST', '/acl/logout')).status, 200);
    assert.equal((await ask('GET', '/acl/token/self')).text, 'ACL not found');
  });

  test('what only newer servers know older ones don’t', async () => {
    assert.equal((await manager('GET', '/acl/templated-policy/name/builtin/service')).status, 200);
    assert.equal((await manager('GET', '/acl/templated-policy/name/builtin/other')).status, 400);
    await using old = await serve('consul', { version: '1.10.11', acl: { managementToken } });
    const ask = asker(old, managementToken);
    assert.equal((await ask('GET', '/acl/templated-policies')).status, 404);
    assert.equal((await ask('GET', '/agent/version')).status, 404);
    assert.equal((await ask('GET', '/acl/token/00000000-0000-4000-8000-000000000000')).status, 403);
    assert.equal((await asker(old)('GET', '/kv/k')).text, 'Permission denied');
  });
});
