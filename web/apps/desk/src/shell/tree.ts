/** The organisation as a tree, from the flat list of places the server gives. */
import type { Unit } from "@xiaoer/api";

export interface Place { path: string; name: string; kind: string; depth: number; children: Place[] }

/** Parents come before children, and a place whose parent is out of reach stands at the top. */
export function treeOf(units: readonly Unit[], nameOf: (unit: Unit) => string): Place[] {
  const found = new Map<string, Place>();
  const roots: Place[] = [];
  for (const unit of [...units].sort((a, b) => a.path.length - b.path.length || a.path.localeCompare(b.path))) {
    let parent: Place | undefined;
    for (let up = unit.path; up !== "/" && !parent;) {
      up = up.replace(/[^/]+\/$/, "");
      parent = found.get(up);
    }
    const place = { path: unit.path, name: nameOf(unit), kind: unit.kind, depth: parent ? parent.depth + 1 : 0, children: [] };
    found.set(unit.path, place);
    (parent?.children ?? roots).push(place);
  }
  return roots;
}

export function flatten(places: readonly Place[]): Place[] {
  return places.flatMap((place) => [place, ...flatten(place.children)]);
}
