import { type CallFacts, ConnectionError, ProtocolError } from '../errors.ts';
import type { TransportFailure } from './transport.ts';

/** The error of a call that a transport gave no answer to. `what` is what its message says. */
export function errorOfFailure(
  { kind, message }: Pick<TransportFailure, 'kind' | 'message'>,
  facts: CallFacts,
  what = message,
): ConnectionError | ProtocolError {
  switch (kind) {
    case 'too-large':
    case 'protocol':
      return new ProtocolError(what, facts);
    case 'certificate':
      return new ConnectionError('connect', what, facts);
    default:
      return new ConnectionError(kind, what, facts);
  }
}
