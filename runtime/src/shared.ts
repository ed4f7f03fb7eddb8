/**
 * What more than one door is made of, for the bundler alone: it puts all that is reached from here into one file. Left to
 * itself it makes a file of whatever the same doors have in common, ten of them in the end, and each costs Node more to find
 * than to read.
 */
import './client.ts';
import './http/endpoint.ts';
import './http/lines.ts';
import './http/transports.ts';
import './index.ts';
import './inspect.ts';
import './options.ts';
import './services/consul/read-meta.ts';
import './services/openapi/base-url.ts';
import './time/back-off.ts';
