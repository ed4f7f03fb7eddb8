/**
 * Answers every request with about 1 KB of JSON, and `/list` routes with pages of 1,000 items, 1,000 of them.
 * Looks at nothing else, so that it is never what limits a client.
 */
import { createServer } from 'node:http';
import { listen } from './listen.ts';

const headers = { 'content-type': 'application/json; charset=utf-8' };

const task = JSON.stringify({
  status: {
    taskId: 'fN1SbArXTPSVFNUvaOlinQ',
    provisionerId: 'proj-example',
    workerType: 'ci',
    taskQueueId: 'proj-example/ci',
    schedulerId: 'example-level-1',
    projectId: 'example',
    taskGroupId: 'dSlITZ4yQgmvxxAi4A8fHQ',
    deadline: '2030-01-02T00:00:00.000Z',
    expires: '2031-01-01T00:00:00.000Z',
    retriesLeft: 5,
    state: 'completed',
    runs: Array.from({ length: 2 }, (_, runId) => ({
      runId,
      state: runId === 0 ? 'exception' : 'completed',
      reasonCreated: runId === 0 ? 'scheduled' : 'retry',
      reasonResolved: runId === 0 ? 'worker-shutdown' : 'completed',
      workerGroup: 'us-east-1',
      workerId: `i-0123456789abcdef${runId}`,
      takenUntil: '2030-01-01T00:20:00.000Z',
      scheduled: '2030-01-01T00:00:00.000Z',
      started: '2030-01-01T00:01:00.000Z',
      resolved: '2030-01-01T00:15:00.000Z',
    })),
  },
});

const pages = 1_000;
const items = JSON.stringify(
  Array.from({ length: 1_000 }, (_, index) => ({
    status: { taskId: `task-${index}`, state: 'completed', runs: [] },
    task: { created: '2030-01-01T00:00:00.000Z', priority: 'lowest', payload: { index } },
  })),
);

function page(url: string): string {
  const number = Number(new URL(url, 'http://loopback').searchParams.get('continuationToken') ?? 1);
  const token = number < pages ? `"continuationToken":"${number + 1}",` : '';
  return `{"taskGroupId":"group",${token}"tasks":${items}}`;
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  request.on('end', () => {
    const url = request.url ?? '/';
    const body = url.includes('/list') ? page(url) : task;
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  });
});

listen(server);
