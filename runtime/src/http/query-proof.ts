import { mask } from '../mask.ts';
import { encode } from './path.ts';

type Pairs = Readonly<Record<string, string>>;

/** A URL whose query proves who calls, so that a part of it must not be shown. */
export class QueryProof {
  readonly #url: string;
  readonly #pairs: () => Pairs | Promise<Pairs>;
  #last: Pairs = {};

  constructor(url: string, pairs: () => Pairs | Promise<Pairs>) {
    this.#url = url;
    this.#pairs = pairs;
  }

  /** As sent. The proof is asked for anew each time. */
  async url(): Promise<string> {
    this.#last = await this.#pairs();
    return this.#url + added(this.#url.includes('?'), this.#last, encode);
  }

  /** What follows the query of the URL, as it may be shown. */
  shown(query: string): string {
    return added(query !== '', this.#last, () => mask);
  }

  /** The values of the proof, encoded and not. */
  get secrets(): readonly string[] {
    return Object.values(this.#last).flatMap((value) => [encode(value), value]);
  }
}

function added(hasQuery: boolean, pairs: Pairs, text: (value: string) => string): string {
  return Object.entries(pairs)
    .map(([name, value], index) => `${hasQuery || index > 0 ? '&' : '?'}${encode(name)}=${text(value)}`)
    .join('');
}
