import type { JujuStandIn } from '@fairlead/codegen/serve';
import macaroon from 'macaroon';
import { jsonOf } from './signed.ts';

/** As a bakery wraps it, or plain. */
export interface Demand {
  readonly m?: object;
  readonly cdata?: Readonly<Record<string, string>>;
}

/** What somebody else is to vouch for. */
export interface ThirdParty {
  readonly location: string;
  readonly id: Uint8Array;
}

/** How somebody shows to a discharger who it is. */
export interface Proof {
  readonly token?: string;
  readonly token64?: string;
  readonly 'token-kind': string;
}

/** Asks a discharger, as clients of the third version do. The server is one without TLS. */
export async function discharge(
  { location, id }: ThirdParty,
  demand: Demand,
  proof?: Proof,
): Promise<Response> {
  const id64 = Buffer.from(id).toString('base64url');
  const caveat64 = demand.cdata?.[id64];
  const fields = { id64, ...(caveat64 !== undefined && { caveat64 }), ...proof };
  return await fetch(`${location}/discharge`, {
    method: 'POST',
    headers: { 'bakery-protocol-version': '3' },
    body: new URLSearchParams(fields),
  });
}

/** A macaroon with its discharge, which is bound, as JSON: done with npm's macaroon, which shares nothing with us. */
export async function discharged(demand: Demand, proof?: Proof): Promise<readonly object[]> {
  const primary = macaroon.importMacaroon(demand.m ?? demand);
  const response = await discharge(thirdPartyOf(demand), demand, proof);
  const told = await jsonOf<{ Macaroon?: Demand; Message?: string }>(response);
  if (told.Macaroon === undefined) throw new Error(told.Message);
  const found = macaroon.importMacaroon(told.Macaroon.m ?? told.Macaroon);
  found.bindToRoot(primary.signature);
  return [primary.exportJSON(), found.exportJSON()];
}

/** The caveat that is to be discharged. */
export function thirdPartyOf(demand: Demand): ThirdParty {
  const json: Caveats = demand.m ?? demand;
  const found = [...(json.caveats ?? []), ...(json.c ?? [])].find(({ cl, l }) => (cl ?? l) !== undefined);
  const location = found?.cl ?? found?.l;
  if (found === undefined || location === undefined) throw new Error('nobody is to discharge it');
  const { cid, i, i64 } = found;
  return { location, id: i64 === undefined ? Buffer.from(cid ?? i ?? '') : Buffer.from(i64, 'base64') };
}

/** Of either version. */
interface Caveats {
  readonly caveats?: readonly Caveat[];
  readonly c?: readonly Caveat[];
}

interface Caveat {
  readonly cid?: string;
  readonly cl?: string;
  readonly i?: string;
  readonly i64?: string;
  readonly l?: string;
  readonly v64?: string;
}

/** A macaroon of the second version, as JSON. */
interface Parts extends Caveat {
  readonly c?: readonly Caveat[];
  readonly s64?: string;
}

/** The binary of version 2, of a macaroon that is short. What npm's macaroon makes of some has no end. */
export function binaryOf(one: Parts): Buffer {
  const field = (type: number, data: Uint8Array) => Buffer.concat([Buffer.of(type, data.length), data]);
  const id = (of: Caveat) =>
    field(2, of.i64 === undefined ? Buffer.from(of.i ?? '') : Buffer.from(of.i64, 'base64'));
  const location = (of: Caveat) => (of.l === undefined ? Buffer.alloc(0) : field(1, Buffer.from(of.l)));
  const end = Buffer.of(0);
  const caveats = (one.c ?? []).map((caveat) =>
    Buffer.concat([
      location(caveat),
      id(caveat),
      ...(caveat.v64 === undefined ? [] : [field(4, Buffer.from(caveat.v64, 'base64'))]),
      end,
    ]),
  );
  const signature = Buffer.from(one.s64 ?? '', 'base64');
  return Buffer.concat([Buffer.of(2), location(one), id(one), end, ...caveats, end, field(6, signature)]);
}

/** What the form of the discharger gives for a password. */
export async function tokenOf(server: JujuStandIn, query = ''): Promise<Proof> {
  const { username: user, password } = server.credentials;
  const response = await fetch(`${server.url}/auth/form${query}`, {
    method: 'POST',
    body: JSON.stringify({ form: { user, password } }),
  });
  const { token } = await jsonOf<{ token: { kind: string; value: string } }>(response);
  return { token: Buffer.from(token.value, 'base64').toString(), 'token-kind': token.kind };
}
