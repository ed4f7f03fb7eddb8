import type { Bakery } from '../../auth/bakery/bakery.ts';
import { BakeryMacaroon } from '../../auth/bakery/bakery-macaroon.ts';
import type { Macaroon } from '../../auth/macaroon/macaroon.ts';
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
    // Of the two forms that a controller sends, only one has the payloads of caveats of the newest kind.
    const macaroon = BakeryMacaroon.from(info['bakery-macaroon'] ?? info.macaroon);
    const macaroons = await this.#bakery.discharge(macaroon, signal);
    this.#bakery.cookies.add(this.#url, macaroons);
  }
}
