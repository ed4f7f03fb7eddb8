import { createHash } from 'node:crypto';
import type { JsonObject } from '../core/schemas.ts';
import type { Master, MinionSetup } from './deployment.ts';

/** What a minion knows about itself: a Debian by default. */
export function grainsOf({ settings }: Master, { id, grains }: MinionSetup): JsonObject {
  const number = createHash('sha256').update(id).digest();
  const address = `192.0.2.${(number[0] ?? 0) % 254}`;
  return {
    id,
    host: id,
    nodename: id,
    localhost: id,
    fqdn: `${id}.example.com`,
    domain: 'example.com',
    master: '127.0.0.1',
    server_id: number.readUInt32BE(0) & 0x7fffffff,
    machine_id: number.toString('hex').slice(0, 32),
    os: 'Debian',
    os_family: 'Debian',
    osfullname: 'Debian',
    osrelease: '12',
    osmajorrelease: 12,
    oscodename: 'bookworm',
    osfinger: 'Debian-12',
    osarch: 'amd64',
    cpuarch: 'x86_64',
    num_cpus: 2,
    mem_total: 3924,
    kernel: 'Linux',
    kernelrelease: '6.1.0-28-amd64',
    virtual: 'kvm',
    init: 'systemd',
    shell: '/bin/sh',
    path: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ipv4: ['127.0.0.1', address],
    ip4_interfaces: { lo: ['127.0.0.1'], eth0: [address] },
    pythonversion: [3, 10, 15, 'final', 0],
    saltpath: '/opt/saltstack/salt/lib/python3.10/site-packages/salt',
    saltversion: settings.version,
    saltversioninfo: settings.version.split('.').map(Number),
    ...grains,
  };
}
