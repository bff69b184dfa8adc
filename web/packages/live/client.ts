export type LiveState = "idle" | "connecting" | "open" | "waiting" | "closed";
export interface SocketLike { send(text: string): void; close(code?: number): void }
export interface LiveOptions { url: string }
export class LiveClient {}
