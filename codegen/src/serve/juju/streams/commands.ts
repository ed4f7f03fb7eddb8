import { isObject, type JsonObject } from '../../core/schemas.ts';
import { asFailure, Failure, failureJson } from '../failures.ts';
import { slicesIn } from '../login/bakery.ts';
import { identify, MacaroonNeeded } from '../login/identify.ts';
import { parseExactly } from '../rpc/numbers.ts';
import { tagOf } from '../tags.ts';
import { list, text, texts } from '../values.ts';
import type { Stream } from './stream.ts';

/** The few commands that a stand-in knows. No command is ever run. */
const known: Readonly<Record<string, (stream: Stream) => readonly string[]>> = {
  version: ({ controller }) => [`${controller.settings.version}-ubuntu-amd64`],
  whoami: ({ controller, model }) => [
    `Controller:  ${controller.settings.name}`,
    `Model:       ${model.name}`,
  ],
  status: ({ controller, model }) => [
    'Model    Controller  Cloud/Region  Version',
    `${model.name}  ${controller.settings.name}  ${model.cloud}/${model.region}  ${controller.settings.version}`,
    ...[...model.applications.values()].map(({ name, units }) => `${name}  ${units.size}`),
  ],
  models: ({ controller }) => [...controller.models.values()].map(({ name }) => name),
};

/** Takes lists of commands, and answers each with what they say and that they are done. */
export function runCommands(stream: Stream): void {
  const { socket, send } = stream;
  send({});
  socket.on('message', (data) => {
    run(stream, String(data)).then(
      () => send({ done: true }),
      (error: unknown) => send({ done: true, error: failureJson(asFailure(error)) }),
    );
  });
}

async function run(stream: Stream, message: string): Promise<void> {
  const request = requestIn(message);
  const { controller, send } = stream;
  const user = text(request, 'user');
  const claim = {
    tag: user === '' ? '' : tagOf('user', user.replace(/^user-/, '')),
    password: text(request, 'credentials'),
    nonce: '',
    macaroons: slicesIn(list(request, 'macaroons')),
  };
  try {
    await identify(controller, claim);
  } catch (error) {
    throw error instanceof MacaroonNeeded ? new Failure('login failed', 'unauthorized access') : error;
  }
  for (const command of texts(request, 'commands')) {
    const [word = ''] = command
      .trim()
      .replace(/^juju\s+/, '')
      .split(/\s+/);
    const lines = Object.hasOwn(known, word) ? known[word] : undefined;
    if (lines === undefined)
      throw new Failure(`juju: ${JSON.stringify(word)} is not a juju command. See "juju --help".`);
    send({ output: [...lines(stream)] });
  }
}

function requestIn(message: string): JsonObject {
  try {
    const value = parseExactly(message);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new Failure('cannot read commands', 'bad request');
}
