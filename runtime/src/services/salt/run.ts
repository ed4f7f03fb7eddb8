import type { CallOptions } from '../../options.ts';
import { httpOptions } from './http-options.ts';
import { inRequests, type Lowstate, lineUp } from './lowstate.ts';
import { netapis } from './netapi.ts';
import { Call, type Step } from './step.ts';

/** How several calls are made. */
export interface RunOptions extends CallOptions {
  /**
   * Whether they go in one request even where one that fails takes the results of the others with it, as on rest_cherrypy
   * and rest_wsgi. Default false. Batches always go apart from each other, since their results are told apart only then.
   */
  readonly together?: boolean | undefined;
}

/** What became of each of several calls, in their order. */
export type Settled<C extends readonly Call<unknown>[]> = {
  readonly [K in keyof C]: PromiseSettledResult<C[K] extends Call<infer R> ? R : never>;
};

/** Makes calls one after the other, in as few requests as is wise. */
// The second signature is what the code is checked against: results come in the order of the calls.
export function settle<const C extends readonly Call<unknown>[]>(
  lowstate: Lowstate,
  calls: C,
  options: RunOptions,
): Promise<Settled<C>>;
export async function settle(
  lowstate: Lowstate,
  calls: readonly Call<unknown>[],
  options: RunOptions,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  if (calls.length === 0) return [];
  const steps = calls.map((call) => Call.stepOf(call));
  const { allOrNothing } = netapis[await lowstate.netapi()];
  const settled: PromiseSettledResult<unknown>[] = [];
  for (const request of inRequests(steps, allOrNothing && options.together !== true)) {
    options.signal?.throwIfAborted();
    settled.push(...(await outcomesOf(lowstate, request, options)));
  }
  return settled;
}

async function outcomesOf(
  lowstate: Lowstate,
  steps: readonly Step<unknown>[],
  options: RunOptions,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const chunks = steps.map(({ chunk }) => chunk);
  const sent = await lowstate.send(chunks, httpOptions(options)).catch((reason: unknown) => ({ reason }));
  if ('reason' in sent) return steps.map(() => ({ status: 'rejected', reason: sent.reason }));
  const elements = lineUp(chunks, sent.elements);
  return steps.map((step, index) => settledBy(() => step.read({ ...sent, elements: elements[index] ?? [] })));
}

function settledBy<R>(read: () => R): PromiseSettledResult<R> {
  try {
    return { status: 'fulfilled', value: read() };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
}
