import { STATUS_CODES } from 'node:http';
import type { Refusal, Reply } from '../core/service.ts';

const unexpected =
  'The server encountered an unexpected condition which prevented it from fulfilling the request.';

/** A refusal of rest_cherrypy: a page, but for what nobody foresaw. */
export function refused({ code, status, message, headers }: Refusal): Reply {
  if (code === 'Exception') {
    const json = { status: 500, return: 'An unexpected error occurred' };
    return { status: 500, json, headers: { 'content-type': 'application/json', ...headers } };
  }
  const said = code === 'Unserializable' ? 'Could not serialize the return data from Salt.' : message;
  return {
    status,
    data: page(status, said),
    headers: { 'content-type': 'text/html;charset=utf-8', ...headers },
  };
}

function page(status: number, message: string): string {
  const title = `${status} ${names[status] ?? STATUS_CODES[status] ?? ''}`;
  return `<!DOCTYPE html>
<html>
<head>
    <meta http-equiv="Content-Type" content="text/html; charset=utf-8"></meta>
    <title>${title}</title>
</head>
    <body>
        <h2>${title}</h2>
        <p>${escaped(message === '' ? unexpected : message)}</p>
        <pre id="traceback"></pre>
    <div id="powered_by">
      <span>
        Powered by <a href="http://www.cherrypy.dev">CherryPy 18.8.0</a>
      </span>
    </div>
    </body>
</html>
`;
}

/** Those that Python calls otherwise. */
const names: Readonly<Record<number, string>> = { 413: 'Request Entity Too Large' };

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
