/**
 * A controller without TLS that lets everybody in and knows two calls: `ModelManager.ModelInfo` is answered with about
 * 1 KB, and `Client.FullStatus` with 20 MB. Answers are made beforehand, and those to requests that came together leave
 * together, so that it is never what limits a client.
 */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { listen } from './listen.ts';

const uuid = 'b2a1f8f0-5c0e-4d36-8a3b-0d4f2f5c7e11';
const since = '2026-11-20T09:30:12.345678901Z';
const units = 15_000;
const unitsAnApplication = 30;

const login = {
  'controller-tag': `controller-${uuid}`,
  'server-version': '4.0.15',
  servers: [],
  facades: [
    { name: 'Client', versions: [7, 8] },
    { name: 'ModelManager', versions: [9, 10, 11] },
    { name: 'Pinger', versions: [1] },
  ],
  'user-info': {
    'display-name': '',
    identity: 'user-admin',
    'controller-access': 'superuser',
    'model-access': '',
  },
};

const modelInfo = {
  name: 'web',
  type: 'iaas',
  uuid,
  'controller-uuid': uuid,
  'is-controller': false,
  'provider-type': 'openstack',
  'cloud-tag': 'cloud-rack',
  'cloud-region': 'north',
  'cloud-credential-tag': 'cloudcred-rack_admin_default',
  'cloud-credential-validity': true,
  qualifier: 'admin',
  life: 'alive',
  status: { status: 'available', info: '', since },
  users: ['admin', 'ci'].map((user) => ({
    user,
    'display-name': '',
    'last-connection': since,
    access: 'admin',
    'model-tag': `model-${uuid}`,
  })),
  machines: [
    {
      id: '0',
      hardware: { arch: 'amd64', mem: 8_192, 'root-disk': 40_960, cores: 4 },
      'instance-id': 'vm-0',
    },
  ],
  'secret-backends': [],
  'agent-version': '4.0.15',
  'supported-features': [{ name: 'juju', description: 'the version of Juju', version: '4.0.15' }],
};

const status = (state: string, info: string) => ({
  status: state,
  info,
  data: {},
  since,
  kind: '',
  version: '',
  life: '',
});

function unit(number: number): object {
  return {
    'agent-status': { ...status('idle', ''), version: '4.0.15' },
    'workload-status': status('active', 'Unit is ready: 3 requests a second'),
    'workload-version': '1.26.3',
    machine: String(number),
    'opened-ports': ['80/tcp', '443/tcp'],
    'public-address': `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
    charm: '',
    subordinates: {
      [`agent/${number}`]: {
        'agent-status': { ...status('idle', ''), version: '4.0.15' },
        'workload-status': status('active', 'Node is watched'),
        'workload-version': '0.41',
        machine: '',
        'opened-ports': null,
        'public-address': '',
        charm: 'ch:amd64/agent-12',
        subordinates: null,
      },
    },
    leader: number % unitsAnApplication === 0,
  };
}

function application(number: number): object {
  const first = number * unitsAnApplication;
  const names = Array.from({ length: unitsAnApplication }, (_, index) => first + index);
  return {
    charm: 'ch:amd64/web-42',
    'charm-version': '',
    'charm-profile': '',
    'charm-channel': 'stable',
    'charm-rev': 42,
    base: { name: 'ubuntu', channel: '24.04/stable' },
    exposed: false,
    life: '',
    relations: { database: ['db'], cache: null },
    'can-upgrade-to': '',
    'subordinate-to': [],
    units: Object.fromEntries(names.map((name) => [`web${number}/${name}`, unit(name)])),
    status: status('active', ''),
    'workload-version': '1.26.3',
    'endpoint-bindings': { '': 'alpha', database: 'alpha' },
    'public-address': '',
  };
}

function fullStatus(): object {
  const numbers = Array.from({ length: units / unitsAnApplication }, (_, index) => index);
  return {
    model: {
      name: 'web',
      type: 'iaas',
      'cloud-tag': 'cloud-rack',
      version: '4.0.15',
      'model-status': status('available', ''),
    },
    machines: {},
    applications: Object.fromEntries(numbers.map((number) => [`web${number}`, application(number)])),
    'remote-applications': {},
    offers: {},
    relations: [],
    'controller-timestamp': since,
    branches: {},
  };
}

const answers: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Login: login,
    Ping: {},
    ModelInfo: { results: [{ result: modelInfo }] },
    FullStatus: fullStatus(),
  }).map(([method, answer]) => [method, JSON.stringify(answer)]),
);

interface Asked {
  readonly 'request-id': number;
  readonly request: string;
}

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (webSocket, { socket }) => {
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    socket.uncork();
  };
  webSocket.on('message', (data) => {
    const asked: Asked = JSON.parse(String(data));
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      setImmediate(uncork);
    }
    const answer = answers.get(asked.request) ?? '{}';
    webSocket.send(`{"request-id":${asked['request-id']},"response":${answer}}`);
  });
});

listen(server);
