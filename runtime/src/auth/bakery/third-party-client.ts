import { ServiceError } from '../../errors.ts';
import { base64, sameBytes, textOf } from '../macaroon/bytes.ts';
import { MacaroonError } from '../macaroon/error.ts';
import type { Macaroon } from '../macaroon/macaroon.ts';
import type { Caveat } from '../macaroon/parts.ts';
import { BakeryMacaroon } from './bakery-macaroon.ts';
import { categoryOfAnswer, clauseOf, DischargeError, InteractionError } from './errors.ts';
import { Interaction, type Requests } from './interaction.ts';
import type { Interactor } from './interactor.ts';
import type { BakeryKey } from './key.ts';
import { locationOf, shownLocation, type Trusts } from './reach.ts';
import type { SendAnswer } from './send.ts';
import {
  type DischargeToken,
  type Fields,
  field,
  jsonOf,
  objectField,
  refusalOf,
  textField,
} from './wire.ts';

/** What is needed to talk with third parties. */
export interface ThirdPartyMeans {
  /** Sends with the protocol's version and with cookies. */
  readonly request: Requests;
  readonly interactors: readonly Interactor[];
  readonly trusts: Trusts;
  /** Whether a third party is the service itself. */
  readonly isOwn: (location: URL) => boolean;
  readonly discharge: (macaroon: BakeryMacaroon, key: BakeryKey) => Promise<readonly Macaroon[]>;
}

/** Asks one third party for the discharge of one caveat. */
export class ThirdPartyClient {
  readonly #means: ThirdPartyMeans;
  readonly #location: URL;
  readonly #shown: string;
  readonly #caveat: Caveat;
  readonly #payload: Uint8Array | undefined;
  readonly #signal: AbortSignal | undefined;

  constructor(
    means: ThirdPartyMeans,
    caveat: Caveat,
    payload: Uint8Array | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#means = means;
    this.#location = locationOf(caveat.location, means.trusts);
    this.#shown = shownLocation(this.#location);
    this.#caveat = caveat;
    this.#payload = payload;
    this.#signal = signal;
  }

  /**
   * The discharge, not yet bound to anything.
   *
   * @throws DischargeError, InteractionError
   */
  async discharge(): Promise<BakeryMacaroon> {
    const answer = await this.#ask();
    const refusal = refusalOf(answer);
    if (answer.status === 200 || refusal?.code !== 'interaction required') return this.#read(answer);
    const methods = objectField(refusal.info, 'InteractionMethods');
    if (methods === undefined || Object.keys(methods).length === 0) return this.#interactOfOld(refusal.info);
    const token = await this.#interact(methods);
    return this.#read(await this.#ask(token), Object.values(eitherOf('token', token.value)));
  }

