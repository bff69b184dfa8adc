export {
  LiveClient, LiveError,
  type Clock, type Keep, type LiveOptions, type LiveState, type SocketLike,
} from "./client.ts";
export type { AckFrame, AnswerFrame, Frame, Problem } from "./frames.ts";
export * as timeline from "./timeline.ts";
export type { Entries, Entry, TimelineMessage } from "./timeline.ts";
export { clientId } from "./ids.ts";
