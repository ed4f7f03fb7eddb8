import { isObject, type JsonObject } from '../../core/schemas.ts';
import type { Methods } from '../controller.ts';
import { refuseBlocked } from '../model/blocks.ts';
import { applicationIn } from '../model/find.ts';
import type { Application } from '../model/model.ts';
import { each } from '../rpc/bulk.ts';
import { parseTag } from '../tags.ts';
import { object, objects, text, textMap, texts } from '../values.ts';

/** What applications are and how they are set. */
export const applicationMethods: Methods = {
  'Application.Get'({ model, params }) {
    const application = applicationIn(model, text(params, 'application'));
    return {
      application: application.name,
      charm: charmName(application),
      channel: application.channel,
      base: { ...application.base },
      constraints: application.constraints,
      config: configJson(application),
      'application-config': { trust: { type: 'bool', value: false, default: false, source: 'default' } },
      'endpoint-bindings': Object.fromEntries(application.bindings),
    };
  },

  async 'Application.GetConfig'({ model, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const application = applicationIn(model, parseTag(text(one, 'tag'), 'application').id);
      return { config: configJson(application) };
    });
    return { Results: results };
  },

  async 'Application.CharmConfig'({ model, params }) {
    const results = await each(objects(params, 'args'), (one) => ({
      config: configJson(applicationIn(model, text(one, 'application'))),
    }));
    return { Results: results };
  },

  async 'Application.SetConfigs'({ model, params }) {
    const results = await each(objects(params, 'Args'), (one) => {
      refuseBlocked(model, 'BlockChange');
      const application = applicationIn(model, text(one, 'application'));
      for (const [key, value] of textMap(one, 'config')) application.config.set(key, value);
      model.changes.tell({ kind: 'application', id: application.name });
      return {};
    });
    return { results };
  },

  async 'Application.UnsetApplicationsConfig'({ model, params }) {
    const results = await each(objects(params, 'Args'), (one) => {
      const application = applicationIn(model, text(one, 'application'));
      for (const key of texts(one, 'options')) application.config.delete(key);
      model.changes.tell({ kind: 'application', id: application.name });
      return {};
    });
    return { results };
  },

  async 'Application.GetConstraints'({ model, params }) {
    const results = await each(objects(params, 'entities'), (one) => ({
      constraints: applicationIn(model, parseTag(text(one, 'tag'), 'application').id).constraints,
    }));
    return { results };
  },

  'Application.SetConstraints'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    const application = applicationIn(model, text(params, 'application'));
    application.constraints = object(params, 'constraints');
    model.changes.tell({ kind: 'application', id: application.name });
    return {};
  },

  'Application.SetCharm'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    const application = applicationIn(model, text(params, 'application'));
    application.charmUrl = text(params, 'charm-url');
    application.channel = text(params, 'channel') || application.channel;
    application.origin = { ...application.origin, ...object(params, 'charm-origin') };
    for (const [key, value] of textMap(params, 'config-settings')) application.config.set(key, value);
    model.changes.tell({ kind: 'charm', id: application.charmUrl });
    model.changes.tell({ kind: 'application', id: application.name });
    return {};
  },

  'Application.GetCharmURLOrigin'({ model, params }) {
    const { charmUrl, origin } = applicationIn(model, text(params, 'application'));
    return { url: charmUrl, 'charm-origin': { source: 'charm-hub', id: '', type: 'charm', ...origin } };
  },

  'Application.Expose'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    const application = applicationIn(model, text(params, 'application'));
    const endpoints = Object.entries(object(params, 'exposed-endpoints'));
    if (endpoints.length === 0) application.exposed.set('', { 'expose-to-cidrs': ['0.0.0.0/0', '::/0'] });
    for (const [name, to] of endpoints) application.exposed.set(name, isObject(to) ? to : {});
    model.changes.tell({ kind: 'application', id: application.name });
    return {};
  },

  'Application.Unexpose'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    const application = applicationIn(model, text(params, 'application'));
    const endpoints = texts(params, 'exposed-endpoints');
    if (endpoints.length === 0) application.exposed.clear();
    for (const name of endpoints) application.exposed.delete(name);
    model.changes.tell({ kind: 'application', id: application.name });
    return {};
  },

  async 'Application.ApplicationsInfo'({ model, params }) {
    const results = await each(objects(params, 'entities'), (one) => {
      const tag = text(one, 'tag');
      const application = applicationIn(model, parseTag(tag, 'application').id);
      return {
        result: {
          tag,
          charm: charmName(application),
          base: { ...application.base },
          channel: application.channel,
          constraints: application.constraints,
          principal: true,
          exposed: application.exposed.size > 0,
          remote: false,
          life: application.life,
          'endpoint-bindings': Object.fromEntries(application.bindings),
          'exposed-endpoints': Object.fromEntries(application.exposed),
        },
      };
    });
    return { results };
  },
};

/** `ubuntu` of `ch:amd64/ubuntu-25`. */
function charmName({ charmUrl }: Application): string {
  return charmUrl.replace(/^.*[/:]/, '').replace(/-\d+$/, '');
}

function configJson({ config }: Application): JsonObject {
  return Object.fromEntries(
    [...config].map(([key, value]) => [key, { description: '', source: 'user', type: 'string', value }]),
  );
}
