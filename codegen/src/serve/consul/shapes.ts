import type { WireObject } from '../core/wire.ts';
import type { Consul } from './deployment.ts';
import type { Check, Instance, Node, ServiceRow } from './state.ts';

/* How the things of the catalog are told. The order of the properties is that of the real answers. */

export function nodeShown({ settings }: Consul, node: Node): WireObject {
  const { ID, Node: name, Address, TaggedAddresses, Meta, CreateIndex, ModifyIndex } = node;
  return {
    ID,
    Node: name,
    Address,
    Datacenter: settings.datacenter,
    TaggedAddresses,
    Meta,
    CreateIndex,
    ModifyIndex,
  };
}

const noProxy: WireObject = { Mode: '', MeshGateway: {}, Expose: {} };

/** An instance within the answers of the catalog. */
export function serviceShown({ instance, CreateIndex, ModifyIndex }: ServiceRow): WireObject {
  const { Kind, ID, Service, Tags, Address, TaggedAddresses, Meta, Port, SocketPath } = instance;
  return {
    ...(Kind === '' ? {} : { Kind }),
    ID,
    Service,
    Tags,
    Address,
    ...(TaggedAddresses === null ? {} : { TaggedAddresses }),
    Meta,
    Port,
    ...(SocketPath === '' ? {} : { SocketPath }),
    Weights: instance.Weights,
    EnableTagOverride: instance.EnableTagOverride,
    Proxy: instance.Proxy ?? noProxy,
    Connect: instance.Connect ?? {},
    PeerName: '',
    CreateIndex,
    ModifyIndex,
  };
}

/** An instance with its node, flat. */
export function catalogServiceShown(consul: Consul, node: Node, row: ServiceRow): WireObject {
  const { instance, CreateIndex, ModifyIndex } = row;
  return {
    ID: node.ID,
    Node: node.Node,
    Address: node.Address,
    Datacenter: consul.settings.datacenter,
    TaggedAddresses: node.TaggedAddresses,
    NodeMeta: node.Meta,
    ServiceKind: instance.Kind,
    ServiceID: instance.ID,
    ServiceName: instance.Service,
    ServiceTags: instance.Tags,
    ServiceAddress: instance.Address,
    ...(instance.TaggedAddresses === null ? {} : { ServiceTaggedAddresses: instance.TaggedAddresses }),
    ServiceWeights: instance.Weights,
    ServiceMeta: instance.Meta,
    ServicePort: instance.Port,
    ServiceSocketPath: instance.SocketPath,
    ServiceEnableTagOverride: instance.EnableTagOverride,
    ServiceProxy: instance.Proxy ?? noProxy,
    ServiceConnect: instance.Connect ?? {},
    CreateIndex,
    ModifyIndex,
  };
}

export function checkShown(check: Check): WireObject {
  const { Node: node, CheckID, Name, Status, Notes, Output, ServiceID, ServiceName, ServiceTags } = check;
  return {
    Node: node,
    CheckID,
    Name,
    Status,
    Notes,
    Output,
    ServiceID,
    ServiceName,
    ServiceTags,
    Type: check.Type,
    Interval: '',
    Timeout: '',
    ExposedPort: 0,
    Definition: {},
    CreateIndex: check.CreateIndex,
    ModifyIndex: check.ModifyIndex,
  };
}

/** An instance as its own agent tells it. */
export function agentServiceShown({ settings }: Consul, instance: Instance): WireObject {
  const { Kind, ID, Service, Tags, Meta, Port, Address, TaggedAddresses, Weights, EnableTagOverride } =
    instance;
  return {
    ...(Kind === '' ? {} : { Kind }),
    ID,
    Service,
    Tags,
    Meta,
    Port,
    Address,
    ...(TaggedAddresses === null ? {} : { TaggedAddresses }),
    Weights,
    EnableTagOverride,
    ...(instance.Proxy === null ? {} : { Proxy: instance.Proxy }),
    ...(instance.Connect === null ? {} : { Connect: instance.Connect }),
    Datacenter: settings.datacenter,
  };
}
