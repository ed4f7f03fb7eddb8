import type { Auth, Refusal } from '../../auth/auth.ts';
import { Eauth } from '../../auth/eauth.ts';
import { createEndpoint, type EndpointSettings, type HttpEndpoint } from '../../http/endpoint.ts';
import type { Transport } from '../../http/transport.ts';
import { type ResolvedOptions, resolveOptions } from '../../options.ts';
import type { Clock } from '../../time/clock.ts';
import { readSaltError } from './error-body.ts';
import { NetapiError } from './errors.ts';
import { openEventSocket, openEventStream } from './event-source.ts';
import type { EventSource, ListenOptions } from './listener.ts';
import { type Credentials, credentialsOf, logIn, logOut, masterToken, reveal } from './login.ts';
import { isSentToLogin } from './lowstate.ts';
import { detectNetapi, type Netapi, netapis } from './netapi.ts';
import type { SaltOptions } from './options.ts';
import { meaningOf } from './words.ts';

/** What sessions with the same API and the same user share: which netapi it is, and the token. */
export class Connection {
  readonly #options: SaltOptions;
  readonly #baseUrl: string;
  readonly #transport: Transport;
  readonly #resolved: ResolvedOptions;
  #detected: Promise<Netapi> | undefined;
  #isClosed = false;
  /** Present where there may be a login. */
  readonly eauth: Eauth | undefined;
  /** Present where the options hold any. */
  readonly credentials: Credentials | undefined;

  constructor(options: SaltOptions, baseUrl: string, transport: Transport, clock: Clock) {
    this.#options = options;
    this.#baseUrl = baseUrl;
    this.#transport = transport;
    this.#resolved = resolveOptions(options);
    const credentials = credentialsOf(options);
    this.credentials = credentials;
    const { credentialsIn = 'session', token, netapi } = options;
    if (
      credentials !== undefined &&
      token === undefined &&
      credentialsIn === 'session' &&
      netapi !== 'wsgi'
    ) {
      const login = () => logIn(this.endpoint('salt-api', undefined), credentials);
      this.eauth = new Eauth({ logIn: login, now: () => clock.now(), mayHelp });
    }
  }

  /** The netapi that answers, which is asked about once. */
  netapi(): Promise<Netapi> {
    const { netapi = 'auto' } = this.#options;
    if (netapi !== 'auto') return Promise.resolve(netapi);
    this.#detected ??= detectNetapi(this.#endpoint('salt-api', undefined)).catch((error: unknown) => {
      this.#detected = undefined;
      throw error;
    });
    return this.#detected;
  }

  /**
   * An endpoint of the API. `options` are those of a session; a login and the like go by those of the first one.
   *
   * @throws Error when the session was closed, since nobody would log out again
   */
  endpoint(
    service: string,
    auth: EndpointSettings['auth'],
    options?: ResolvedOptions,
    asked?: string,
  ): HttpEndpoint {
    if (this.#isClosed) throw new Error('the session was closed: make another one with salt()');
    return this.#endpoint(service, auth, options, asked);
  }

  #endpoint(
    service: string,
    auth: EndpointSettings['auth'],
    options = this.#resolved,
    asked?: string,
  ): HttpEndpoint {
    return createEndpoint({
      service,
      asked,
      baseUrl: this.#baseUrl,
      transport: this.#transport,
      options,
      auth,
      readError: readSaltError,
    });
  }

  /** What signs the calls of a netapi: the token of a session, or of the master where that is the same. */
  authOf(netapi: Netapi): Auth | undefined {
    if (netapi === 'wsgi') return undefined;
    const { token } = this.#options;
    if (this.eauth !== undefined || token === undefined || netapi !== 'tornado') return this.eauth;
    return { sign: async () => ({ 'x-auth-token': await reveal(token) }) };
  }

  /** Opens the stream of events, in the way that the netapi and the credentials at hand allow. */
  async openEvents(
    { over = 'sse', idleTimeoutMs }: ListenOptions,
    signal: AbortSignal,
  ): Promise<EventSource> {
    const netapi = await this.netapi();
    if (!netapis[netapi].events) {
      throw new NetapiError(
        'rest_wsgi has no events: use rest_cherrypy, or follow jobs by polling, as start() does here by itself',
      );
    }
    const token = await this.eauth?.token();
    const ended = () => {
      if (token !== undefined) this.eauth?.drop(token);
    };
    const open = async () =>
      over === 'websocket'
        ? await this.#openSocket(netapi, signal)
        : await openEventStream(await this.#eventEndpoint(netapi), signal, idleTimeoutMs);
    const source = await open().catch((error: unknown) => {
      if (token === undefined || !isSentToLogin(error)) throw error;
      ended();
      return open();
    });
    return { ...source, ended };
  }

  /**
   * Ends the session with the API, if there is one, and is of no use afterwards. That it couldn't be ended is of no use to
   * anyone: it ends by itself.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    const token = this.eauth?.take();
    if (token === undefined || (await this.netapi().catch(() => undefined)) !== 'cherrypy') return;
    await logOut(this.#endpoint('salt-api', undefined), token).catch(() => undefined);
  }

  async #eventEndpoint(netapi: Netapi): Promise<HttpEndpoint> {
    const auth = this.authOf(netapi);
    if (auth !== undefined || this.credentials === undefined) return this.endpoint('salt-api', auth);
    // What isn't the token of a session is taken for one of the master.
    const token = await this.#masterToken(this.credentials, netapi);
    return this.endpoint('salt-api', { sign: () => ({ 'x-auth-token': token }) });
  }

  async #masterToken(credentials: Credentials, netapi: Netapi): Promise<string> {
    const { token } = this.#options;
    if (token !== undefined) return await reveal(token);
    const ask = netapi === 'tornado' ? logIn : masterToken;
    return (await ask(this.endpoint('salt-api', undefined), credentials)).token;
  }

  async #openSocket(netapi: Netapi, signal: AbortSignal): Promise<Omit<EventSource, 'ended'>> {
    const token = await this.#socketToken(netapi);
    const tornado = netapi === 'tornado';
    const place = {
      baseUrl: this.#baseUrl,
      route: tornado ? `/all_events/${encodeURIComponent(token)}` : '/ws',
      shown: tornado ? '/all_events/***' : '/ws',
      headers: tornado ? {} : { 'x-auth-token': token },
      connection: this.#options.connection,
    };
    try {
      return await openEventSocket(place, signal);
    } catch (error) {
      // A handshake that is refused doesn't say why: the token may be over.
      this.eauth?.drop(token);
      throw error;
    }
  }

  async #socketToken(netapi: Netapi): Promise<string> {
    if (this.eauth !== undefined) return await this.eauth.token();
    if (netapi === 'tornado' && this.credentials !== undefined) {
      return await this.#masterToken(this.credentials, netapi);
    }
    throw new NetapiError(
      'a WebSocket of rest_cherrypy needs a session: give username, password and eauth, or listen over SSE',
    );
  }
}

/** A lack of rights is also told by 401, and isn't mended by a new token. */
function mayHelp({ body }: Refusal): boolean {
  return typeof body !== 'string' || meaningOf(body)?.category !== 'forbidden';
}
