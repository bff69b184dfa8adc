/** Text as text. Addresses become links; nothing is ever read as HTML. */
import { pieces } from "../core/links.ts";

export function Text({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((piece) =>
        piece.href ? (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
