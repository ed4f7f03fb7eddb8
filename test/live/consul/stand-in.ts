const example = 'answered with an example that fits its schema';

/** What the stand-in doesn't do as an agent does, by the name of the test that shows it. */
export const differences: ReadonlyMap<string, string> = new Map([
  [
    'a login exchanges a bearer token for one of Consul, as the binding rules say',
    'bearer tokens are not looked at, and binding rules bind nothing',
  ],
  ['what the pages of Consul show is there, too', example],
  ['certificates of the mesh are given out and checked', 'there is no authority'],
  ['its authority is read, and written as it was', 'there is no authority'],
  ['the discovery chain of a service is read, and compiled with other settings', example],
  ['datacenters tell each other of their gateways', example],
  ['nodes, services and checks are counted since 1.11', example],
  ['a service is given virtual addresses since 1.16', example],
  ['what a peer exports is listed since 1.13', example],
]);
