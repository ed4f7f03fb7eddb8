import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';

/** The parts of `@canonical/jujulib` that are used here. */
interface JujuLib {
  connectAndLogin(
    url: string,
    options: {
      readonly facades: readonly unknown[];
      readonly wsclass: unknown;
      readonly closeCallback: () => void;
    },
    credentials: { readonly username: string; readonly password: string },
  ): Promise<{ readonly conn: { readonly facades: Facades } }>;
}

interface Facades {
  readonly client: { fullStatus(params: { readonly patterns: readonly string[] }): Promise<unknown> };
  readonly modelManager: {
    modelInfo(params: { readonly entities: readonly { readonly tag: string }[] }): Promise<unknown>;
  };
}

/** The client of Juju that is on npm, logged in. Its own documentation has it over the package `websocket`. */
export async function jujuLib(url: string, over: 'websocket' | 'ws'): Promise<Facades> {
  const { connectAndLogin }: JujuLib = await import(import.meta.resolve('@canonical/jujulib'));
  const facades = await Promise.all(['client', 'model-manager'].map(facade));
  const wsclass = over === 'ws' ? WebSocket : await w3cWebSocket();
  const options = { facades, wsclass, closeCallback: () => {} };
  const { conn } = await connectAndLogin(url, options, { username: 'admin', password: 'no-secret' });
  return conn.facades;
}

async function facade(name: string): Promise<unknown> {
  const file = import.meta.resolve(`@canonical/jujulib/dist/api/facades/${name}/index.js`);
  const { default: versions }: { readonly default: unknown } = await import(file);
  return versions;
}

async function w3cWebSocket(): Promise<unknown> {
  const { resolve } = createRequire(import.meta.resolve('@canonical/jujulib'));
  const { default: websocket }: { readonly default: { readonly w3cwebsocket: unknown } } = await import(
    pathToFileURL(resolve('websocket')).href
  );
  return websocket.w3cwebsocket;
}
