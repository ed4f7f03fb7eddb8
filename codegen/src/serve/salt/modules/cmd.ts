import type { MinionCall, MinionFunction } from '../calls.ts';
import type { CommandResult } from '../deployment.ts';

/** No command is run: a stand-in must not do to the machine what it is told over HTTP. */
export const cmdFunctions: Readonly<Record<string, MinionFunction>> = {
  'cmd.run': (call) => {
    const { stdout, stderr, retcode } = done(call);
    return { value: [stdout, stderr].filter(Boolean).join('\n'), retcode };
  },
  'cmd.run_stdout': (call) => withCode(call, ({ stdout }) => stdout),
  'cmd.run_stderr': (call) => withCode(call, ({ stderr }) => stderr),
  'cmd.shell': (call) => withCode(call, ({ stdout, stderr }) => [stdout, stderr].filter(Boolean).join('\n')),
  'cmd.retcode': (call) => withCode(call, ({ retcode }) => retcode),
  'cmd.run_all': (call) => {
    const { stdout, stderr, retcode } = done(call);
    return { value: { pid: 4711, retcode, stdout, stderr }, retcode };
  },
  'cmd.which': ({ named }) => {
    const command = String(named['cmd']);
    return { value: command in known ? `/usr/bin/${command}` : null };
  },
};

function withCode(call: MinionCall, value: (result: Required<CommandResult>) => string | number) {
  const result = done(call);
  return { value: value(result), retcode: result.retcode };
}

const known: Readonly<Record<string, (words: readonly string[], call: MinionCall) => CommandResult>> = {
  echo: (words) => ({ stdout: words.join(' ').replace(/^(['"])(.*)\1$/, '$2') }),
  exit: ([code = '0']) => ({ retcode: Number(code) }),
  true: () => ({}),
  false: () => ({ retcode: 1 }),
  hostname: (_, { minion }) => ({ stdout: minion.id }),
  whoami: () => ({ stdout: 'root' }),
  id: () => ({ stdout: 'uid=0(root) gid=0(root) groups=0(root)' }),
  pwd: () => ({ stdout: '/root' }),
};

function done(call: MinionCall): Required<CommandResult> {
  const { named, minion } = call;
  const command = String(named['cmd']).trim();
  const [word = '', ...words] = command.split(/\s+/);
  const missing: CommandResult = { stderr: `/bin/bash: line 1: ${word}: command not found`, retcode: 127 };
  const own = Object.hasOwn(known, word) ? known[word]?.(words, call) : undefined;
  const { stdout = '', stderr = '', retcode = 0 } = minion.commands?.[command] ?? own ?? missing;
  return { stdout, stderr, retcode: named['ignore_retcode'] === true ? 0 : retcode };
}
