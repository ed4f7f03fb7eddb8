import type { JsonObject } from '../../core/schemas.ts';
import type { Methods, Model } from '../controller.ts';
import { alreadyExists, notFound } from '../failures.ts';
import { each } from '../rpc/bulk.ts';
import { parseTag, tagOf } from '../tags.ts';
import { flag, object, objects, text, texts } from '../values.ts';

export const networkMethods: Methods = {
  'Spaces.ListSpaces': ({ model }) => ({
    results: [...model.spaces.keys()].map((name) => spaceJson(model, name)),
  }),

  async 'Spaces.CreateSpaces'({ model, params }) {
    const results = await each(objects(params, 'spaces'), (one) => {
      const { id } = parseTag(text(one, 'space-tag'), 'space');
      if (model.spaces.has(id)) throw alreadyExists(`space ${JSON.stringify(id)}`);
      moveSubnets(model, id, texts(one, 'cidrs'));
      return {};
    });
    return { results };
  },

  async 'Spaces.ShowSpace'({ model, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const { id } = parseTag(text(one, 'tag'), 'space');
      if (!model.spaces.has(id)) throw notFound(`space ${JSON.stringify(id)}`);
      return { space: spaceJson(model, id), applications: [], 'machine-count': 0 };
    });
    return { results };
  },

  async 'Spaces.RenameSpace'({ model, params }) {
    const results = await each(objects(params, 'changes'), (one) => {
      const from = parseTag(text(one, 'from-space-tag'), 'space').id;
      const to = parseTag(text(one, 'to-space-tag'), 'space').id;
      const cidrs = model.spaces.get(from);
      if (cidrs === undefined) throw notFound(`space ${JSON.stringify(from)}`);
      if (model.spaces.has(to)) throw alreadyExists(`space ${JSON.stringify(to)}`);
      model.spaces.delete(from);
      model.spaces.set(to, cidrs);
      return {};
    });
    return { results };
  },

  async 'Spaces.RemoveSpace'({ model, params }) {
    const results = await each(objects(params, 'space-param'), (one) => {
      const { id } = parseTag(text(object(one, 'space'), 'tag'), 'space');
      const cidrs = model.spaces.get(id);
      if (cidrs === undefined) throw notFound(`space ${JSON.stringify(id)}`);
      if (flag(one, 'dry-run')) return {};
      model.spaces.delete(id);
      moveSubnets(model, 'alpha', cidrs);
      return {};
    });
    return { results };
  },

  'Spaces.ReloadSpaces': () => ({}),

  'Subnets.ListSubnets'({ model, params }) {
    const wanted = text(params, 'space-tag');
    return {
      results: [...model.spaces].flatMap(([space, cidrs]) =>
        wanted === '' || wanted === tagOf('space', space) ? cidrs.map((cidr) => subnetJson(space, cidr)) : [],
      ),
    };
  },

  'Subnets.AllZones': () => ({ results: [{ name: 'zone1', available: true }] }),
};

function moveSubnets(model: Model, to: string, cidrs: readonly string[]): void {
  for (const [space, own] of model.spaces)
    model.spaces.set(
      space,
      own.filter((cidr) => !cidrs.includes(cidr)),
    );
  model.spaces.set(to, [...(model.spaces.get(to) ?? []), ...cidrs]);
}

function spaceJson(model: Model, name: string): JsonObject {
  const index = [...model.spaces.keys()].indexOf(name);
  return {
    id: String(index),
    name,
    subnets: (model.spaces.get(name) ?? []).map((cidr) => subnetJson(name, cidr)),
  };
}

function subnetJson(space: string, cidr: string): JsonObject {
  return { cidr, 'vlan-tag': 0, life: 'alive', 'space-tag': tagOf('space', space), zones: ['zone1'] };
}
