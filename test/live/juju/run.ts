import { findPrograms } from './programs.ts';

const programs = findPrograms();
if (typeof programs === 'string') {
  console.log(`live-juju: skipped, ${programs}`);
} else {
  const [{ startOracles }, { everything }] = await Promise.all([
    import('./oracles.ts'),
    import('./suite.ts'),
  ]);
  // Others end these programs by a signal, which is no exit by itself.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  everything(await startOracles(programs));
}
