import { isObject } from '../../../json/is-object.ts';
import { base64 } from '../../macaroon/bytes.ts';
import { MacaroonError } from '../../macaroon/error.ts';
import { Macaroon } from '../../macaroon/macaroon.ts';
import { BakeryMacaroon } from '../bakery-macaroon.ts';
import type { Interactor } from '../interactor.ts';
import { BakeryKey, type BakeryKeyText } from '../key.ts';
import { field } from '../wire.ts';
import { folderOf } from './places.ts';

/** Who an agent is at one third party. */
export interface Agent {
  /** Where the third party is. */
  readonly url: string;
  readonly username: string;
}

/** A program that logs in by itself: what a file of agents holds. */
export interface AgentOptions {
  readonly key: BakeryKey | BakeryKeyText;
  readonly agents: readonly Agent[];
}

/**
 * A program logs in by itself, with a key that the third party knows. Takes also the text of a file of agents, as
 * `BAKERY_AGENT_FILE` names it.
 *
 * @throws MacaroonError when it is no such file, TypeError when a URL can't be one
 */
export function agent(options: AgentOptions | string): Interactor {
  const { key: pair, agents } = typeof options === 'string' ? readAgents(options) : options;
  const key = pair instanceof BakeryKey ? pair : BakeryKey.from(pair);
  const names = new Map(agents.map(({ url, username }) => [placeOf(url), username]));
  return {
    kind: 'agent',
    async interact(interaction) {
      const username = names.get(folderOf(interaction.location));
      if (username === undefined) return undefined;
      const url = interaction.askable(field(interaction.data, 'login-url'));
      url.searchParams.set('username', username);
      url.searchParams.set('public-key', base64(key.publicKey, 'standard'));
      const macaroon = field(await interaction.get(url), 'macaroon');
      if (macaroon === undefined) throw interaction.failure('the third party gives no macaroon to discharge');
      const slice = await interaction.discharge(BakeryMacaroon.from(macaroon), key);
      return { kind: 'agent', value: Macaroon.sliceToBinary(slice) };
    },
    async interactOfOld(interaction, visit) {
      const username = names.get(folderOf(interaction.location));
      if (username === undefined) return false;
      const body = { username, public_key: base64(key.publicKey, 'standard') };
      const answer = await interaction.post(interaction.askable(visit.href), body, { key });
      if (field(answer, 'agent_login') !== true)
        throw interaction.failure('the third party takes no such agent');
      return true;
    },
  };
}

function placeOf(text: string): string {
  const url = URL.parse(text);
  if (url === null) throw new TypeError(`an agent's url must be absolute, not ${JSON.stringify(text)}`);
  return folderOf(url);
}

function readAgents(text: string): AgentOptions {
  const file = parsed(text);
  const { key, agents } = isObject(file) ? file : {};
  if (!isObject(key) || typeof key['public'] !== 'string' || typeof key['private'] !== 'string') {
    throw wrong('`key` with `public` and `private` is missing');
  }
  if (!Array.isArray(agents)) throw wrong('`agents`, a list, is missing');
  return { key: { public: key['public'], private: key['private'] }, agents: agents.map(agentOf) };
}

function agentOf(entry: unknown): Agent {
  const { url, username } = isObject(entry) ? entry : {};
  if (typeof url === 'string' && typeof username === 'string') return { url, username };
  throw wrong('one of `agents` has no `url` and `username`');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would repeat some of the key.
    throw wrong('it is not JSON');
  }
}

function wrong(why: string): MacaroonError {
  return new MacaroonError(`a file of agents: ${why}`);
}
