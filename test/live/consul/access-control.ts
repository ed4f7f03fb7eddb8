import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { suite, test } from 'node:test';
import { Acl, Catalog, Kv } from '@fairlead/consul';
import type { LiveAgent } from './agent.ts';

const nobody = '00000000-0000-4000-8000-000000000000';

export function accessControl(agent: LiveAgent): void {
  const acl = new Acl(agent.session);
  const kv = new Kv(agent.session);

  /** A policy that is removed at the end. */
  const policy = async (what: string, rules: string) => {
    const made = await acl.createPolicy({ Name: agent.name(what), Rules: rules });
    agent.atEnd(() => acl.deletePolicy(made.ID));
    return made;
  };
  /** A token that is removed at the end. */
  const token = async (body: Parameters<Acl['createToken']>[0]) => {
    const made = await acl.createToken({ Description: agent.name('token'), ...body });
    agent.atEnd(() => acl.deleteToken(made.AccessorID));
    return made;
  };

  suite('access control', () => {
    test('a policy is created, read, listed, replaced and deleted', async () => {
      const made = await policy('policy', 'node_prefix "" { policy = "read" }');
      assert.equal((await acl.readPolicy(made.ID)).Rules, made.Rules);
      assert.equal((await acl.readPolicyByName(made.Name))?.ID, made.ID);
      assert.ok((await acl.listPolicies()).some(({ ID }) => ID === made.ID));
      const replaced = await acl.updatePolicy(made.ID, { Name: made.Name, Description: 'new', Rules: '' });
      assert.deepEqual([replaced.Description, replaced.Rules], ['new', '']);
      assert.equal(await acl.deletePolicy(made.ID), true);
      assert.equal(await acl.readPolicyByName(agent.name('nobody')).catch(forbiddenAs404), undefined);
    });

    test('rules that are wrong are refused', async () => {
      await assert.rejects(acl.createPolicy({ Name: agent.name('wrong'), Rules: 'key {' }), {
        name: 'ResponseError',
        category: 'invalid',
      });
    });

    test('a token is created, read, expanded, cloned, replaced and deleted', async (context) => {
      const { ID, Name } = await policy('for-tokens', 'key_prefix "" { policy = "read" }');
      const made = await token({ Policies: [{ ID }], ExpirationTTL: '10m' });
      assert.match(made.SecretID, /^[\da-f-]{36}$/);
      const read = await acl.readToken(made.AccessorID);
      assert.deepEqual(
        read.Policies?.map((link) => link.Name),
        [Name],
      );
      assert.ok(
        (await acl.listTokens({ policy: ID })).some(({ AccessorID }) => AccessorID === made.AccessorID),
      );
      const clone = await acl.cloneToken(made.AccessorID, { Description: 'clone' });
      agent.atEnd(() => acl.deleteToken(clone.AccessorID));
      assert.notEqual(clone.SecretID, made.SecretID);
      const replaced = await acl.updateToken(clone.AccessorID, { Description: 'bare' });
      assert.deepEqual([replaced.Description, replaced.Policies ?? []], ['bare', []]);
      assert.equal((await acl.readOwnToken({ token: made.SecretID })).AccessorID, made.AccessorID);
      assert.equal(await acl.deleteToken(clone.AccessorID), true);
      if (agent.skipsBefore(context, '1.12', 'the expanded token')) return;
      const expanded = await acl.readExpandedToken(made.AccessorID);
      assert.ok(expanded.ExpandedPolicies?.some((each) => each.ID === ID));
    });

    test('a role is created, read, listed, replaced and deleted', async () => {
      const { ID, Name } = await policy('for-roles', '');
      const role = await acl.createRole({
        Name: agent.name('role'),
        Policies: [{ ID }],
        ServiceIdentities: [{ ServiceName: 'web', Datacenters: ['dc1'] }],
        NodeIdentities: [{ NodeName: 'one', Datacenter: 'dc1' }],
      });
      agent.atEnd(() => acl.deleteRole(role.ID));
      assert.deepEqual(
        (await acl.readRole(role.ID))?.Policies?.map((link) => link.Name),
        [Name],
      );
      assert.equal((await acl.readRoleByName(role.Name))?.ID, role.ID);
      assert.equal((await acl.listRoles({ policy: ID }))[0]?.ID, role.ID);
      const made = await token({ Roles: [{ Name: role.Name }] });
      assert.equal(made.Roles?.[0]?.ID, role.ID);
      assert.ok((await acl.listTokens({ role: role.ID })).length === 1);
      const replaced = await acl.updateRole(role.ID, { Name: role.Name, Description: 'bare' });
      assert.deepEqual(replaced.Policies ?? [], []);
      assert.equal(await acl.deleteRole(role.ID), true);
      assert.equal(await acl.readRole(role.ID), undefined);
      assert.equal(await acl.readRoleByName(role.Name), undefined);
    });

    test('a login exchanges a bearer token for one of Consul, as the binding rules say', async () => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const Name = agent.name('logins');
      const method = await acl.createAuthMethod({
        Name,
        Type: 'jwt',
        MaxTokenTTL: '5m',
        Config: {
          JWTValidationPubKeys: [publicKey.export({ type: 'spki', format: 'pem' }).toString()],
          JWTSupportedAlgs: ['ES256'],
          BoundIssuer: 'fairlead',
          ClaimMappings: { user: 'user' },
        },
      });
      agent.atEnd(() => acl.deleteAuthMethod(Name));
      assert.equal(method.Type, 'jwt');
      assert.equal((await acl.readAuthMethod(Name))?.MaxTokenTTL, '5m0s');
      assert.ok((await acl.listAuthMethods()).some((each) => each.Name === Name));
      await acl.updateAuthMethod(Name, { ...method, Description: 'updated' });
      const rule = await acl.createBindingRule({
        AuthMethod: Name,
        BindType: 'service',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Consul's own
        BindName: '${value.user}',
        Selector: 'value.user != "nobody"',
      });
      agent.atEnd(() => acl.deleteBindingRule(rule.ID));
      assert.equal((await acl.readBindingRule(rule.ID))?.Selector, rule.Selector);
      assert.deepEqual(
        (await acl.listBindingRules({ authmethod: Name })).map(({ ID }) => ID),
        [rule.ID],
      );
      const { Description } = await acl.updateBindingRule(rule.ID, { ...rule, Description: 'updated' });
      assert.equal(Description, 'updated');

      const seconds = Math.floor(Date.now() / 1000);
      const bearerOf = (user: string) => {
        const parts = [
          { alg: 'ES256' },
          { iss: 'fairlead', sub: user, user, exp: seconds + 300, iat: seconds },
        ];
        const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
        const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
        return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
      };
      const login = (BearerToken: string, AuthMethod = Name) =>
        acl.login({ AuthMethod, BearerToken, Meta: { from: 'a test' } });
      const logged = await login(bearerOf('web'));
      assert.equal(logged.ServiceIdentities?.[0]?.ServiceName, 'web');
      assert.equal((await acl.readOwnToken({ token: logged.SecretID })).AccessorID, logged.AccessorID);
      assert.equal((await acl.listTokens({ authmethod: Name })).length, 1);
      await acl.logout({ token: logged.SecretID });
      await assert.rejects(acl.readOwnToken({ token: logged.SecretID }), { category: 'unauthorized' });

      await assert.rejects(login(bearerOf('nobody')), { status: 403 });
      await assert.rejects(login('not.a.token'), { name: 'ResponseError' });
      await assert.rejects(login(bearerOf('web'), agent.name('no-method')), { name: 'ResponseError' });
      await assert.rejects(acl.logout(), { name: 'ResponseError' });
      assert.equal(await acl.deleteBindingRule(rule.ID), true);
      assert.equal(await acl.readBindingRule(rule.ID), undefined);
      assert.equal(await acl.deleteAuthMethod(Name), true);
      assert.equal(await acl.readAuthMethod(Name), undefined);
    });

    test('templated policies are listed, read, previewed and used', async (context) => {
      if (agent.skipsBefore(context, '1.17', 'templated policies')) return;
      const TemplateName = 'builtin/service';
      assert.ok(TemplateName in (await acl.listTemplatedPolicies()));
      assert.equal((await acl.readTemplatedPolicy(TemplateName)).TemplateName, TemplateName);
      const { Rules } = await acl.previewTemplatedPolicy(TemplateName, { Name: 'web' });
      assert.match(Rules, /service "web"/);
      const made = await token({ TemplatedPolicies: [{ TemplateName, TemplateVariables: { Name: 'web' } }] });
      assert.equal(made.TemplatedPolicies?.[0]?.TemplateName, TemplateName);
    });

    test('a limited token may do what its policy says and nothing else', async () => {
      const { ID } = await policy('limited', `key_prefix "${agent.prefix}/mine/" { policy = "write" }`);
      const { SecretID, AccessorID } = await token({ Policies: [{ ID }] });
      const limited = agent.session.with({ token: SecretID });
      const own = new Kv(limited);
      assert.equal(await own.put(`${agent.prefix}/mine/a`, 'x'), true);
      const denied = { status: 403, category: 'forbidden', message: /Permission denied/ };
      await assert.rejects(own.put(`${agent.prefix}/theirs`, 'x'), denied);
      await assert.rejects(new Acl(limited).listTokens(), denied);
      await assert.rejects(new Acl(limited).readToken(AccessorID), denied);
      const { value, meta } = await new Catalog(limited).nodes().withMeta();
      assert.deepEqual([value, meta.filteredByAcls], [[], agent.isAtLeast('1.11')]);
      // For one call only.
      assert.equal(await own.put(`${agent.prefix}/theirs`, 'x', {}, { token: await management() }), true);
      assert.equal(await kv.text(`${agent.prefix}/theirs`), 'x');
    });

    test('what there is no such thing of is told', async () => {
      const goneSince = (version: string) => ({
        name: 'ResponseError',
        status: agent.isAtLeast(version) ? 404 : 403,
      });
      await assert.rejects(acl.readToken(nobody), goneSince('1.17'));
      await assert.rejects(acl.readPolicy(nobody), goneSince('1.15'));
      assert.equal(await acl.readRole(nobody), undefined);
      assert.equal(await acl.readBindingRule(nobody), undefined);
      await assert.rejects(acl.bootstrap(), { status: 403, message: /no longer allowed/ });
    });

    test('a cluster without a primary datacenter elsewhere replicates nothing', async () => {
      const { Enabled, Running } = await acl.replication();
      assert.deepEqual([Enabled, Running], [false, false]);
    });
  });

  const management = async () => (await acl.readOwnToken()).SecretID;
}

/** Before 1.15 a policy that isn't there is forbidden. */
function forbiddenAs404(error: unknown): undefined {
  if (typeof error === 'object' && error !== null && Reflect.get(error, 'status') === 403) return undefined;
  throw error;
}
