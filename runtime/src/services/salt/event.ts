import type { ServerSentEvent } from '../../http/sse.ts';
import { type Tag, tag } from '../../http/tag.ts';
import { isObject } from '../../json/is-object.ts';
import { type TagReader, tagReader } from './tags.ts';

/**
 * Something that happened on the master.
 *
 * @typeParam P what it says
 * @typeParam N the names of the parts of its tag
 */
export interface SaltEvent<P = unknown, N extends string = string> {
  /** `salt/job/20261121191945861034/ret/m1` */
  readonly tag: string;
  readonly data: P;
  /** The parts of the tag by name: `{ jid: '20261121191945861034', minion: 'm1' }`. */
  readonly parts: Readonly<Record<N, string>>;
}

/** The events that a tag stands for. */
export type EventOf<T extends Tag | string> = T extends Tag<infer P, infer N> ? SaltEvent<P, N> : SaltEvent;

/** Which events are wanted. */
export class Choice {
  readonly #readers: readonly TagReader[];

  /** A text is a tag as it is, or with `{name}` for parts that may be anything. */
  constructor(tags: readonly (Tag | string)[]) {
    if (tags.length === 0) throw new TypeError('listen: give at least one tag');
    this.#readers = tags.map((each) => {
      if (typeof each === 'string') return tagReader(tag(each));
      if (isObject(each) && each.kind === 'tag') return tagReader(each);
      throw new TypeError('listen takes tags: saltEvents.jobReturned({ jid }), or a text like salt/auth');
    });
  }

  /**
   * The event, when it is wanted. What follows the tag is looked at only then, as a master has far more to tell.
   *
   * @throws SyntaxError when it can't be read
   */
  read({ data, fields }: ServerSentEvent): SaltEvent | undefined {
    const named = fields.get('tag');
    if (named !== undefined && this.#parts(named) === undefined) return undefined;
    const said: unknown = JSON.parse(data);
    if (!isObject(said) || typeof said['tag'] !== 'string') throw new SyntaxError('an event without a tag');
    const parts = this.#parts(said['tag']);
    return parts && { tag: said['tag'], data: said['data'], parts };
  }

  #parts(text: string): Readonly<Record<string, string>> | undefined {
    for (const read of this.#readers) {
      const parts = read(text);
      if (parts !== undefined) return parts;
    }
    return undefined;
  }
}
