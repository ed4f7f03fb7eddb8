#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  // Not static imports: an older Node fails to link them, with an error that doesn't say why.
  const { rememberCompiled } = await import('../dist/compiled.js');
  rememberCompiled();
  const { main } = await import('../dist/cli.js');
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error(`fairlead: Node 22.19 or later is needed, and this is ${process.versions.node}`);
  process.exitCode = 4;
}
