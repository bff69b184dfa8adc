/** Fails when what the shop's page downloads for the widget passes the promised size. */
import { readFileSync, readdirSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const LIMIT = 60 * 1024;
const folder = new URL("../../../dist/widget/", import.meta.url);
const all = readdirSync(folder).map((name) => readFileSync(new URL(name, folder)));
const sum = (pack) => all.reduce((total, bytes) => total + pack(bytes).length, 0);
const [gzip, brotli, raw] = [sum(gzipSync), sum(brotliCompressSync), sum((bytes) => bytes)];
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

console.log(`widget: ${kb(gzip)} gzip, ${kb(brotli)} brotli, ${kb(raw)} raw; limit ${kb(LIMIT)} gzip`);
if (gzip > LIMIT) {
  console.error(`The widget is ${kb(gzip - LIMIT)} too large.`);
  process.exit(1);
}
