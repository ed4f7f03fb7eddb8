import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '../../model.ts';
import { type Documents, documentsOf } from '../../read/documents.ts';
import {
  type FunctionsFile,
  functionsText,
  GROUPS,
  isFunctionsFile,
  isFunctionsPath,
} from '../../read/salt/functions.ts';
import type { Deployment, FetchOptions, Source } from '../source.ts';
import { KINDS, minionsOf, moduleOf, signaturesOf } from './introspect.ts';
import { connect } from './netapi.ts';

/** Functions by introspection. Routes, events and overlays are ours. */
export const salt: Source = {
  facts: { session: 'salt' },
  fetch: fetchFunctions,
  owns: isFunctionsPath,
  text: (document) => (isFunctionsFile(document) ? functionsText(document) : ''),
  complete,
};

/** Asks a live master which functions its minions and runners have. About wheel functions nobody can be asked. */
async function fetchFunctions(rootUrl: string, options: FetchOptions): Promise<Deployment> {
  const { target = '*', modules, stored, onProgress = () => {} } = options;
  const ask = await connect(rootUrl, options);
  const isWanted = (module: string) => modules === undefined || modules.includes(module);
  const asking = { ask, url: rootUrl, onProgress, isWanted };
  const minions = await minionsOf(asking, target);
  const files: [string, JsonValue][] = [];
  for (const { group, path } of GROUPS) {
    if (group === 'wheel') continue;
    const known = new Map(Object.entries(functionsIn(stored, path)?.functions ?? {}));
    const signatures = await signaturesOf(asking, minions, KINDS[group], known);
    // A host without the code of runners lists none, which says nothing about the master's.
    if (signatures.size === 0) continue;
    const others = [...known].filter(([fun]) => !isWanted(moduleOf(fun)));
    const functions = Object.fromEntries([...others, ...signatures]);
    files.push([path, { origins: minions.origins, functions }]);
  }
  return {
    documents: documentsOf(rootUrl, files),
    ...(minions.version !== undefined && { version: minions.version }),
  };
}

/**
 * Places about which nothing was found out keep what is stored. So do the origins of functions that are as they
 * were, where the source, a file, doesn't know them.
 */
function complete(found: Documents, stored: Documents | undefined): Documents {
  return documentsOf(
    found.origin,
    GROUPS.flatMap(({ path }): [string, JsonValue][] => {
      const [is, was] = [functionsIn(found, path), functionsIn(stored, path)];
      const isSame = is?.origins === undefined && isDeepStrictEqual(is?.functions, was?.functions);
      const file = is === undefined || isSame ? was : is;
      return file === undefined ? [] : [[path, file]];
    }),
  );
}

function functionsIn(documents: Documents | undefined, path: string): FunctionsFile | undefined {
  const file = documents?.files.get(path);
  return isFunctionsFile(file) ? file : undefined;
}
