import { join } from 'node:path';
import { type Generated, generate } from '../generate.ts';
import { type Command, EXIT } from './command.ts';
import { shortest } from './project.ts';
import { TARGET_OPTIONS, targetsOf } from './targets.ts';
import { warningLines } from './warnings.ts';

export const generateCommand: Command = {
  usage: ['generate [SERVICE…]', 'generate FILE --out DIR [--corrections FILE] [--docs FILE]'],
  about: 'Writes the client of each service of the project, or of a reference of your own, where it differs.',
  options: TARGET_OPTIONS,
  async run(call) {
    const { progress, signal } = call;
    const done: Generated[] = [];
    for (const target of targetsOf(call)) done.push(await generate(target, { progress, signal }));
    progress.end();
    for (const { warnings } of done) for (const line of warningLines(warnings)) call.warn(line);
    call.result(done.map((generated) => report(call.cwd, generated)).join('\n'), { generated: done });
    return EXIT.ok;
  },
};

function report(cwd: string, generated: Generated): string {
  const { name, out, apis, methods, events, files, written, removed } = generated;
  const changes = [
    ...(written.length > 0 ? [`${written.length} written`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed`] : []),
  ];
  const what = [counted(apis, 'API'), counted(methods, 'method'), counted(events, 'event')].join(', ');
  const outcome = changes.length > 0 ? changes.join(', ') : 'nothing changed';
  return [
    `${name}: ${what} in ${counted(files, 'file')} of ${shortest(cwd, out)}: ${outcome}`,
    ...removed.map((path) => `  removed ${join(shortest(cwd, out), path)}`),
  ].join('\n');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
