import type { Methods, Model } from '../controller.ts';
import { alreadyExists, notFound } from '../failures.ts';
import { refuseBlocked } from '../model/blocks.ts';
import { applicationIn } from '../model/find.ts';
import { nextId } from '../model/model.ts';
import { each } from '../rpc/bulk.ts';
import { flag, number, objects, texts } from '../values.ts';

export const relationMethods: Methods = {
  'Application.AddRelation'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    const endpoints = texts(params, 'endpoints').map((endpoint) => endpointIn(model, endpoint));
    const key = endpoints.join(' ');
    if ([...model.relations.values()].some((one) => one.endpoints.join(' ') === key))
      throw alreadyExists(`relation ${key}`);
    const id = nextId(model, 'relation');
    model.relations.set(id, { id, endpoints, since: model.clock.now(), suspended: false });
    model.changes.tell({ kind: 'relation', id: key });
    return {
      endpoints: Object.fromEntries(
        endpoints.map((endpoint, index) => [
          endpoint.replace(/:.*$/, ''),
          {
            name: endpoint.replace(/^.*:/, ''),
            role: index === 0 ? 'requirer' : 'provider',
            interface: endpoint.replace(/^.*:/, ''),
            optional: false,
            limit: 0,
            scope: 'global',
          },
        ]),
      ),
    };
  },

  'Application.DestroyRelation'({ model, params }) {
    refuseBlocked(model, 'BlockRemove');
    const key = texts(params, 'endpoints')
      .map((endpoint) => endpointIn(model, endpoint))
      .join(' ');
    const wanted = number(params, 'relation-id');
    const found = [...model.relations.values()].find((one) =>
      key === '' ? one.id === wanted : one.endpoints.join(' ') === key,
    );
    if (found === undefined) throw notFound(`relation ${JSON.stringify(key === '' ? wanted : key)}`);
    model.relations.delete(found.id);
    model.changes.tell({ kind: 'relation', id: found.endpoints.join(' '), removed: true });
    return {};
  },

  async 'Application.SetRelationsSuspended'({ model, params }) {
    const results = await each(objects(params, 'args'), (one) => {
      const relation = model.relations.get(number(one, 'relation-id'));
      if (relation === undefined) throw notFound(`relation ${number(one, 'relation-id')}`);
      relation.suspended = flag(one, 'suspended');
      model.changes.tell({ kind: 'relation', id: relation.endpoints.join(' ') });
      return {};
    });
    return { results };
  },
};

/** With the name of an endpoint, which is guessed where it isn't told: charms aren't looked into. */
function endpointIn(model: Model, endpoint: string): string {
  const [application = '', name = 'juju-info'] = endpoint.split(':');
  return `${applicationIn(model, application).name}:${name}`;
}
