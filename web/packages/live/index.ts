export { LiveClient, type LiveOptions, type LiveState, type SocketLike } from "./client.ts";
export { Timeline, type Entry } from "./timeline.ts";
