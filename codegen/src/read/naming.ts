import { InputError } from '../errors.ts';
import { NameError } from '../names.ts';

/** Runs what gives a name, and says where when it cannot be given. */
export function named<T>(file: string, pointer: string, give: () => T): T {
  try {
    return give();
  } catch (cause) {
    if (cause instanceof NameError) throw new InputError(cause.message, { file, pointer, cause });
    throw cause;
  }
}
