import { fetchPackages } from '../../fetched.ts';
import { fetchDocuments } from './documents.ts';

const documents = fetchDocuments();
const compilers = fetchPackages('compilers', [
  'typescript-5@npm:typescript@~5.9',
  'typescript-6@npm:typescript@~6.0',
  'typescript-7@npm:typescript@~7.0',
]);
if (typeof documents === 'string') console.log(`live-openapi: skipped, ${documents}`);
else if (typeof compilers === 'string') console.log(`live-openapi: skipped, ${compilers}`);
else {
  const { clientsOfOthers } = await import('./suite.ts');
  clientsOfOthers(documents, compilers.modules);
}
