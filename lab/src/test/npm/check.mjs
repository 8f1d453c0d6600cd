// node check.mjs FILE...: says what of the given dashboards isn't as Grafana's schema has it, and exits 1 if anything.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = dirname(fileURLToPath(import.meta.url));
const sources = new Map(
  process.argv.slice(2).map((file, i) => {
    const json = readFileSync(file, 'utf8');
    const text = `import type { Dashboard } from './schema';\nexport const dashboard: Dashboard = ${json};\n`;
    return [join(here, `dashboard-${i}.ts`), { file: resolve(file), text }];
  }),
);
const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Node10,
};
const host = ts.createCompilerHost(options);
const { fileExists, readFile, getSourceFile } = host;
host.fileExists = (name) => sources.has(name) || fileExists(name);
host.readFile = (name) => sources.get(name)?.text ?? readFile(name);
host.getSourceFile = (name, ...rest) =>
  sources.has(name)
    ? ts.createSourceFile(name, sources.get(name).text, ts.ScriptTarget.ES2022, true)
    : getSourceFile(name, ...rest);

const faults = ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host));
for (const fault of faults) {
  const source = fault.file && sources.get(fault.file.fileName);
  // the text has one line above the JSON, which begins in the second
  const line = fault.file ? fault.file.getLineAndCharacterOfPosition(fault.start).line : 0;
  const where = source ? `${source.file}:${line}` : (fault.file?.fileName ?? '');
  console.error(`${where}: ${ts.flattenDiagnosticMessageText(fault.messageText, '\n  ')}`);
}
process.exit(faults.length === 0 ? 0 : 1);
