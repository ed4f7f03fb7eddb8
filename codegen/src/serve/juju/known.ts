import type { MethodCall } from './controller.ts';
import { tagOf } from './tags.ts';

/** What stands in examples, by the name of the property, so that they make sense to whoever reads them. */
export function known({ controller, connection }: MethodCall): Readonly<Record<string, string>> {
  const { settings } = controller;
  const model = controller.models.get(connection.modelUuid) ?? [...controller.models.values()][0];
  const uuid = model?.uuid ?? settings.uuid;
  const owner = tagOf('user', model?.owner ?? 'admin');
  return {
    'agent-version': settings.version,
    'application-tag': 'application-example',
    'ca-cert': settings.certificates?.caCert ?? '',
    'charm-url': 'ch:amd64/example-1',
    'chosen-version': settings.version,
    'cloud-tag': 'cloud-localhost',
    'cloud-credential-tag': 'cloudcred-localhost_admin_default',
    'controller-tag': tagOf('controller', settings.uuid),
    'controller-uuid': settings.uuid,
    'created-by': 'admin',
    fingerprint: Buffer.alloc(48).toString('base64'),
    life: 'alive',
    'machine-tag': 'machine-0',
    'model-tag': tagOf('model', uuid),
    'model-uuid': uuid,
    'owner-tag': owner,
    'relation-tag': 'relation-example.db#other.db',
    'secret-key': Buffer.alloc(32).toString('base64'),
    'source-model-tag': tagOf('model', uuid),
    status: 'active',
    'storage-tag': 'storage-data-0',
    'unit-tag': 'unit-example-0',
    'user-tag': owner,
    uuid,
    version: settings.version,
  };
}
