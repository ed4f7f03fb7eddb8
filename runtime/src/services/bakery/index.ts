/// <reference types="node" preserve="true" />
/** The door `@fairlead/runtime/bakery`: macaroons, and services that the macaroon bakery protects. */
export {
  BakeryMacaroon,
  type BakeryMacaroonJson,
  type BakeryMacaroonOptions,
  type BakeryVersion,
  type CaveatRequest,
  type ThirdParty,
} from '../../auth/bakery/bakery-macaroon.ts';
export { type CaveatPayload, openPayload } from '../../auth/bakery/caveat-payload.ts';
export type { StoredCookie } from '../../auth/bakery/cookie-file.ts';
export { DischargeError, InteractionError } from '../../auth/bakery/errors.ts';
export type { Interaction, PostOptions } from '../../auth/bakery/interaction.ts';
export type { Interactor } from '../../auth/bakery/interactor.ts';
export { type Agent, type AgentOptions, agent } from '../../auth/bakery/interactors/agent.ts';
export { type BrowserWindowOptions, browserWindow } from '../../auth/bakery/interactors/browser-window.ts';
export { type FormOptions, form } from '../../auth/bakery/interactors/form.ts';
export type { Places } from '../../auth/bakery/interactors/places.ts';
export {
  type UsernamePasswordOptions,
  usernamePassword,
} from '../../auth/bakery/interactors/username-password.ts';
export { type KeepOptions, MacaroonJar } from '../../auth/bakery/jar.ts';
export { BakeryKey, type BakeryKeyText } from '../../auth/bakery/key.ts';
export type { Trusts } from '../../auth/bakery/reach.ts';
export type { SendAnswer } from '../../auth/bakery/send.ts';
export type { DischargeToken } from '../../auth/bakery/wire.ts';
export { MacaroonError } from '../../auth/macaroon/error.ts';
export type { MacaroonJson, MacaroonJsonV1, MacaroonJsonV2 } from '../../auth/macaroon/json.ts';
export { Macaroon, type MacaroonOptions, type ThirdPartyOptions } from '../../auth/macaroon/macaroon.ts';
export type { Caveat } from '../../auth/macaroon/parts.ts';
export type { Check } from '../../auth/macaroon/verify.ts';
export { bakery } from './bakery.ts';
export { agentFromEnv } from './environment.ts';
export type { BakeryOptions, BakeryRequest } from './options.ts';
export type { BakerySession } from './session.ts';
