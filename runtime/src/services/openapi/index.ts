/** The door `@fairlead/runtime/openapi`: sessions of APIs that a description is all that is known of. */
export type { HttpEndpoint, HttpSession } from '../../http/endpoint.ts';
export { isResponseError, type TypedResponseError } from '../../response-error.ts';
export type { BasicCredentials, Credential, Credentials, Given } from './credentials.ts';
export { defineApi, type MakeSession } from './define.ts';
export type { ApiFacts, SecurityFacts, SecurityScheme } from './facts.ts';
export type { ApiOptions, ApiSession, OptionsOf } from './session.ts';
