import { JoinedSignal } from '../../../time/joined-signal.ts';
import type { Interactor } from '../interactor.ts';
import { field, tokenOf } from '../wire.ts';

/** How a person logs in with a browser. */
export interface BrowserWindowOptions {
  /** Shows a page to the person. May resolve before they are done or after; when it rejects, the login has failed. */
  readonly open: (url: string) => unknown;
}

/** A person logs in at a page of the third party, which meanwhile we ask whether they have. */
export function browserWindow({ open }: BrowserWindowOptions): Interactor {
  return {
    kind: 'browser-window',
    async interact(interaction) {
      const visit = interaction.visitable(field(interaction.data, 'VisitURL'));
      const wait = interaction.askable(field(interaction.data, 'WaitTokenURL'));
      const given = new AbortController();
      const either = new JoinedSignal(interaction.signal, given.signal);
      const waiting = interaction.get(wait, { isPatient: true, signal: either.signal });
      const opening = (async () => void (await open(visit.href)))();
      try {
        // Whatever fails first has failed; what counts when nothing does is the answer.
        const answer = await Promise.race([waiting, opening.then(() => waiting)]);
        const token = tokenOf(answer);
        if (token === undefined) throw interaction.failure('the third party gives no token after the login');
        return token;
      } finally {
        given.abort();
        either.release();
        waiting.catch(() => undefined);
      }
    },
    async interactOfOld(_interaction, visit) {
      await open(visit.href);
      return true;
    },
  };
}
