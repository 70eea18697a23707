// Builds kg/serve/static/vendor: one module for each entry of this folder, the licences of all that went into them,
// and the digests of what was written. Run it by `make vendor`; the same lock file gives the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(HERE);
const OUT = path.join(ROOT, "kg", "serve", "static", "vendor");
const ENTRIES = (await readdir(HERE)).filter((name) => name.endsWith(".js")).sort();
const ALLOWED = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"]);

// "node_modules/@codemirror/view/dist/index.js" -> "@codemirror/view"
function packageOf(input) {
  const found = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
  return found && found[1];
}

async function licenceOf(name) {
  const folder = path.join(ROOT, "node_modules", name);
  const { version, license, repository } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  if (!ALLOWED.has(license)) throw new Error(`${name} ${version}: licence ${license}, expected one of ${[...ALLOWED]}`);
  const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
  if (!file) throw new Error(`${name} ${version}: no file with the text of its licence`);
  const source = (repository?.url ?? repository ?? "").replace(/^git\+/, "").replace(/\.git$/, "");
  const text = (await readFile(path.join(folder, file), "utf8")).trim();
  return `${name} ${version}\nLicence: ${license}\nSource: ${source}\n\n${text}\n`;
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ENTRIES.map((name) => path.join(HERE, name)),
  outdir: OUT,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none", // LICENSES.txt holds them whole
  metafile: true,
  logLevel: "warning",
});
const names = [...new Set(Object.keys(metafile.inputs).map(packageOf).filter(Boolean))].sort();
const licences = await Promise.all(names.map(licenceOf));
const head = "The modules in this folder hold these packages, each under its licence. Made by `make vendor`.\n";
await writeFile(path.join(OUT, "LICENSES.txt"), [head, ...licences].join(`\n${"-".repeat(80)}\n\n`));
const written = (await readdir(OUT)).sort();
const digests = await Promise.all(
  written.map(async (name) => {
    const digest = createHash("sha256").update(await readFile(path.join(OUT, name))).digest("hex");
    return `${digest}  ${name}\n`;
  }),
);
await writeFile(path.join(OUT, "SHA256SUMS"), digests.join(""));
