import { findPrograms } from './programs.ts';

const programs = findPrograms();
if (typeof programs === 'string') {
  console.log(`live-taskcluster: skipped, ${programs}`);
} else {
  const { exchangesOnRabbitMq } = await import('./suite.ts');
  exchangesOnRabbitMq(programs);
}
