import { isObject } from '../../../json/is-object.ts';
import { StoreError } from './store-error.ts';

/** A mapping in a file of the store, and where it is. What is asked of it must be of the type that is asked for. */
export class Part {
  readonly #file: string;
  readonly #key: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws StoreError when `value` is no mapping; what isn't there is an empty one */
  constructor(file: string, key: string, value: unknown) {
    this.#file = file;
    this.#key = key;
    this.#values = isObject(value) ? value : {};
    if (value !== undefined && value !== null && !isObject(value)) throw this.wrong('must be a mapping', '');
  }

  get names(): readonly string[] {
    return Object.keys(this.#values);
  }

  has(name: string): boolean {
    return this.#at(name) !== undefined;
  }

  part(name: string): Part {
    return new Part(this.#file, this.#path(name), this.#at(name));
  }

  /** `undefined` when it isn't there, or empty, which is how Juju writes what it doesn't know. */
  text(name: string): string | undefined {
    const value = this.#at(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw this.wrong('must be a text; put it in quotes', name);
  }

  /** A text that must be there. */
  needed(name: string): string {
    const value = this.text(name);
    if (value !== undefined) return value;
    throw this.wrong('is missing', name);
  }

  flag(name: string): boolean {
    const value = this.#at(name);
    if (value === undefined || typeof value === 'boolean') return value === true;
    throw this.wrong('must be true or false', name);
  }

  texts(name: string): readonly string[] {
    const value = this.#at(name) ?? [];
    if (Array.isArray(value) && value.every((each): each is string => typeof each === 'string')) return value;
    throw this.wrong('must be a list of texts', name);
  }

  /** As it is, for whom it is meant. */
  mapping(name: string): Readonly<Record<string, unknown>> {
    return this.part(name).#values;
  }

  /** An error about something in here; without a name, about all of it. */
  wrong(what: string, name: string): StoreError {
    return new StoreError(this.#file, name === '' ? this.#key : this.#path(name), what);
  }

  #path(name: string): string {
    return this.#key === '' ? name : `${this.#key}.${name}`;
  }

  /** An own property only: a file may have any name in it. */
  #at(name: string): unknown {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return value === null ? undefined : value;
  }
}
