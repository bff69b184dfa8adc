/** Finds web addresses in text, so that they can be shown as links without ever reading HTML.
 *
 * Only http and https become links; everything else stays text. Chinese punctuation and closing
 * brackets end an address, because people write 请看https://a.cn/b。 without a space.
 */

export interface Piece {
  text: string;
  href: string | null;
}

const ADDRESS =
  /\bhttps?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2018-\u201f\u4e00-\u9fff]+/gi;
const TRAILING = /[.,;:!?…*_~|\\]+$/;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safeHref(address);
    if (!href) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null });
    found.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
}

/** An address that may be followed, or null. Relative addresses resolve against `against`. */
export function safeHref(address: string | null | undefined, against?: string): string | null {
  if (!address) return null;
  try {
    const url = new URL(address, against);
    if (url.protocol !== "http:" && url.protocol !== "https:") return null;
    if (url.username || url.password) return null;
    return url.href;
  } catch {
    return null;
  }
}

function trimmed(address: string): string {
  let end = address.replace(TRAILING, "");
  while (/[)\]}]$/.test(end) && !balanced(end)) end = end.slice(0, -1).replace(TRAILING, "");
  return end;
}

function balanced(text: string): boolean {
  const last = text.at(-1)!;
  const open = { ")": "(", "]": "[", "}": "{" }[last]!;
  return text.split(open).length >= text.split(last).length;
}
