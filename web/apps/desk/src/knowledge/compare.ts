/** What changed between two wordings, as pieces to show: Chinese has no spaces, so by character,
 *  then small islands are joined, since a diff of single characters cannot be read. */
import { diffArrays, diffChars } from "diff";

export interface Piece { text: string; kind: "same" | "added" | "removed" }

const ISLAND = 2;

export function compare(before: string, after: string): Piece[] {
  const pieces: Piece[] = diffChars(before, after).map((part) => ({
    text: part.value, kind: part.added ? "added" : part.removed ? "removed" : "same",
  }));
  const joined: Piece[] = [];
  let removed = "";
  let added = "";
  const flush = () => {
    if (removed) joined.push({ text: removed, kind: "removed" });
    if (added) joined.push({ text: added, kind: "added" });
    removed = "";
    added = "";
  };
  pieces.forEach((piece, i) => {
    if (piece.kind === "removed") removed += piece.text;
    else if (piece.kind === "added") added += piece.text;
    else if ([...piece.text].length <= ISLAND && (removed || added) && i < pieces.length - 1) {
      removed += piece.text;
      added += piece.text;
    } else {
      flush();
      joined.push(piece);
    }
  });
  flush();
  return joined;
}

export function compareLines(before: string[], after: string[]): Piece[] {
  return diffArrays(before, after).flatMap((part) =>
    part.value.map((text): Piece => ({ text, kind: part.added ? "added" : part.removed ? "removed" : "same" })));
}
