/** Small things this browser notes about one shopper: the draft, the language, a given rating. */
import type { Memory } from "./memory.ts";

export class Diary {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  get draft(): string {
    return this.#memory.read("draft") ?? "";
  }

  set draft(text: string) {
    this.#memory.write("draft", text);
  }

  get lang(): string | null {
    return this.#memory.read("lang");
  }

  set lang(lang: string | null) {
    this.#memory.write("lang", lang);
  }

  /** The score given to a conversation, so that it is not asked again. */
  ratingOf(conversation: string): number | null {
    const [rated, score] = (this.#memory.read("rated") ?? "").split(" ");
    return rated === conversation ? Number(score) : null;
  }

  rated(conversation: string, score: number): void {
    this.#memory.write("rated", `${conversation} ${score}`);
  }
}
