import type { JsonObject } from '../../core/schemas.ts';
import type { Methods, Model } from '../controller.ts';
import { alreadyExists, Failure } from '../failures.ts';
import { applicationIn } from '../model/find.ts';
import type { Secret } from '../model/model.ts';
import { nextId } from '../model/model.ts';
import { each } from '../rpc/bulk.ts';
import { tagOf } from '../tags.ts';
import { flag, object, objects, text, texts, time } from '../values.ts';

export const secretMethods: Methods = {
  async 'Secrets.CreateSecrets'({ model, params, now }) {
    const results = await each(objects(params, 'args'), (one) => {
      const label = text(one, 'label');
      if (label !== '' && [...model.secrets.values()].some((secret) => secret.label === label))
        throw alreadyExists(`secret with label ${JSON.stringify(label)}`);
      const id = `${nextId(model, 'secret').toString(32).padStart(20, '0')}`;
      const at = now();
      model.secrets.set(id, {
        id,
        owner: text(one, 'owner-tag') || tagOf('model', model.uuid),
        label,
        description: text(one, 'description'),
        created: at,
        updated: at,
        revisions: [{ number: 1, data: object(object(one, 'content'), 'data'), created: at }],
        grants: new Set(),
      });
      return { result: `secret:${id}` };
    });
    return { results };
  },

  'Secrets.ListSecrets'({ model, params }) {
    const filter = object(params, 'filter');
    const isShown = flag(params, 'show-secrets');
    return {
      results: [...model.secrets.values()]
        .filter(
          ({ id, label }) =>
            ['', `secret:${id}`, id].includes(text(filter, 'uri')) &&
            ['', label].includes(text(filter, 'label')),
        )
        .map((secret) => secretJson(secret, isShown)),
    };
  },

  async 'Secrets.UpdateSecrets'({ model, params, now }) {
    const results = await each(objects(params, 'args'), (one) => {
      const secret = secretIn(model, one);
      const content = object(object(one, 'content'), 'data');
      secret.updated = now();
      secret.label = text(one, 'label') || secret.label;
      secret.description = text(one, 'description') || secret.description;
      if (Object.keys(content).length > 0)
        secret.revisions.push({ number: secret.revisions.length + 1, data: content, created: now() });
      return {};
    });
    return { results };
  },

  async 'Secrets.RemoveSecrets'({ model, params }) {
    const results = await each(objects(params, 'args'), (one) => {
      model.secrets.delete(secretIn(model, one).id);
      return {};
    });
    return { results };
  },

  'Secrets.GrantSecret': async ({ model, params }) => ({
    results: await each(
      texts(params, 'applications').map((name) => ({ name })),
      (one) => {
        secretIn(model, params).grants.add(applicationIn(model, text(one, 'name')).name);
        return {};
      },
    ),
  }),

  'Secrets.RevokeSecret': async ({ model, params }) => ({
    results: await each(
      texts(params, 'applications').map((name) => ({ name })),
      (one) => {
        secretIn(model, params).grants.delete(applicationIn(model, text(one, 'name')).name);
        return {};
      },
    ),
  }),
};

function secretIn(model: Model, one: JsonObject): Secret {
  const uri = text(one, 'uri').replace(/^secret:/, '');
  const label = text(one, 'label') || text(one, 'existing-label');
  const found = [...model.secrets.values()].find((secret) =>
    uri === '' ? secret.label === label : secret.id === uri,
  );
  if (found !== undefined) return found;
  throw new Failure(`secret ${JSON.stringify(uri === '' ? label : uri)} not found`, 'secret not found');
}

function secretJson(secret: Secret, isShown: boolean): JsonObject {
  const last = secret.revisions.at(-1);
  return {
    uri: `secret:${secret.id}`,
    version: 1,
    'owner-tag': secret.owner,
    description: secret.description,
    label: secret.label,
    'latest-revision': last?.number ?? 0,
    'latest-revision-checksum': '',
    'create-time': time(secret.created),
    'update-time': time(secret.updated),
    revisions: secret.revisions.map(({ number: revision, created }) => ({
      revision,
      'create-time': time(created),
      'backend-name': 'internal',
    })),
    access: [...secret.grants].map((name) => ({
      'target-tag': tagOf('application', name),
      'scope-tag': secret.owner,
      role: 'view',
    })),
    ...(isShown && { value: { data: last?.data ?? {} } }),
  };
}
