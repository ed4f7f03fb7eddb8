import type { Api, Method, RpcCall } from '../model.ts';
import { versionTypeName } from '../names.ts';
import { type Data, dataLine, dataText, type Entry } from './data.ts';
import { LINE_WIDTH } from './doc.ts';
import type { Uses } from './imports.ts';
import { blockComment } from './layout.ts';
import { identifier, quote } from './literal.ts';
import { type ClassContext, named, type Parameter, valueType } from './signature.ts';

/** The parameters of a method of a facade: what you send, how it goes. */
export function rpcParameters({ body }: Method, context: ClassContext): Parameter[] {
  const type = body !== undefined && 'type' in body.content ? named(body.content.type, context) : undefined;
  return [
    ...(type === undefined ? [] : [{ name: 'body', type }]),
    { name: 'options', type: context.uses.runtime('RpcOptions'), hasQuestionToken: true },
  ];
}

export function rpcReturnType({ result }: Method, call: RpcCall, context: ClassContext): string {
  const { uses } = context;
  const type = valueType(result, context);
  const { items, error = USUAL, watcher } = call;
  const key = items === undefined ? [] : [quote(items)];
  if (watcher !== undefined) {
    const reply = uses.runtime(items === undefined ? 'WatchReply' : 'BulkWatchReply');
    return `${reply}<${[type, ...key, quote(watcher)].join(', ')}>`;
  }
  if (items !== undefined) {
    const spelled = error === USUAL ? [] : [quote(error)];
    return `${uses.runtime('BulkReply')}<${[type, ...key, ...spelled].join(', ')}>`;
  }
  const isTime = result.kind === 'json' && result.type.as === 'time';
  return `${uses.runtime('RpcReply')}<${isTime ? `${type} | undefined` : type}>`;
}

/** How the property is called that tells what went wrong, unless it is said otherwise. */
const USUAL = 'error';

/** Indented by four where it ends up. `shape` says where its answer holds what JSON has no word for. */
export function rpcStatement(method: Method, call: RpcCall, shape: Data | undefined, uses: Uses): string {
  const { items, watcher } = call;
  const name =
    watcher === undefined
      ? items === undefined
        ? 'call'
        : 'bulk'
      : items === undefined
        ? 'watch'
        : 'bulkWatch';
  const args: Data[] = [
    quote(call.method),
    ...(items === undefined ? [] : [quote(items)]),
    ...(watcher === undefined ? [] : [quote(watcher)]),
    optionsOf(method, call, shape, uses),
  ];
  const start = `return this.#facade.${name}(`;
  const line = `${start}${args.map(dataLine).join(', ')});`;
  if (line.length + INDENT <= LINE_WIDTH) return line;
  const head = `${start}${args.slice(0, -1).map(dataLine).join(', ')}, `;
  return `${head}${dataText(args.at(-1) ?? '', 0, 0)});`;
}

const INDENT = 4;

function optionsOf({ body }: Method, call: RpcCall, shape: Data | undefined, uses: Uses): Data {
  const { items, error, versions } = call;
  // A list of results has its errors in them, and under the usual name unless something is said.
  const isSaid = error !== undefined && (items === undefined || error !== USUAL);
  if (shape !== undefined) uses.shapes(dataLine(shape));
  const entries: Entry[] = [
    ...(body === undefined ? [] : [['params', 'body'] as const]),
    ...(isSaid ? [['error', quote(error)] as const] : []),
    ...(shape === undefined ? [] : [['shape', shape] as const]),
    ...(versions === undefined ? [] : [['versions', `[${versions.join(', ')}]`] as const]),
  ];
  return entries.length === 0 ? 'options' : { entries: [...entries, '...options'] };
}

/** A type for each version of a facade whose versions don't all have the same methods. */
export function versionAliases({ name, versions = [], methods }: Api): string[] {
  return aliasedVersions({ versions, methods }).map((version) => {
    const missing = methods.filter(
      ({ call }) => call.kind === 'rpc' && call.versions?.includes(version) === false,
    );
    const alias = identifier(versionTypeName(name, version));
    const names = missing.map((method) => quote(method.name));
    const comment = blockComment(`What version ${version} has.`, 0);
    if (names.length === 0) return `${comment}export type ${alias} = ${name};\n`;
    const line = `export type ${alias} = Omit<${name}, ${names.join(' | ')}>;`;
    if (line.length <= LINE_WIDTH) return `${comment}${line}\n`;
    return `${comment}export type ${alias} = Omit<\n  ${name},\n${names.map((each) => `  | ${each}\n`).join('')}>;\n`;
  });
}

/** The versions of a facade that have a type of their own. */
export function aliasedVersions({
  versions = [],
  methods,
}: Pick<Api, 'versions' | 'methods'>): readonly number[] {
  return methods.some(({ call }) => call.kind === 'rpc' && call.versions !== undefined) ? versions : [];
}
