// Runs against the agent at CONSUL_HTTP_ADDR, with the management token in CONSUL_HTTP_TOKEN. The agent should be one to
// throw away: a snapshot of it is taken and put back, and for that moment all that others write is lost.
import { connect } from './agent.ts';

if (!process.env['CONSUL_HTTP_ADDR']) {
  console.log('live-consul: skipped, CONSUL_HTTP_ADDR is not set');
} else {
  const agent = await connect();
  if (typeof agent === 'string') {
    console.error(`live-consul: ${agent}`);
    process.exitCode = 1;
  } else {
    const { everything } = await import('./suite.ts');
    everything(agent);
  }
}
