import { expect, it } from "vitest";
import type { Unit } from "@xiaoer/api";
import { flatten, treeOf } from "./tree.ts";

const unit = (path: string): Unit => ({ id: path, path, kind: "store", name: path, name_en: "" });
const shape = (paths: string[]) => flatten(treeOf(paths.map(unit), (u) => u.name)).map((p) => `${p.depth}${p.path}`);

it("hangs counters under stores under formats under the group", () => {
  expect(shape(["/a/b/c/", "/", "/a/b/", "/a/"])).toEqual(["0/", "1/a/", "2/a/b/", "3/a/b/c/"]);
});
it("puts a place at the top when its parents are out of reach", () => {
  expect(shape(["/a/b/", "/a/b/c/", "/x/y/"])).toEqual(["0/a/b/", "1/a/b/c/", "0/x/y/"]);
});
