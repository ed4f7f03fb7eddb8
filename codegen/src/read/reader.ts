import type { Api } from '../model.ts';
import type { Docs } from './docs.ts';
import type { Documents } from './documents.ts';

/** One reference format: everything that differs between formats stands behind this. */
export interface Reader {
  /** The name of the format in `service.yaml` and on the command line. */
  readonly format: string;
  /** Whether these documents look like this format. Looks at a few keywords and never throws. */
  recognises(documents: Documents): boolean;
  /** Brings every form in which upstream publishes into canonical paths. */
  arrange(documents: Documents): Documents;
  /**
   * Refuses what isn't valid for the format, with an `InputError`. `corrected` allows what only corrections may
   * say, our own `x-` keywords.
   */
  check(documents: Documents, options: { readonly corrected: boolean }): Promise<void>;
  /**
   * Reduces arranged and checked documents to what is stored: facts. Prose goes, and so does every file that
   * nothing needs, so that the result is the same whether upstream's files came as one or were followed one by one.
   */
  reduce(documents: Documents): Documents;
  /** Arranged, checked and corrected documents into the model. */
  read(documents: Documents, docs: Docs): readonly Api[];
}
