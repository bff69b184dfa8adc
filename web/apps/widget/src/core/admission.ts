/** Who this browser is to the server: the visitor it was before, and the customer the shop names. */
import type { PageContext, Session } from "../contract.ts";
import { type Api, problemFrom } from "./api.ts";
import type { Memory } from "./memory.ts";

export class Admission {
  /** Who this browser was last time; empty before the first time. */
  visitor: string;
  readonly #api: Api;
  readonly #memory: Memory;
  #customerToken: string | null;
  #accepted: string | null = null;

  constructor(api: Api, memory: Memory, customerToken: string | null) {
    this.#api = api;
    this.#memory = memory;
    this.#customerToken = customerToken;
    this.visitor = memory.read("visitor") ?? "";
  }

  /** Another customer, or nobody: then this browser is also no longer the visitor it was. */
  name(token: string | null): void {
    this.#customerToken = token;
    if (token !== null) return;
    this.#memory.write("token", null);
    this.#memory.write("draft", null);
    this.#memory.write("visitor", null);
  }

  async enter(page: PageContext): Promise<Session> {
    const session = await this.#ask(page);
    this.#api.token = session.token;
    this.#memory.write("token", session.token);
    this.#memory.write("proven", session.identity.proven ? "yes" : null);
    this.#accepted = this.#customerToken;
    return session;
  }

  /** True when somebody else is here now than before. */
  admit(visitor: string): boolean {
    if (visitor === this.visitor) return false;
    this.visitor = visitor;
    this.#memory.write("visitor", visitor);
    return true;
  }

  /** Up to when the visitor has read, as far as this browser remembers. */
  get seenAt(): string {
    const [visitor, at = ""] = (this.#memory.read("seen") ?? "").split(" ");
    return visitor === this.visitor ? at : "";
  }

  set seenAt(at: string) {
    this.#memory.write("seen", `${this.visitor} ${at}`);
  }

  async #ask(page: PageContext): Promise<Session> {
    const body = { lang: this.#api.lang, page };
    const visitor_token = this.#memory.read("token") ?? undefined;
    const customer_token = this.#customerToken ?? undefined;
    try {
      return await this.#api.session({ ...body, visitor_token, customer_token });
    } catch (failure) {
      const { code, status } = problemFrom(failure);
      if (status !== 401) throw failure;
      // An outdated token must not keep anyone from asking a question.
      if (code !== "bad_customer_token")
        return await this.#api.session({ ...body, customer_token });
      const isSame = customer_token === this.#accepted || this.#memory.read("proven") === null;
      this.#customerToken = null;
      // The shop names somebody, but not validly: who was proven here before may be somebody else.
      return await this.#api.session(isSame ? { ...body, visitor_token } : body);
    }
  }
}
