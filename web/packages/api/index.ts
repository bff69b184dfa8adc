export type * from "./contract.ts";
export { ApiError, Http, withQuery, type HttpOptions, type Query } from "./http.ts";
export { deskApi, importResult, type DeskApi, type EntryVerb, type MemberChange, type NewMember, type NumbersQuery, type SkillGroupForm } from "./desk.ts";
