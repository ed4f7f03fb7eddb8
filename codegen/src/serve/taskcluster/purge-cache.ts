import { bodyOf, json } from '../core/service.ts';
import { iso, type Model, paged, param } from './deployment.ts';

/** Requests to workers to forget a cache. */
export const purgeCache: Model = {
  service: 'purge-cache',
  handlers: {
    purgeCache(call) {
      const { state, now } = call.deployment;
      const [provisionerId = '', workerType = ''] = param(call, 'workerPoolId').split('/');
      const { cacheName } = bodyOf<{ readonly cacheName: string }>(call);
      const key = `${provisionerId}/${workerType}/${cacheName}`;
      state.purgeRequests.set(key, { provisionerId, workerType, cacheName, before: iso(now()) });
      return { status: 204 };
    },
    allPurgeRequests: (call) => paged(call, [...call.deployment.state.purgeRequests.values()]),
    purgeRequests(call) {
      const since = Date.parse(call.request.query.get('since') ?? iso(0));
      const requests = [...call.deployment.state.purgeRequests.values()].filter(
        ({ provisionerId, workerType, before }) =>
          `${provisionerId}/${workerType}` === param(call, 'workerPoolId') && Date.parse(before) >= since,
      );
      return json({ requests });
    },
  },
};
