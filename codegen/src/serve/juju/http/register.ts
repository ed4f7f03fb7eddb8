import { randomBytes } from 'node:crypto';
import { jsonIn } from '../../core/http.ts';
import { isObject, type JsonObject } from '../../core/schemas.ts';
import { openSecret, sealSecret } from '../bakery/box.ts';
import { macaroonJson } from '../bakery/formats.ts';
import { Failure } from '../failures.ts';
import { loginMacaroon } from '../login/bakery.ts';
import { parseTag } from '../tags.ts';
import { text } from '../values.ts';
import { answered, type Routes, refused } from './reply.ts';

export const registerRoutes: Routes = {
  health: ({ controller: { health } }) => ({
    status: health === 'running' ? 200 : 503,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    data: `${health}\n`,
  }),

  /** A user who was added without a password sets one, sealed with the key that came of it. */
  async register({ controller, request }) {
    try {
      const given = jsonIn(request);
      const sent: JsonObject = isObject(given) ? given : {};
      const user = controller.users.get(parseTag(text(sent, 'user'), 'user').id);
      const key = user?.secretKey;
      if (user === undefined || key === undefined)
        throw new Failure('secret key for user not found', 'not found');
      const opened = await openSecret(key, bytes(sent, 'nonce'), bytes(sent, 'cipher-text'));
      if (opened === undefined) throw new Failure('secret key not valid', 'not valid');
      const secret: unknown = JSON.parse(Buffer.from(opened).toString());
      const password =
        typeof secret === 'object' && secret !== null && 'password' in secret ? secret.password : '';
      if (typeof password !== 'string' || password === '')
        throw new Failure('password not provided', 'bad request');
      user.password = password;
      user.secretKey = undefined;
      const { certificates, uuid } = controller.settings;
      const told = JSON.stringify({ 'ca-cert': certificates?.caCert ?? '', 'controller-uuid': uuid });
      const nonce = randomBytes(24);
      const sealed = await sealSecret(key, nonce, Buffer.from(told));
      const macaroon = loginMacaroon(controller, user.name);
      const value = Buffer.from(JSON.stringify([macaroonJson(macaroon)])).toString('base64');
      const name = `macaroon-${Buffer.from(macaroon.signature).toString('hex')}`;
      return answered({ nonce: base64(nonce), 'cipher-text': base64(sealed) }, 200, {
        'set-cookie': `${name}=${value}; Path=/`,
      });
    } catch (error) {
      return refused(error);
    }
  },
};

function bytes(from: JsonObject, name: string): Uint8Array {
  return Buffer.from(text(from, name), 'base64');
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64');
}
