import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { serve } from '@fairlead/codegen/serve';
import { type Exchange, exchanges } from '../recordings/juju-rpc.ts';
import { Caller } from './juju-caller.ts';

const notImplemented = (error: string) => ({ error, 'error-code': 'not implemented', response: {} });

/** Where a controller says more than the RPC server alone, which knows no versions, and where it hasn't got the facade. */
const otherwise: Readonly<Record<string, object>> = {
  'unknown facade': { 'request-id': 4, ...notImplemented('unknown facade type "Nope"') },
  'lower-case method': {
    'request-id': 5,
    ...notImplemented('unknown method "ping" at version 1 for facade type "Pinger"'),
  },
  'v0 style': {
    RequestId: 1,
    Error: 'unknown version 0 for facade type "Pinger"',
    ErrorCode: 'not implemented',
    Response: {},
  },
};

/** The recorded server had this facade for the purpose: a stand-in hasn't got it. */
const isOfThing = ({ sent: [first = ''] }: Exchange) =>
  first.includes('"Thing"') && !first.includes('"Slow"');

/** A call that takes its time, and a password that is wrong: without one, a controller asks for a macaroon. */
const adapted = (text: string) =>
  text
    .replace('"Thing","request":"Slow","version":1', '"Client","request":"FullStatus","version":8')
    .replace('"user-bad"', '"user-bad","credentials":"y"');

const beforeLogin = new Set(['login ok', 'login bad', 'redirect', 'admin with id']);

for (const exchange of exchanges) {
  const { name, sent, received, closed } = exchange;
  test(`a stand-in answers as recorded: ${name}`, async () => {
    // The password of the recorded login.
    const users = [{ username: 'admin', password: 'x' }] as const;
    await using server = await serve('juju', { release: '3.6', tls: false, users });
    server.fail({ match: { service: 'Client', method: 'FullStatus' }, hang: true });
    if (name === 'redirect') server.control.redirect({ kind: 'migrated', servers: [], caCert: 'CA' });
    const caller = beforeLogin.has(name) ? await Caller.connect(server) : await Caller.loggedIn(server);
    const before = caller.received.length;
    for (const text of sent) caller.send(adapted(text));

    if (closed !== undefined) {
      if (sent.length === 0) caller.socket.close(1000);
      assert.equal(await caller.closed, closed.code);
      assert.equal(caller.received.length, before);
      return;
    }
    while (caller.received.length < before + received.length) await once(caller.socket, 'message');
    // One more shows that nothing else comes, and that the connection lives on.
    await caller.call('Pinger', 1, 'Ping');
    const answers = caller.received
      .slice(before, -1)
      .map((text): Record<string, unknown> => JSON.parse(text));
    const expected = received.map((text): Record<string, unknown> => JSON.parse(text));
    if (name === 'login ok') {
      const told = new Set(Object.keys(answers[0]?.['response'] ?? {}));
      for (const key of Object.keys(expected[0]?.['response'] ?? {})) assert.ok(told.has(key), key);
    } else if (isOfThing(exchange)) {
      const thing = notImplemented('unknown facade type "Thing"');
      assert.deepEqual(answers, [{ 'request-id': expected[0]?.['request-id'], ...thing }]);
    } else {
      assert.deepEqual(answers, name in otherwise ? [otherwise[name]] : expected);
    }
    await caller.close();
  });
}
