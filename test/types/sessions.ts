/** What a user of a session made of an OpenAPI document may and may not write. Compiled, never run. */
import { defineApi, type Given, isResponseError } from '@fairlead/runtime/openapi';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Whether a value of type `V` may be given where `T` is wanted. */
type Accepts<T, V> = [V] extends [T] ? true : false;
function holds<_T extends true>(): void {}
function fails<_T extends false>(): void {}

const petstore = defineApi({
  name: 'petstore',
  servers: ['https://pets.example.com'],
  security: {
    api_key: { kind: 'key', in: 'header', param: 'X-Key' },
    login: { kind: 'basic' },
    oauth: { kind: 'bearer' },
  },
  requires: [['api_key']],
});
const nameless = defineApi({ name: 'nameless', servers: [], security: {}, requires: [] });

// Credentials have the names and the kinds of the document.
type Credentials = NonNullable<NonNullable<Parameters<typeof petstore>[0]>['credentials']>;
holds<Equal<keyof Credentials, 'api_key' | 'login' | 'oauth'>>();
holds<Equal<Exclude<Credentials['api_key'], undefined>, Given<string>>>();
holds<Accepts<Credentials, { login: { username: string; password: string } }>>();
holds<Accepts<Credentials, { oauth: () => Promise<string> }>>();
fails<Accepts<Credentials, { login: string }>>();
fails<Accepts<Credentials, { api_key: { username: string; password: string } }>>();

// Where the document names no server, the user has to.
holds<Accepts<Parameters<typeof petstore>, []>>();
fails<Accepts<Parameters<typeof nameless>, []>>();
fails<Accepts<Parameters<typeof nameless>, [{ timeoutMs: number }]>>();
holds<Accepts<Parameters<typeof nameless>, [{ baseUrl: string }]>>();

/** The body of an error is that of its status, and of no other. */
export function said(error: unknown): void {
  if (
    !isResponseError<{ 404: { pet: string }; '4XX': { title: string }; default: { trace: number } }>(error)
  ) {
    return;
  }
  switch (error.status) {
    case 404:
      holds<Equal<typeof error.body, { pet: string }>>();
      break;
    case 400:
      holds<Equal<typeof error.body, { title: string }>>();
      break;
    case 500:
      holds<Equal<typeof error.body, { trace: number }>>();
  }
}
