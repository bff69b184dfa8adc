/** Compresses the built script once, so that no server does it for every page view, and fails when
 *  what a page downloads passes the promised size. */
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const LIMIT = 60 * 1024;
const script = new URL("../../dist/widget/widget.js", import.meta.url);
const raw = readFileSync(script);
const gzip = gzipSync(raw, { level: constants.Z_BEST_COMPRESSION });
const brotli = brotliCompressSync(raw);
writeFileSync(new URL("widget.js.gz", script), gzip);
writeFileSync(new URL("widget.js.br", script), brotli);
const kb = (bytes) => `${(bytes.length / 1024).toFixed(1)} KB`;

console.log(`widget: ${kb(gzip)} gzip, ${kb(brotli)} brotli, ${kb(raw)} raw; limit 60 KB gzip`);
if (gzip.length > LIMIT) {
  console.error(`The widget is larger than promised.`);
  process.exit(1);
}
