import type { Methods } from '../controller.ts';
import { adminMethods } from '../login/admin.ts';
import { jaasMethods } from '../login/jaas.ts';
import { actionMethods } from './actions.ts';
import { applicationMethods } from './application-settings.ts';
import { configMethods } from './config.ts';
import { controllerMethods } from './controllers.ts';
import { deploymentMethods } from './deployment.ts';
import { machineMethods } from './machines.ts';
import { modelMethods } from './models.ts';
import { networkMethods } from './networks.ts';
import { relationMethods } from './relations.ts';
import { resourceMethods } from './resources.ts';
import { secretMethods } from './secrets.ts';
import { statusMethods } from './status.ts';
import { userMethods } from './users.ts';
import { watchingMethods } from './watching.ts';

/** What is modelled. Anything else is answered with an example that fits its schema. */
export const allMethods: Methods = {
  ...actionMethods,
  ...adminMethods,
  ...applicationMethods,
  ...configMethods,
  ...controllerMethods,
  ...deploymentMethods,
  ...jaasMethods,
  ...machineMethods,
  ...modelMethods,
  ...networkMethods,
  ...relationMethods,
  ...resourceMethods,
  ...secretMethods,
  ...statusMethods,
  ...userMethods,
  ...watchingMethods,
};
