import type { Interactor } from '../../auth/bakery/interactor.ts';
import { agent } from '../../auth/bakery/interactors/agent.ts';

/**
 * The agent of the file that `BAKERY_AGENT_FILE` names; `undefined` when it names none.
 *
 * @throws MacaroonError when it is no such file, and what reading it throws
 */
export async function agentFromEnv(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Interactor | undefined> {
  const file = environment['BAKERY_AGENT_FILE'];
  if (file === undefined || file === '') return undefined;
  const { readFile } = await import('node:fs/promises');
  return agent(await readFile(file, 'utf8'));
}
