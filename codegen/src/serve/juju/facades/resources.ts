import type { Methods } from '../controller.ts';
import { alreadyExists, notFound, notValid } from '../failures.ts';
import { resourceJson } from '../http/content.ts';
import { applicationIn } from '../model/find.ts';
import { each } from '../rpc/bulk.ts';
import { parseTag } from '../tags.ts';
import { object, objects, text, texts } from '../values.ts';

/** Pools of storage, charms, and the files that these ask for. */
export const resourceMethods: Methods = {
  'Storage.ListPools'({ model, params }) {
    const filters = objects(params, 'filters');
    return {
      results: (filters.length === 0 ? [{}] : filters).map((filter) => {
        const names = texts(filter, 'names');
        const pools = [...model.pools.values()].filter(
          (pool) => names.length === 0 || names.includes(text(pool, 'name')),
        );
        return { 'storage-pools': pools };
      }),
    };
  },

  async 'Storage.CreatePool'({ model, params }) {
    const results = await each(objects(params, 'pools'), (one) => {
      const name = text(one, 'name');
      if (model.pools.has(name)) throw alreadyExists(`storage pool ${JSON.stringify(name)}`);
      model.pools.set(name, { name, provider: text(one, 'provider'), attrs: object(one, 'attrs') });
      return {};
    });
    return { results };
  },

  async 'Storage.UpdatePool'({ model, params }) {
    const results = await each(objects(params, 'pools'), (one) => {
      const pool = model.pools.get(text(one, 'name'));
      if (pool === undefined) throw notFound(`storage pool ${JSON.stringify(text(one, 'name'))}`);
      model.pools.set(text(one, 'name'), { ...pool, attrs: object(one, 'attrs') });
      return {};
    });
    return { results };
  },

  async 'Storage.RemovePool'({ model, params }) {
    const results = await each(objects(params, 'pools'), (one) => {
      const name = text(one, 'name');
      if (!model.pools.delete(name)) throw notFound(`storage pool ${JSON.stringify(name)}`);
      return {};
    });
    return { results };
  },

  'Storage.ListStorageDetails': ({ params }) => ({
    results: objects(params, 'filters').map(() => ({ result: [] })),
  }),

  'Storage.ListVolumes': ({ params }) => ({
    results: objects(params, 'filters').map(() => ({ result: [] })),
  }),

  'Storage.ListFilesystems': ({ params }) => ({
    results: objects(params, 'filters').map(() => ({ result: [] })),
  }),

  async 'Storage.StorageDetails'({ params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      throw notFound(`storage instance ${JSON.stringify(parseTag(text(one, 'tag'), 'storage').id)}`);
    });
    return { results };
  },

  'Charms.AddCharm'({ model, params }) {
    const url = text(params, 'url');
    if (!/^(ch|local):/.test(url)) throw notValid(`charm or bundle URL ${JSON.stringify(url)} not valid`);
    model.charms.set(url, new Uint8Array());
    model.changes.tell({ kind: 'charm', id: url });
    return { 'charm-origin': object(params, 'charm-origin') };
  },

  'Charms.List'({ model, params }) {
    const used = [...model.applications.values()].map(({ charmUrl }) => charmUrl);
    const added = [...model.charms.keys()].filter((url) => url.includes(':'));
    const names = texts(params, 'names');
    const all = [...new Set([...used, ...added])];
    return {
      'charm-urls': all.filter((url) => names.length === 0 || names.some((name) => url.includes(name))),
    };
  },

  'Resources.ListResources': async ({ model, params }) => {
    const results = await each(objects(params, 'entities'), (one) => {
      const application = applicationIn(model, parseTag(text(one, 'tag'), 'application').id);
      const resources = [...application.resources.values()].map((resource) =>
        resourceJson(application.name, resource),
      );
      return { resources, 'charm-store-resources': [], 'unit-resources': [] };
    });
    return { results };
  },
};
