import { type Call, UsageError } from './command.ts';

/** The value of an option that is one of a few; `undefined` when it isn't given. */
export function choice<const T extends string>(
  call: Call,
  option: string,
  values: readonly T[],
): T | undefined {
  const given = call.option(option);
  const value = values.find((each) => each === given);
  if (given === undefined || value !== undefined) return value;
  const known = `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  throw new UsageError(`--${option} is ${known}, not ${JSON.stringify(given)}`);
}
