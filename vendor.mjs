// Copies the browser files that the product uses from node_modules into webapp/static/vendor, named by
// their content (so that they may be cached for ever), each beside its gzip twin for WhiteNoise, with
// manifest.json (plain name -> file, package, version, licence, sha256) and LICENSES.txt.
// Run by `make assets` after editing package.json; the result is committed, so running needs no Node.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const TARGET = "webapp/static/vendor";

const FILES = {
  "htmx.js": ["htmx.org", "dist/htmx.min.js"],
  "idiomorph.js": ["idiomorph", "dist/idiomorph-ext.min.js"],
  "tabler.css": ["@tabler/core", "dist/css/tabler.min.css"],
};

// A package that forgets its licence file names it in package.json and in the head of its files.
const MIT = (holders) => `MIT License

${holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and
to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of
the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
IN THE SOFTWARE.
`;
const LICENCE_TEXTS = {
  "@tabler/core": MIT(
    "Copyright (c) 2018-2026 The Tabler Authors\nCopyright (c) 2018-2026 codecalm.net Paweł Kuna\n" +
      "Contains Bootstrap 5.3, Copyright (c) 2011-2026 The Bootstrap Authors (MIT)",
  ),
};

function packageOf(name) {
  const folder = join("node_modules", name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8") : LICENCE_TEXTS[name];
  if (!text) throw new Error(`${name} ships no licence text; add one to LICENCE_TEXTS`);
  return { version: about.version, license: about.license, text: text.trim() };
}

function withoutSourceMap(bytes) {
  const text = bytes.toString("utf8").replace(/\n?\/[*/]# sourceMappingURL=[^\n]*/g, "").trimEnd();
  return Buffer.from(text + "\n", "utf8");
}

function hashed(name, digest) {
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot)}.${digest.slice(0, 10)}${name.slice(dot)}`;
}

if (!existsSync("node_modules")) throw new Error("run npm ci --ignore-scripts first");
rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });

const manifest = {};
const licences = {};
for (const [name, [packageName, path]] of Object.entries(FILES)) {
  const { version, license, text } = packageOf(packageName);
  const bytes = withoutSourceMap(readFileSync(join("node_modules", packageName, path)));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const file = hashed(name, sha256);
  writeFileSync(join(TARGET, file), bytes);
  writeFileSync(join(TARGET, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  manifest[name] = { file, package: packageName, version, license, sha256 };
  licences[packageName] = `${packageName} ${version} (${license})\n\n${text}\n`;
}
writeFileSync(join(TARGET, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
writeFileSync(join(TARGET, "LICENSES.txt"), Object.values(licences).join(`\n${"=".repeat(80)}\n\n`));
console.log(Object.values(manifest).map(({ file }) => file).join("\n"));
