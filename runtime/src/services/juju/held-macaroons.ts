import type { Bakery } from '../../auth/bakery/bakery.ts';
import { BakeryMacaroon } from '../../auth/bakery/bakery-macaroon.ts';
import { MacaroonError } from '../../auth/macaroon/error.ts';
import type { Macaroon } from '../../auth/macaroon/macaroon.ts';
import { ProtocolError } from '../../errors.ts';
import type { HeldMacaroons } from './login/provider.ts';
import type { DischargeInfo } from './stream-host.ts';

/** The macaroons of a controller, in the jar of a bakery, under the one URL that all of the controller's machines share. */
export class ControllerMacaroons implements HeldMacaroons {
  readonly #bakery: Bakery;
  readonly #url: string;

  constructor(bakery: Bakery, cookieUrl: string) {
    this.#bakery = bakery;
    this.#url = cookieUrl;
  }

  async held(): Promise<readonly (readonly Macaroon[])[]> {
    return this.#bakery.cookies.macaroonsFor(this.#url);
  }

  async discharge(info: DischargeInfo, signal?: AbortSignal): Promise<void> {
    const macaroons = await this.#bakery.discharge(this.#macaroonIn(info), signal);
    this.#bakery.cookies.add(this.#url, macaroons);
  }

  #macaroonIn(info: DischargeInfo): BakeryMacaroon {
    try {
      // Of the two forms that a controller sends, only one has the payloads of caveats of the newest kind.
      return BakeryMacaroon.from(info['bakery-macaroon'] ?? info.macaroon);
    } catch (error) {
      if (!(error instanceof MacaroonError)) throw error;
      const record = { method: 'POST', url: this.#url, attempts: [] };
      const what = `what the controller wants to have discharged is none: ${error.message}`;
      throw new ProtocolError(what, { call: `discharge for ${this.#url}`, record });
    }
  }
}