  /** A body rather than a query, which would be logged on the way. */
  async #ask(token?: DischargeToken): Promise<SendAnswer> {
    const form = new URLSearchParams(eitherOf('id', this.#caveat.id));
    if (this.#payload !== undefined) form.set('caveat64', base64(this.#payload, 'url'));
    if (token !== undefined) {
      for (const [name, value] of Object.entries(eitherOf('token', token.value))) form.set(name, value);
      form.set('token-kind', token.kind);
    }
    return this.#means.request({
      method: 'POST',
      url: new URL('discharge', this.#location).href,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      signal: this.#signal,
    });
  }

  #read(answer: SendAnswer, secrets: readonly string[] = []): BakeryMacaroon {
    if (answer.status !== 200) {
      const code = refusalOf(answer)?.code || undefined;
      throw new DischargeError(categoryOfAnswer(answer), clauseOf(answer, secrets), this.#shown, code);
    }
    const macaroon = field(jsonOf(answer) ?? {}, 'Macaroon');
    try {
      const discharge = BakeryMacaroon.from(macaroon);
      if (sameBytes(discharge.macaroon.identifier, this.#caveat.id)) return discharge;
    } catch (error) {
      if (!(error instanceof MacaroonError)) throw error;
      throw new DischargeError(
        'failed',
        `an answer without a usable macaroon: ${error.message}`,
        this.#shown,
      );
    }
    throw new DischargeError('failed', 'a discharge of another caveat than was asked for', this.#shown);
  }

  async #interact(methods: Fields): Promise<DischargeToken> {
    for (const interactor of this.#means.interactors) {
      if (!Object.hasOwn(methods, interactor.kind)) continue;
      const interaction = this.#interaction(interactor.kind, methods[interactor.kind]);
      const token = await this.#trying(interaction, () => interactor.interact(interaction));
      if (token !== undefined) return token;
    }
    throw this.#nothingInCommon(Object.keys(methods));
  }

  /** Before there were tokens: somebody visits one URL while we wait at another one, for the discharge itself. */
  async #interactOfOld(info: Fields): Promise<BakeryMacaroon> {
    const [visit, wait] = [textField(info, 'VisitURL'), textField(info, 'WaitURL')];
    if (visit === undefined || wait === undefined) throw this.#nothingInCommon([]);
    const first = this.#interaction('visit', {});
    const methods = await this.#methodsOfOld(first, first.visitable(visit));
    for (const interactor of this.#means.interactors) {
      const url = methods.get(interactor.kind);
      if (url === undefined || interactor.interactOfOld === undefined) continue;
      const interaction = this.#interaction(interactor.kind, {});
      const isShown = await this.#trying(interaction, async () =>
        interactor.interactOfOld?.(interaction, interaction.visitable(url)),
      );
      if (isShown) return this.#read(await this.#wait(interaction.askable(wait)));
    }
    throw this.#nothingInCommon([...methods.keys()]);
  }

  #wait(url: URL): Promise<SendAnswer> {
    return this.#means.request({
      method: 'GET',
      url: url.href,
      isPatient: true,
      isSecret: true,
      signal: this.#signal,
    });
  }

  /** Where each way begins. Who only has a browser needn't ask: it begins where people visit. */
  async #methodsOfOld(interaction: Interaction, visit: URL): Promise<ReadonlyMap<string, string>> {
    const browser = new Map([['browser-window', visit.href]]);
    if (this.#means.interactors.every(({ kind }) => kind === 'browser-window')) return browser;
    let listed: Fields;
    try {
      listed = await interaction.get(interaction.askable(visit.href));
    } catch (error) {
      if (error instanceof InteractionError) return browser;
      throw error;
    }
    return new Map(
      Object.entries(listed).flatMap(([kind, url]) =>
        typeof url === 'string' ? [[kind === 'interactive' ? 'browser-window' : kind, url]] : [],
      ),
    );
  }

  #interaction(kind: string, data: unknown): Interaction {
    const { request, discharge, trusts, isOwn } = this.#means;
    return new Interaction(kind, data, {
      location: this.#location,
      trusts,
      isOwn,
      signal: this.#signal,
      request,
      discharge,
    });
  }

  /** What an interactor throws is told as a failure of it; what the caller of us wants to see stays as it is. */
  async #trying<T>(interaction: Interaction, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (error instanceof ServiceError) throw error;
      throw interaction.failure(error instanceof Error ? error.message : 'it failed', error);
    }
  }

  #nothingInCommon(theirs: readonly string[]): InteractionError {
    // One that is on both sides was asked, and is for other third parties.
    const ours = this.#means.interactors.map(({ kind }) =>
      theirs.includes(kind) ? `${kind} (for others)` : kind,
    );
    const list = (kinds: readonly string[]) => kinds.join(', ').slice(0, 200) || 'none';
    const isDeclined = this.#means.interactors.some(({ kind }) => theirs.includes(kind));
    const hint = isDeclined ? 'see `interactors`, and what says where each may be used' : 'see `interactors`';
    return new InteractionError(
      `no shared way to log in: it has ${list(theirs)}; this client has ${list(ours)}; ${hint}`,
      this.#shown,
    );
  }
}

/** A text under its name, other bytes under the one that says that they are base64. */
function eitherOf(name: string, bytes: Uint8Array): Record<string, string> {
  const text = textOf(bytes);
  return text === undefined ? { [`${name}64`]: base64(bytes, 'url') } : { [name]: text };
}
