import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '../core/schemas.ts';
import { Refusal, type Reply } from '../core/service.ts';
import type { Master } from './deployment.ts';
import { runLowstate } from './netapi.ts';
import { tarOf } from './tar.ts';

/**
 * Makes keys for a minion, accepts them and hands them out. Whatever goes wrong is a defect to rest_cherrypy, bad
 * credentials too.
 */
export async function newKeys(master: Master, given: JsonObject): Promise<Reply> {
  const { mid, keysize = 2048, force = false, ...proof } = given;
  if (typeof mid !== 'string') throw new Refusal(500, '', '');
  const kwarg = { id_: mid, keysize, force };
  await runLowstate(master, [{ ...proof, client: 'wheel', fun: 'key.gen_accept', arg: [], kwarg }]).catch(
    () => {
      throw new Refusal(500, '', '');
    },
  );
  master.keys.set(mid, 'minions');
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: Number(keysize),
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return {
    data: tarOf({ 'minion.pub': publicKey, 'minion.pem': privateKey }),
    headers: {
      'content-type': 'application/x-tar',
      'content-disposition': `attachment; filename="saltkeys-${mid.replace(/[^\w.-]/g, '_')}.tar"`,
    },
  };
}
