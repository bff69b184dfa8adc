export type * from "./contract.ts";
export { ApiError, Http, withQuery, type HttpOptions, type Query } from "./http.ts";
export { deskApi, type DeskApi, type EntryVerb, type MemberForm, type NumbersQuery } from "./desk.ts";
