import { randomUUID } from 'node:crypto';
import type { Methods } from '../controller.ts';
import { alreadyExists, failureJson, notFound } from '../failures.ts';
import { refuseBlocked } from '../model/blocks.ts';
import { each } from '../rpc/bulk.ts';
import { parseTag, tagOf } from '../tags.ts';
import { object, objects, text, textMap, texts } from '../values.ts';

/** What is set on a model: its config, constraints, annotations, blocks, keys. */
export const configMethods: Methods = {
  'ModelConfig.ModelGet': ({ model }) => ({
    config: Object.fromEntries([...model.config].map(([name, value]) => [name, { value, source: 'model' }])),
  }),
  'ModelConfig.ModelSet'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    for (const [name, value] of Object.entries(object(params, 'config'))) model.config.set(name, value);
    model.changes.tell({ kind: 'model', id: model.uuid });
    return {};
  },
  'ModelConfig.ModelUnset'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    for (const name of texts(params, 'keys')) model.config.delete(name);
    model.changes.tell({ kind: 'model', id: model.uuid });
    return {};
  },
  'ModelConfig.GetModelConstraints': ({ model }) => ({ constraints: model.constraints }),
  'ModelConfig.SetModelConstraints'({ model, params }) {
    refuseBlocked(model, 'BlockChange');
    model.constraints = object(params, 'constraints');
    model.changes.tell({ kind: 'model', id: model.uuid });
    return {};
  },
  'ModelConfig.Sequences': ({ model }) => ({ sequences: Object.fromEntries(model.nextIds) }),

  'Annotations.Get': ({ model, params }) => ({
    results: objects(params, 'entities').map((one) => {
      const tag = text(one, 'tag');
      parseTag(tag);
      return { entity: tag, annotations: Object.fromEntries(model.annotations.get(tag) ?? []) };
    }),
  }),
  async 'Annotations.Set'({ model, params }) {
    const results = await each(objects(params, 'annotations'), (one) => {
      const tag = text(one, 'entity');
      parseTag(tag);
      const annotations = model.annotations.get(tag) ?? new Map<string, string>();
      model.annotations.set(tag, annotations);
      for (const [name, value] of textMap(one, 'annotations')) {
        if (value === '') annotations.delete(name);
        else annotations.set(name, value);
      }
      model.changes.tell({ kind: 'annotation', id: tag });
      return {};
    });
    // Those that succeeded are not told.
    return { results: results.filter((result) => 'error' in result) };
  },

  'Block.List': ({ model }) => ({
    results: [...model.blocks].map(([type, message], index) => ({
      result: { id: String(index), tag: tagOf('model', model.uuid), type, message },
    })),
  }),
  'Block.SwitchBlockOn'({ model, params }) {
    const type = text(params, 'type');
    if (model.blocks.has(type)) return { error: failureJson(alreadyExists(`block ${type}`)) };
    model.blocks.set(type, text(params, 'message') || 'the operation has been blocked');
    return {};
  },
  'Block.SwitchBlockOff'({ model, params }) {
    const type = text(params, 'type');
    return model.blocks.delete(type) ? {} : { error: failureJson(notFound(`block ${JSON.stringify(type)}`)) };
  },

  'KeyManager.ListKeys': ({ model, params }) => ({
    results: objects(object(params, 'entities'), 'entities').map(() => ({ result: [...model.keys] })),
  }),
  async 'KeyManager.AddKeys'({ model, params }) {
    const keys = texts(params, 'ssh-keys').map((key) => ({ key }));
    const results = await each(keys, (one) => {
      const key = text(one, 'key');
      if (model.keys.includes(key)) throw alreadyExists(`public key ${JSON.stringify(key.slice(0, 20))}`);
      model.keys.push(key);
      return {};
    });
    return { results };
  },
  async 'KeyManager.DeleteKeys'({ model, params }) {
    const keys = texts(params, 'ssh-keys').map((key) => ({ key }));
    const results = await each(keys, (one) => {
      const at = model.keys.findIndex(
        (key) => key === text(one, 'key') || key.endsWith(` ${text(one, 'key')}`),
      );
      if (at < 0) throw notFound(`key ${JSON.stringify(text(one, 'key'))}`);
      model.keys.splice(at, 1);
      return {};
    });
    return { results };
  },

  'Backups.Create'({ controller, model, params, now }) {
    const id = `${new Date(now()).toISOString().replace(/\D/g, '').slice(0, 14)}.${model.uuid}`;
    const content = Buffer.from(`backup of ${model.name} ${randomUUID()}\n`);
    controller.files.set(`backup ${id}`, content);
    return {
      id,
      'checksum-format': 'SHA-1, base64 encoded',
      checksum: '',
      size: content.length,
      started: new Date(now()).toISOString(),
      finished: new Date(now()).toISOString(),
      stored: new Date(now()).toISOString(),
      notes: text(params, 'notes'),
      model: model.uuid,
      machine: '0',
      hostname: 'controller-0',
      version: controller.settings.version,
      base: 'ubuntu@24.04',
      filename: `/var/lib/juju/backups/${id}.tar.gz`,
      'ca-cert': '',
      'ca-private-key': '',
      'controller-uuid': controller.settings.uuid,
      'controller-machine-id': '0',
      'controller-machine-inst-id': 'juju-0',
      'format-version': 1,
      'ha-nodes': 1,
    };
  },
};
