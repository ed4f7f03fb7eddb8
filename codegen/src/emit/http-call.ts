import type { Body, HttpCall, Method, Param, Result } from '../model.ts';
import { type Data, dataLine, dataText, type Entry } from './data.ts';
import { LINE_WIDTH } from './doc.ts';
import type { Uses } from './imports.ts';
import { propertyKey, quote, templateText } from './literal.ts';

/** The one statement of a method that is a request. `reading` are the options that say how its answer is read. */
export function httpStatement(method: Method, call: HttpCall, reading: readonly Entry[], uses: Uses): string {
  const { result, pages } = method;
  const route = routeText(method, call, uses);
  uses.shapes(dataLine({ entries: reading }));
  const options = (...more: Entry[]): Data => optionsOf(method, call, [...more, ...reading], uses);
  if (pages !== undefined) {
    const paging = `${uses.runtime('byToken')}(${quote(pages.items)}, ${quote(pages.key)})`;
    return callText('pages', [quote(call.verb), route, options(), paging]);
  }
  const isGet = call.verb === 'get';
  const verb: Entry[] = isGet ? [] : [['verb', quote(call.verb)]];
  const as: Entry[] = result.kind === 'text' || result.kind === 'bytes' ? [['as', quote(result.kind)]] : [];
  const gives = isEndless(result) ? undefined : call.gives;
  switch (gives) {
    case 'read':
      return callText('read', [route, options(...verb, ...as)]);
    case 'index':
    case 'hash':
    case 'event':
      return callText('blocking', [quote(gives), route, options(...verb, ...as)]);
    default:
  }
  if (result.kind === 'json' || result.kind === 'unknown' || result.kind === 'forms') {
    return callText(call.verb, [route, options()]);
  }
  return callText(result.kind === 'void' ? 'send' : result.kind, [quote(call.verb), route, options()]);
}

/** Whether an answer comes bit by bit, so that there is nothing that could be given with it. */
function isEndless({ kind }: Result): boolean {
  return kind === 'stream' || kind === 'lines' || kind === 'values' || kind === 'events';
}

/** Indented by four where it ends up. */
function callText(name: string, args: readonly Data[]): string {
  const start = `return this.#http.${name}(`;
  const line = `${start}${args.map(dataLine).join(', ')});`;
  if (line.length + INDENT <= LINE_WIDTH) return line;
  const lines = args.map(dataLine);
  const last = args.at(-1) ?? '';
  const isShort = (lines.at(-1) ?? '').length <= SHORT_OPTIONS;
  const head = [start, ...lines.slice(0, -1).map((arg) => `${arg}, `)].join('');
  // Long options alone go over several lines, as long as all else fits on the first of them.
  if (typeof last === 'object' && !isShort && head.length + INDENT + 1 <= LINE_WIDTH) {
    return `${head}${dataText(last, 0, 0)});`;
  }
  return `${start}\n${args.map((arg) => `  ${dataText(arg, 2, LINE_WIDTH - INDENT - 3)},\n`).join('')});`;
}

/** What of options is taken in at a glance. */
const SHORT_OPTIONS = 40;

const INDENT = 4;

function routeText({ path }: Method, { route }: HttpCall, uses: Uses): string {
  const params = new Map(path.map((param) => [param.wire, param]));
  const parts = route.map((part) => {
    if (typeof part === 'string') return templateText(part);
    const param = params.get(part.param);
    if (param === undefined)
      throw new Error(`the route has a parameter ${JSON.stringify(part.param)} that is none`);
    return `\${${pathValue(param, uses)}}`;
  });
  return `${uses.runtime('path')}\`${parts.join('')}\``;
}

function pathValue(param: Param, uses: Uses): string {
  const value = markedValue(param, uses);
  return param.secret ? `${uses.runtime('secret')}(${value})` : value;
}

function markedValue({ name, wire, style, expand }: Param, uses: Uses): string {
  if (style === 'slashes') return `${uses.runtime('slashes')}(${name})`;
  if (style === 'json') return `${uses.runtime('jsonText')}(${name})`;
  if (expand === undefined) return name;
  const entries: Entry[] = [
    ['style', quote(expand.style)],
    ...(expand.explode ? [['explode', 'true'] as const] : []),
    ['name', quote(wire)],
  ];
  return `${uses.runtime('expand')}(${name}, ${dataLine({ entries })})`;
}

function optionsOf(method: Method, call: HttpCall, more: readonly Entry[], uses: Uses): Data {
  const entries: Entry[] = [
    ...more.filter(([key]) => key === 'verb'),
    ...bodyEntries(method.body, uses),
    ...queryEntries(method, call),
    ...text('accept', call.accept),
    ...list('data', call.data),
    ...list('absent', call.absent),
    ...(call.first === true ? [['first', 'true'] as const] : []),
    ...(method.safe === undefined ? [] : [['safe', String(method.safe)] as const]),
    ...text('server', call.server),
    ...(call.requires === undefined ? [] : [['requires', requires(call.requires)] as const]),
    ...more.filter(([key]) => key !== 'verb'),
  ];
  return entries.length === 0 ? 'options' : { entries: [...entries, '...options'] };
}

function bodyEntries(body: Body | undefined, uses: Uses): Entry[] {
  if (body === undefined) return [];
  const type = body.mediaType ?? CONTENT_TYPES[body.content.kind];
  return [
    body.required ? 'body' : ['body', `${uses.runtime('optional')}(body)`],
    ...text('contentType', type),
  ];
}

/** JSON is what a body is written as when nothing is said. */
const CONTENT_TYPES = {
  json: undefined,
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
  bytes: 'application/octet-stream',
  text: 'text/plain',
} as const;

function queryEntries({ query, queryType }: Method, { fixed = {} }: HttpCall): Entry[] {
  const pairs = Object.entries(fixed)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, value]): Entry => [propertyKey(name), typeof value === 'string' ? quote(value) : String(value)],
    );
  const given: Entry[] = queryType === undefined ? [] : pairs.length === 0 ? ['query'] : ['...query'];
  const asked: Entry[] = pairs.length === 0 ? given : [['query', { entries: [...given, ...pairs] }]];
  const styles = query.flatMap((param): Entry[] => {
    const style = styleName(param);
    return style === undefined ? [] : [[propertyKey(param.wire), quote(style)]];
  });
  const reserved = query.filter((param) => param.reserved === true).map(({ wire }) => quote(wire));
  return [
    ...asked,
    ...(styles.length === 0 ? [] : [['styles', { entries: styles }] as const]),
    ...(reserved.length === 0 ? [] : [['reserved', `[${reserved.join(', ')}]`] as const]),
  ];
}

/** As the runtime calls it: `headerExploded`. */
function styleName({ in: place, style }: Param): string | undefined {
  if (place === undefined || style === undefined) return place ?? style;
  return place + style.charAt(0).toUpperCase() + style.slice(1);
}

function text(key: string, value: string | undefined): Entry[] {
  return value === undefined ? [] : [[key, quote(value)]];
}

function list(key: string, statuses: readonly number[] | undefined): Entry[] {
  return statuses === undefined || statuses.length === 0 ? [] : [[key, `[${statuses.join(', ')}]`]];
}

function requires(alternatives: readonly (readonly string[])[]): string {
  return `[${alternatives.map((names) => `[${names.map(quote).join(', ')}]`).join(', ')}]`;
}
