// Runs one example of the docs: node run.mjs FILE. A .tsx file is type-checked with what it imports, rendered, and its first button
// pressed; what stands on the page when its answer has ended is printed.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const file = resolve(process.argv[2]);
const folder = dirname(file);
const needsXhr = process.argv.includes("xhr");

async function dom() {
  const { JSDOM } = await import("jsdom");
  const { window } = new JSDOM("<div id=root></div>", { url: process.env.CHATAPP_URL });
  return window;
}

const ts = createRequire(import.meta.url)("typescript");

if (needsXhr) {
  // As React Native's bundler does it: to CommonJS, and with an XMLHttpRequest.
  globalThis.XMLHttpRequest = (await dom()).XMLHttpRequest;
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), { compilerOptions: { module: ts.ModuleKind.CommonJS, esModuleInterop: true } });
  writeFileSync(join(folder, "bundle.cjs"), outputText);
  createRequire(file)("./bundle.cjs");
} else if (!file.endsWith(".tsx")) {
  await import(pathToFileURL(file));
} else {
  const options = {
    strict: true, noEmitOnError: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
    jsx: ts.JsxEmit.ReactJSX, lib: ["lib.es2022.d.ts", "lib.dom.d.ts"], types: [], skipLibCheck: false,
  };
  // Node's own types are not wanted: this is all of them that an example uses.
  writeFileSync(join(folder, "env.d.ts"), "declare const process: { env: Record<string, string | undefined> };\n");
  const program = ts.createProgram([file, join(folder, "env.d.ts")], options);
  const found = ts.getPreEmitDiagnostics(program).concat(program.emit().diagnostics);
  if (found.length) {
    console.error(ts.formatDiagnostics(found, { getCanonicalFileName: f => f, getCurrentDirectory: () => folder, getNewLine: () => "\n" }));
    process.exit(1);
  }
  const window = await dom();
  Object.assign(globalThis, { window, document: window.document });
  Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
  const { createRoot } = await import("react-dom/client");
  const { createElement } = await import("react");
  const { default: Component } = await import(pathToFileURL(file.replace(/tsx$/, "js")));
  const root = createRoot(document.getElementById("root"));
  root.render(createElement(Component));
  const until = async holds => { while (!holds()) await new Promise(next => setTimeout(next, 5)); };
  await until(() => document.querySelector("button"));
  document.querySelector("button").click();
  await until(() => /streaming/.test(document.body.textContent));
  await until(() => !/streaming/.test(document.body.textContent));
  console.log(document.body.textContent);
  root.unmount();
}
