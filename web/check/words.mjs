// Fails when a language misses a word, when placeholders differ, when a screen asks for a word
// that no catalogue has, when a word is asked for by no screen, or when Chinese stands in a screen.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const faults = [];

async function filesBelow(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name === "dist") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(path)));
    else if (/\.(ts|tsx|vue)$/.test(entry.name) && !entry.name.endsWith(".test.ts")) found.push(path);
  }
  return found;
}

async function catalogue(file) {
  const words = new Map();
  const line = /^\s*"((?:[^"\\]|\\.)+)":\s*("(?:[^"\\]|\\.)*"),?\s*$/gm;
  for (const [, key, value] of (await readFile(file, "utf8")).matchAll(line)) {
    if (words.has(key)) faults.push(`${file}: ${key} stands twice`);
    words.set(key, JSON.parse(value));
  }
  return words;
}

const holes = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort().join();
const withoutComments = (text) =>
  text.replace(/\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->/g, "").replace(/(^|[\s;])\/\/.*$/gm, "$1");

async function checkApp(name) {
  const home = join(web, "packages/i18n", name);
  let zh, en;
  try {
    [zh, en] = await Promise.all(["zh-CN.ts", "en.ts"].map((file) => catalogue(join(home, file))));
  } catch {
    return 0; // this app keeps no catalogue here
  }
  for (const key of new Set([...zh.keys(), ...en.keys()])) {
    if (!en.get(key)) faults.push(`${name}: en lacks ${key}`);
    else if (!zh.get(key)) faults.push(`${name}: zh-CN lacks ${key}`);
    else if (holes(zh.get(key)) !== holes(en.get(key))) faults.push(`${name}: ${key} has other placeholders in en`);
  }
  const asked = new Set();
  const prefixes = new Set();
  for (const file of await filesBelow(join(web, "apps", name, "src"))) {
    const text = withoutComments(await readFile(file, "utf8"));
    for (const [, key] of text.matchAll(/["'`]([a-z][A-Za-z]*(?:\.[A-Za-z_0-9]+)+)["'`]/g)) asked.add(key);
    for (const [, key] of text.matchAll(/\bt\(\s*["']([^"']+)["']/g)) if (!zh.has(key)) faults.push(`${file}: no word for ${key}`);
    for (const [, prefix] of text.matchAll(/`([a-z][A-Za-z]*(?:\.[A-Za-z_]+)*\.?)\$\{/g)) prefixes.add(prefix.replace(/\.$/, ""));
    for (const [, prefix] of text.matchAll(/wordFor\(["'](\w+)["']/g)) prefixes.add(prefix);
    const chinese = text.split("\n").findIndex((line) => /[\u4e00-\u9fff]/.test(line) && !/简体中文|\[@|split\(|replace\(/.test(line));
    if (chinese >= 0) faults.push(`${file}:${chinese + 1}: Chinese outside the catalogue`);
  }
  for (const key of zh.keys()) {
    if (!asked.has(key) && ![...prefixes].some((prefix) => key.startsWith(prefix))) faults.push(`${name}: nothing asks for ${key}`);
  }
  return zh.size;
}

const sizes = await Promise.all(["desk", "widget"].map(checkApp));
if (faults.length) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log(`words complete: desk ${sizes[0]}, widget ${sizes[1]}`);
