import type { ConsulTypes } from '@fairlead/consul';
import { certificate } from '../../servers/certificate.ts';
import type { LiveAgent } from './agent.ts';

type Entry = ConsulTypes.ConfigEntryInput;

interface Sample {
  /** The first version that takes it. */
  readonly since: string;
  readonly entry: Entry;
  /** What must be there before. */
  readonly needs?: readonly Entry[];
}

/** One entry of each kind that an agent takes from its clients. */
export function entriesOf(agent: LiveAgent): readonly Sample[] {
  const web = agent.name('web');
  const gateway = agent.name('gateway');
  const http: Entry = { Kind: 'service-defaults', Name: web, Protocol: 'http' };
  const Meta = { owner: agent.prefix };
  // Since 1.11.
  const headers = agent.isAtLeast('1.11') && { RequestHeaders: { Set: { 'x-a': '1' } } };
  return [
    {
      since: '1.5',
      entry: {
        Kind: 'service-defaults',
        Name: `${web}-all`,
        Protocol: 'http',
        Meta,
        ExternalSNI: 'web.example.com',
        MeshGateway: { Mode: 'local' },
        Mode: 'transparent',
        TransparentProxy: { OutboundListenerPort: 15_001, DialedDirectly: true },
        Expose: { Paths: [{ Path: '/health', ListenerPort: 21_500, LocalPathPort: 8080, Protocol: 'http' }] },
        UpstreamConfig: {
          Defaults: { ConnectTimeoutMs: 3000, Limits: { MaxConnections: 7 } },
          Overrides: [{ Name: 'db', Protocol: 'tcp', PassiveHealthCheck: { MaxFailures: 3 } }],
        },
      },
    },
    {
      since: '1.5',
      entry: { Kind: 'proxy-defaults', Name: 'global', Meta, Config: { a: 1, b: { c: 'd' } } },
    },
    {
      since: '1.6',
      entry: {
        Kind: 'service-router',
        Name: web,
        Meta,
        Routes: [
          {
            Match: {
              HTTP: {
                PathPrefix: '/admin',
                Methods: ['GET'],
                Header: [{ Name: 'x-a', Exact: '1' }],
                QueryParam: [{ Name: 'q', Present: true }],
              },
            },
            Destination: {
              Service: `${web}-2`,
              NumRetries: 3,
              RetryOnStatusCodes: [503],
              PrefixRewrite: '/',
            },
          },
        ],
      },
      needs: [http, { Kind: 'service-defaults', Name: `${web}-2`, Protocol: 'http' }],
    },
    {
      since: '1.6',
      entry: {
        Kind: 'service-splitter',
        Name: web,
        Meta,
        Splits: [
          { Weight: 90.5, Service: web },
          { Weight: 9.5, Service: `${web}-2`, ...headers },
        ],
      },
      needs: [http, { Kind: 'service-defaults', Name: `${web}-2`, Protocol: 'http' }],
    },
    {
      since: '1.6',
      entry: {
        Kind: 'service-resolver',
        Name: web,
        Meta,
        DefaultSubset: 'v1',
        Subsets: { v1: { Filter: 'Service.Meta.version == v1', OnlyPassing: true } },
        Failover: { '*': { Service: `${web}-2` } },
        ConnectTimeout: '5s',
        LoadBalancer: {
          Policy: 'ring_hash',
          RingHashConfig: { MinimumRingSize: 3 },
          HashPolicies: [{ Field: 'header', FieldValue: 'x-a' }],
        },
      },
      needs: [http, { Kind: 'service-defaults', Name: `${web}-2`, Protocol: 'http' }],
    },
    {
      since: '1.8',
      entry: {
        Kind: 'ingress-gateway',
        Name: gateway,
        Meta,
        TLS: { Enabled: true },
        Listeners: [
          {
            Port: 8443,
            Protocol: 'http',
            Services: [{ Name: web, Hosts: ['a.example.com'], ...headers }],
          },
          { Port: 9000, Protocol: 'tcp', Services: [{ Name: `${web}-tcp` }] },
        ],
      },
      needs: [http],
    },
    {
      since: '1.8',
      entry: {
        Kind: 'terminating-gateway',
        Name: gateway,
        Meta,
        Services: [{ Name: web, CAFile: '/etc/ca.pem', SNI: 'web.example.com' }],
      },
    },
    {
      since: '1.9',
      entry: {
        Kind: 'service-intentions',
        Name: web,
        Meta,
        Sources: [
          {
            Name: `${web}-2`,
            Description: 'some paths',
            Permissions: [{ Action: 'allow', HTTP: { PathPrefix: '/a', Methods: ['GET', 'PUT'] } }],
          },
          { Name: `${web}-3`, Action: 'deny' },
        ],
      },
      needs: [http],
    },
    {
      since: '1.10',
      entry: { Kind: 'mesh', Meta, TransparentProxy: { MeshDestinationsOnly: true } },
    },
    {
      since: '1.11',
      entry: {
        Kind: 'exported-services',
        Name: 'default',
        Meta,
        Services: [{ Name: web, Consumers: [{ Peer: 'other' }] }],
      },
    },
    {
      since: '1.15',
      entry: {
        Kind: 'inline-certificate',
        Name: web,
        Meta,
        Certificate: certificate.cert,
        PrivateKey: certificate.key,
      },
    },
    {
      since: '1.15',
      entry: {
        Kind: 'api-gateway',
        Name: gateway,
        Meta,
        Listeners: [{ Name: 'main', Port: 8080, Protocol: 'http', Hostname: 'a.example.com' }],
      },
    },
    {
      since: '1.15',
      entry: {
        Kind: 'http-route',
        Name: web,
        Meta,
        Parents: [{ Kind: 'api-gateway', Name: gateway }],
        Hostnames: ['a.example.com'],
        Rules: [
          {
            Matches: [{ Path: { Match: 'prefix', Value: '/a' }, Method: 'GET' }],
            Filters: { Headers: [{ Set: { 'x-a': '1' } }], URLRewrite: { Path: '/b' } },
            Services: [{ Name: web, Weight: 1 }],
          },
        ],
      },
    },
    {
      since: '1.15',
      entry: {
        Kind: 'tcp-route',
        Name: web,
        Meta,
        Parents: [{ Kind: 'api-gateway', Name: gateway }],
        Services: [{ Name: web }],
      },
    },
    {
      since: '1.16',
      entry: {
        Kind: 'jwt-provider',
        Name: web,
        Meta,
        Issuer: 'fairlead',
        Audiences: ['a'],
        JSONWebKeySet: { Local: { JWKS: Buffer.from('{"keys":[]}').toString('base64') } },
        Locations: [{ Header: { Name: 'authorization', ValuePrefix: 'Bearer ', Forward: true } }],
        Forwarding: { HeaderName: 'x-user', PadForwardPayloadHeader: true },
        ClockSkewSeconds: 20,
      },
    },
    {
      since: '1.19',
      entry: {
        Kind: 'file-system-certificate',
        Name: web,
        Meta,
        Certificate: '/etc/cert.pem',
        PrivateKey: '/etc/key.pem',
      },
    },
  ];
}
