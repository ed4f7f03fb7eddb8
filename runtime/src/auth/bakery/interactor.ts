import type { Interaction } from './interaction.ts';
import type { DischargeToken } from './wire.ts';

/** A way to show a third party who asks. */
export interface Interactor {
  /** As third parties call it: `browser-window`. */
  readonly kind: string;
  /**
   * Shows it. `undefined` says that this way is not for this third party: the next one is tried.
   *
   * @throws whatever keeps it from working: no other way is tried
   */
  interact(interaction: Interaction): Promise<DischargeToken | undefined>;
  /**
   * The same with third parties of old, which give one URL only, and afterwards the discharge itself rather than a token.
   * `false`: not for this third party.
   */
  interactOfOld?(interaction: Interaction, visit: URL): Promise<boolean>;
}
