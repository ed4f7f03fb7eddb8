/** A media type without its parameters. */
export function essenceOf(type: string): string {
  return type.replace(/;.*/, '').trim().toLowerCase();
}

/** Whether what has this media type is JSON. */
export function isJsonType(type: string): boolean {
  return /[/+]json$/.test(essenceOf(type));
}
