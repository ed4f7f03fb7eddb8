import type { JsonObject } from '../core/schemas.ts';
import { bodyOf, json } from '../core/service.ts';
import { iso, type Model, paged, param } from './deployment.ts';
import { slugid } from './state.ts';

/** Worker pools and workers are kept by the rule for all things that are put; errors have no name to put them under. */
export const workerManager: Model = {
  service: 'worker-manager',
  handlers: {
    reportWorkerError(call) {
      const { workerGroup: _, workerId: __, ...report } = bodyOf<JsonObject>(call);
      const workerPoolId = param(call, 'workerPoolId');
      const error = { ...report, workerPoolId, errorId: slugid(), reported: iso(call.deployment.now()) };
      call.deployment.state.workerErrors.push(error);
      return json(error);
    },
    listWorkerPoolErrors(call) {
      const { query } = call.request;
      const wanted = { workerPoolId: param(call, 'workerPoolId'), errorId: query.get('errorId') };
      const errors = call.deployment.state.workerErrors.filter(
        ({ workerPoolId, errorId }) =>
          workerPoolId === wanted.workerPoolId && errorId === (wanted.errorId ?? errorId),
      );
      return paged(call, errors);
    },
  },
  scopeValues: {
    // A pool may be asked about, or all of them.
    workerPoolErrorStats: (call) => ({ workerPoolId: call.request.query.get('workerPoolId') ?? '' }),
    reregisterWorker: (call) => ({ ...bodyOf(call) }),
  },
};
