/**
 * Iterates over all items of all pages and tells, in MB, what is still in use after each page and what the process has
 * from the system: `node --expose-gc memory.ts <rootUrl>`.
 */
import { Queue, taskcluster } from '@fairlead/taskcluster';

const itemsPerPage = 1_000;
const mb = 2 ** 20;
const { gc } = globalThis;
if (gc === undefined) throw new Error('run with --expose-gc');

const [rootUrl = ''] = process.argv.slice(2);
const queue = new Queue(
  taskcluster({ rootUrl, credentials: { clientId: 'tester', accessToken: 'no-secret' } }),
);

let items = 0;
const used: number[] = [];
const resident: number[] = [];
for await (const { status } of queue.listTaskGroup('group')) {
  if (status.state === 'completed') items += 1;
  if (items % itemsPerPage !== 0) continue;
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  used.push((heapUsed + external) / mb);
  resident.push(rss / mb);
}
process.stdout.write(JSON.stringify({ items, used, resident }));
process.exit();
