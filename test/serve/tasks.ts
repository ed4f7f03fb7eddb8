import { fromNowJSON } from 'taskcluster-client';

/** A task that any queue accepts. */
export function someTask(more: object = {}) {
  return {
    taskQueueId: 'some-provisioner/some-worker',
    created: fromNowJSON('0 minutes'),
    deadline: fromNowJSON('2 hours'),
    payload: {},
    metadata: {
      name: 'a task',
      description: 'of no use',
      owner: 'someone@example.com',
      source: 'https://example.com/',
    },
    ...more,
  };
}
