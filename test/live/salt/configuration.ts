import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the tests need to know of how it is configured. */
export const sharedSecret = 'open-sesame';
export const filePassword = 'from-the-file';
export const minion = 'lighthouse';

/** The ports of the master's two sockets, and of its netapis. */
export interface Ports {
  readonly publish: number;
  readonly ret: number;
  readonly cherrypy: number;
  readonly tornado: number;
}

/** The clients of netapis, all of which a master refuses unless it is told otherwise. */
export const clients = [
  'local',
  'local_async',
  'local_batch',
  'local_subset',
  'runner',
  'runner_async',
  'ssh',
  'wheel',
  'wheel_async',
] as const;

export type Client = (typeof clients)[number];

/** Writes what a master and its minion are configured by, below `root`. */
export function configure(root: string, ports: Ports): void {
  for (const path of ['srv/pillar', 'sock', 'minion']) mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'users'), `filer:${filePassword}\n`);
  writeFileSync(join(root, 'roster'), '');
  for (const [file, text] of Object.entries(files(root))) writeFileSync(join(root, 'srv', file), text);
  configureMaster(root, ports);
  write(join(root, 'minion/minion'), [
    ...common(root, ports),
    `id: ${minion}`,
    'master: 127.0.0.1',
    `master_port: ${ports.ret}`,
    `pki_dir: ${join(root, 'pki/minion')}`,
    `cachedir: ${join(root, 'cache/minion')}`,
    `log_file: ${join(root, 'minion.log')}`,
    `pidfile: ${join(root, 'minion.pid')}`,
    'grains: { coast: north }',
    'acceptance_wait_time: 1',
    'recon_default: 500',
    'recon_max: 1000',
  ]);
}

/** The master's part, which an API reads once, when it starts. */
export function configureMaster(root: string, ports: Ports, enabled: readonly Client[] = clients): void {
  const all = "['.*', '@runner', '@wheel', '@jobs']";
  write(join(root, 'master'), [
    ...common(root, ports),
    'interface: 127.0.0.1',
    `ret_port: ${ports.ret}`,
    `pki_dir: ${join(root, 'pki/master')}`,
    `cachedir: ${join(root, 'cache/master')}`,
    `log_file: ${join(root, 'master.log')}`,
    `key_logfile: ${join(root, 'key.log')}`,
    `pidfile: ${join(root, 'master.pid')}`,
    'auto_accept: true',
    'worker_threads: 3',
    'timeout: 3',
    'gather_job_timeout: 10',
    // Otherwise an API without its master says so after minutes.
    'request_channel_timeout: 3',
    'request_channel_tries: 1',
    'token_expire_user_override: true',
    `file_roots: { base: ['${join(root, 'srv')}'] }`,
    `pillar_roots: { base: ['${join(root, 'srv/pillar')}'] }`,
    `nodegroups: { lights: 'L@${minion}' }`,
    `sharedsecret: ${sharedSecret}`,
    'external_auth:',
    `  sharedsecret: { tester: ${all}, limited: ['test.*'] }`,
    `  file: { ^filename: '${join(root, 'users')}', filer: ${all} }`,
    `netapi_enable_clients: [${enabled.join(', ')}]`,
    `rest_cherrypy: { port: ${ports.cherrypy}, host: 127.0.0.1, disable_ssl: true, collect_stats: true }`,
    `rest_tornado: { port: ${ports.tornado}, address: 127.0.0.1, disable_ssl: true, websockets: true }`,
  ]);
}

function common(root: string, ports: Ports): readonly string[] {
  return [
    `root_dir: ${root}`,
    `sock_dir: ${join(root, 'sock')}`,
    'transport: zeromq',
    `publish_port: ${ports.publish}`,
  ];
}

/** States and pillar values, by their file. */
function files(root: string): Readonly<Record<string, string>> {
  return {
    'lamp.sls': `lamp:\n  file.managed:\n    - name: ${join(root, 'lamp')}\n    - contents_pillar: lamp\n`,
    'dark.sls':
      'fuse:\n  test.fail_without_changes:\n    - comment: the fuse is blown\nswitch:\n  test.nop: []\n',
    'torn.sls': 'lamp:\n  file.managed:\n    - require\n    - - what\n',
    'top.sls': `base:\n  '${minion}':\n    - lamp\n`,
    'orchestrated.sls': `ping:\n  salt.function:\n    - name: test.ping\n    - tgt: '${minion}'\n`,
    'hello.sh': '#!/bin/sh\necho "hello $1"\n',
    'pillar/top.sls': `base:\n  '*':\n    - lamp\n`,
    'pillar/lamp.sls': 'role: beacon\nlamp: bright\nships: { tug: 2 }\n',
  };
}

function write(path: string, lines: readonly string[]): void {
  writeFileSync(path, `${lines.join('\n')}\n`);
}
