// Runs against the agent at CONSUL_HTTP_ADDR, with the management token in CONSUL_HTTP_TOKEN, or against the stand-in where
// that isn't set. The agent should be one to throw away: a snapshot of it is taken and put back, and for that moment all
// that others write is lost.
import { after } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import { connect } from './agent.ts';
import { differences } from './stand-in.ts';

if (process.env['CONSUL_HTTP_ADDR']) await run();
else {
  const standIn = await serve('consul', { acl: { managementToken: '11111111-1111-4111-8111-111111111111' } });
  Object.assign(process.env, standIn.environment);
  after(() => standIn.close());
  await run(differences);
}

async function run(known?: ReadonlyMap<string, string>): Promise<void> {
  const agent = await connect();
  if (typeof agent === 'string') {
    console.error(`live-consul: ${agent}`);
    process.exitCode = 1;
    return;
  }
  const { everything } = await import('./suite.ts');
  everything(agent, known);
}
