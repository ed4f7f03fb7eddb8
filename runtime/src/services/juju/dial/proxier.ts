/**
 * What is between here and a controller, and has to run for it to be reached. Used once: it is started, and stopped when the
 * session that it was given to is closed, or couldn't be opened.
 */
export interface Proxier {
  /** Its kind, as in the client store: `kubernetes-port-forward`. */
  readonly type: string;
  start(options?: ProxierStart): Promise<void>;
  /** Also of one that was never started. */
  stop(): Promise<void>;
  /** What `createProxier` made it of, in the keys of the client store. Holds secrets. */
  rawConfig(): Readonly<Record<string, unknown>>;
}

export interface ProxierStart {
  readonly signal?: AbortSignal | undefined;
  /** Whether the proxier takes any certificate, too. Default false. */
  readonly insecureSkipVerify?: boolean | undefined;
}

/** The controller is reached at the near end of a tunnel. */
export interface TunnelProxier extends Proxier {
  /** Once it is started. */
  readonly host: string;
  readonly port: number;
}

export function isTunnel(proxier: Proxier): proxier is TunnelProxier {
  return 'host' in proxier && 'port' in proxier;
}

/** A proxier as `controllers.yaml` has it under `proxy-config`, and the answer to a registration. */
export interface ProxierConfig {
  readonly type: string;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** Makes proxiers of one kind. @throws TypeError when something is missing */
export type ProxierMaker = (config: Readonly<Record<string, unknown>>) => Proxier | Promise<Proxier>;
