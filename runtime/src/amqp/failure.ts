import {
  type CallFacts,
  type Category,
  ConnectionError,
  ResponseError,
  type ServiceError,
} from '../errors.ts';

/** What is done with the broker, in the order in which a listener does it. */
export type Step = 'CONNECT' | 'DECLARE' | 'BIND' | 'CONSUME' | 'MESSAGE';

/** A step at a broker, as errors tell it. */
export function callOf(step: Step, what: string, address: string): CallFacts {
  return { call: `${step} ${what}`, record: { method: step, url: address, attempts: [] } };
}

/** What the broker, or the way to it, answered to a step. */
export function failureOf(error: unknown, step: Step, facts: CallFacts): ServiceError {
  const text = textOf(error);
  // How amqplib words the close method of the broker, whichever error it puts it in.
  const [, code, name, said] = /(\d{3}) \(([A-Z_-]+)\) with message "(.*)"/s.exec(text) ?? [];
  if (code === undefined || name === undefined || said === undefined) {
    return new ConnectionError(step === 'CONNECT' ? 'connect' : 'reset', explained(text), facts);
  }
  const status = Number(code);
  const underscored = name.replaceAll('-', '_');
  return new ResponseError(
    {
      status,
      category: categoryOf(status, step),
      code: underscored,
      message: said.startsWith(`${underscored} - `) ? said.slice(underscored.length + 3) : said,
      headers: {},
      body: undefined,
    },
    facts,
  );
}

/** Why a connection that worked is gone. Whatever the broker says, the next one may last. */
export function lossOf(error: unknown, facts: CallFacts): ConnectionError {
  return new ConnectionError('reset', textOf(error), facts);
}

/** Whether the same step will fail for the same reason until somebody changes something. */
export function isFinal(error: ServiceError): boolean {
  return error instanceof ResponseError && error.category !== 'unavailable';
}

/** Reply codes of AMQP 0-9-1, section 1.2 of its definition. */
function categoryOf(code: number, step: Step): Category {
  switch (code) {
    case 403:
      return step === 'CONNECT' ? 'unauthorized' : 'forbidden';
    case 404:
      // A queue that is declared is made when it isn't there: RabbitMQ says 404 when its home node is down.
      return step === 'DECLARE' ? 'unavailable' : 'not-found';
    case 405:
    case 406:
      return 'conflict';
    case 530:
      return 'forbidden';
    case 320:
    case 506:
    case 541:
      return 'unavailable';
    default:
      return 'failed';
  }
}

function explained(text: string): string {
  // amqplib doesn't tell what the broker said at this point.
  return /ConnectionOpenOk; got <?ConnectionClose/.test(text)
    ? 'the broker refused the virtual host: it does not exist, or this user may not use it, or has too many connections'
    : text;
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
