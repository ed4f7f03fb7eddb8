import { isObject } from '../../json/is-object.ts';
import { base64, concat, fromBase64, hex } from '../macaroon/bytes.ts';
import { MacaroonError } from '../macaroon/error.ts';
import type { MacaroonJson } from '../macaroon/json.ts';
import { Macaroon, type MacaroonOptions } from '../macaroon/macaroon.ts';
import { uvarint } from '../macaroon/reader.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { sealPayload } from './caveat-payload.ts';
import type { BakeryKey } from './key.ts';

/** What servers and clients of the bakery can do. 0 and 1 have macaroons of version 1, 2 and 3 those of version 2. */
export type BakeryVersion = 0 | 1 | 2 | 3;

/** What a macaroon of the bakery is made from. */
export interface BakeryMacaroonOptions extends Omit<MacaroonOptions, 'version'> {
  /** Default 3. */
  readonly version?: BakeryVersion | undefined;
  /** The words that conditions may be made of. Default `std:`, those of the bakery itself. */
  readonly namespace?: string | undefined;
  /** Of a discharge in version 3: the id of the caveat that it is for, so that ids don't clash. */
  readonly idPrefix?: Uint8Array | undefined;
}

/** A third party, and what it can do. */
export interface ThirdParty {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly version: BakeryVersion;
}

/** What a third party is to check. */
export interface CaveatRequest {
  /** Where the third party is. */
  readonly location: string;
  readonly thirdParty: ThirdParty;
  readonly condition: string;
  /** Our own: of who makes the caveat. */
  readonly key: BakeryKey;
}

/** The JSON of version 3. */
export interface BakeryMacaroonJson {
  readonly m: MacaroonJson;
  readonly v: 3;
  /** Payloads by ids of caveats, all in base64. */
  readonly cdata?: Readonly<Record<string, string>>;
  readonly ns: string;
}

interface Parts {
  readonly macaroon: Macaroon;
  readonly version: BakeryVersion;
  readonly namespace: string;
  /** By ids in hexadecimal, as servers write base64 differently. */
  readonly payloads: ReadonlyMap<string, Uint8Array>;
  readonly idPrefix: Uint8Array;
}

const idOfVersion3 = Uint8Array.of(3);

/** A macaroon with what its third parties are to be told, which in version 3 is not in the macaroon itself. It never changes. */
export class BakeryMacaroon {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static create(options: BakeryMacaroonOptions): BakeryMacaroon {
    const { version = 3, namespace = 'std:', idPrefix = idOfVersion3, ...rest } = options;
    const macaroon = Macaroon.create({ ...rest, version: version < 2 ? 1 : 2 });
    return new BakeryMacaroon({ macaroon, version, namespace, payloads: new Map(), idPrefix });
  }

  /**
   * Reads the JSON of version 3, or a macaroon alone, which is all that there is in the versions before.
   *
   * @throws MacaroonError when it is neither
   */
  static from(json: unknown): BakeryMacaroon {
    if (json instanceof BakeryMacaroon) return json;
    if (!isObject(json) || !Object.hasOwn(json, 'm')) {
      const macaroon = json instanceof Macaroon ? json : Macaroon.from(json);
      return BakeryMacaroon.#of(macaroon, macaroon.version, new Map(), 'std:');
    }
    const { v, ns, m } = json;
    if (v !== 3) throw wrong(`version ${JSON.stringify(v)} is not known; 3 is`);
    if (ns !== undefined && ns !== null && typeof ns !== 'string') throw wrong('ns must be a text');
    const macaroon = Macaroon.from(m);
    if (macaroon.version !== 2) throw wrong('its macaroon is of version 1, which version 3 cannot hold');
    return BakeryMacaroon.#of(macaroon, 3, payloadsOf(json['cdata'] ?? {}), ns ?? '');
  }

  static #of(
    macaroon: Macaroon,
    version: BakeryVersion,
    payloads: ReadonlyMap<string, Uint8Array>,
    namespace: string,
  ): BakeryMacaroon {
    return new BakeryMacaroon({ macaroon, version, namespace, payloads, idPrefix: idOfVersion3 });
  }

  get macaroon(): Macaroon {
    return this.#parts.macaroon;
  }

  get version(): BakeryVersion {
    return this.#parts.version;
  }

  /** Prefixes by URI, as `uri:prefix`, with spaces in between. */
  get namespace(): string {
    return this.#parts.namespace;
  }

  /** What the third party of a caveat is to be told, when it isn't the id itself. */
  payloadOf(id: Uint8Array): Uint8Array | undefined {
    return this.#parts.payloads.get(hex(id))?.slice();
  }

  /** With one more condition that the service itself checks. */
  addFirstParty(condition: string): BakeryMacaroon {
    return new BakeryMacaroon({ ...this.#parts, macaroon: this.macaroon.addFirstParty(condition) });
  }

  /** With one more condition that a third party checks, sealed for it, in the highest version that both know. */
  async addThirdParty({ location, thirdParty, condition, key }: CaveatRequest): Promise<BakeryMacaroon> {
    const common = Math.min(this.version, thirdParty.version);
    const version = common < 2 ? 1 : common === 2 ? 2 : 3;
    const rootKey = new Uint8Array(nodeCrypto().randomBytes(24));
    const payload = await sealPayload({
      version,
      condition,
      rootKey,
      namespace: this.namespace,
      key,
      thirdPartyKey: thirdParty.publicKey,
    });
    const isExternal = this.version === 3;
    const id = isExternal ? this.#nextId() : payload;
    const payloads = new Map(this.#parts.payloads);
    if (isExternal) payloads.set(hex(id), payload);
    const macaroon = await this.macaroon.addThirdParty({ rootKey, id, location });
    return new BakeryMacaroon({ ...this.#parts, macaroon, payloads });
  }

  /** Short, and like no other in this macaroon. */
  #nextId(): Uint8Array {
    const { macaroon, idPrefix } = this.#parts;
    const taken = new Set(macaroon.caveats.map(({ id }) => hex(id)));
    for (let count = this.#parts.payloads.size; ; count += 1) {
      const id = concat(idPrefix, uvarint(count));
      if (!taken.has(hex(id))) return id;
    }
  }

  /** With version 3 all of it, before that the macaroon. */
  toJSON(): BakeryMacaroonJson | MacaroonJson {
    const { macaroon, version, payloads, namespace } = this.#parts;
    if (version !== 3) return macaroon.toJSON();
    const cdata = Object.fromEntries(
      Array.from(payloads, ([id, payload]) => [
        base64(new Uint8Array(Buffer.from(id, 'hex')), 'url'),
        base64(payload, 'url'),
      ]),
    );
    return { m: macaroon.toJSON(), v: 3, ...(payloads.size > 0 && { cdata }), ns: namespace };
  }
}

function payloadsOf(cdata: unknown): ReadonlyMap<string, Uint8Array> {
  if (!isObject(cdata)) throw wrong('cdata must be an object');
  const payloads = new Map<string, Uint8Array>();
  for (const [key, value] of Object.entries(cdata)) {
    const id = fromBase64(key);
    const payload = typeof value === 'string' ? fromBase64(value) : undefined;
    if (id === undefined || payload === undefined) throw wrong('cdata holds something that is not base64');
    if (payloads.has(hex(id))) throw wrong('cdata holds two payloads of one caveat');
    payloads.set(hex(id), payload);
  }
  return payloads;
}

function wrong(why: string): MacaroonError {
  return new MacaroonError(`a bakery macaroon: ${why}`);
}
