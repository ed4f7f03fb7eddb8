import type { JsonValue, Model } from '../model.ts';
import type { Docs } from './docs.ts';
import type { Documents } from './documents.ts';

/** What a reference doesn't say and its user does. */
export interface ReadSettings {
  readonly docs: Docs;
  /** What the function that makes a session is called. Default: as the reference says, or after its title. */
  readonly sessionName?: string | undefined;
  /** What an integer of 64 bits is in TypeScript. Default: `number`. */
  readonly int64?: 'number' | 'bigint' | undefined;
  /** What a date with a time is in TypeScript. Default: `string`. */
  readonly dates?: 'string' | 'date' | undefined;
  /** What text in base64 is in TypeScript. Default: `string`. */
  readonly bytes?: 'string' | 'uint8array' | undefined;
}

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
  read(documents: Documents, settings: ReadSettings): Model;
  /**
   * The paths of the files that a document refers to, relative to the folder of the input. Where a reader has this, a
   * single file is read together with what it refers to. Throws an `InputError` for what must not be referred to.
   */
  filesReferredTo?(path: string, document: JsonValue): readonly string[];
  /**
   * Whether a file of this path says what upstream doesn't tell. Where the folder of a service has none, the one that
   * comes with this package is read.
   */
  isOurs?(path: string): boolean;
}
