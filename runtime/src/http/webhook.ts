import { type Shape, ShapeError, shapedJson } from '../json/shape.ts';

/**
 * A request that a service sends to whoever registered for it.
 *
 * @typeParam T what it says
 */
export interface Webhook<T> {
  readonly kind: 'webhook';
  /** As the service's description calls it. */
  readonly name: string;
  /**
   * What a request says, given its body. That it came from the service is for the receiver to check before.
   *
   * @throws TypeError when it isn't JSON, or a date or an integer in it is none
   */
  parse(body: string): T;
}

/** Makes a {@link Webhook}. `shape` says where its body holds what JSON has no word for. */
export function webhook<T>(name: string, shape?: Shape): Webhook<T> {
  return {
    kind: 'webhook',
    name,
    // What came is of the type that the description says: here it is believed.
    parse: (body) => parsed(name, body, shape) as T,
  };
}

function parsed(name: string, body: string, shape: Shape | undefined): unknown {
  try {
    return shape === undefined ? JSON.parse(body) : shapedJson(body, shape);
  } catch (error) {
    if (error instanceof ShapeError) throw new TypeError(`the body of the webhook ${name}: ${error.message}`);
    // The parser's own message quotes the text, which may hold secrets.
    throw new TypeError(`the body of the webhook ${name} is not JSON (${body.length} characters)`);
  }
}
