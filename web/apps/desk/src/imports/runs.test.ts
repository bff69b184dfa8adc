import { importResult } from "@xiaoer/api";
import { describe, expect, it } from "vitest";
import { csvOf } from "./runs.ts";

describe("wrong rows of an import", () => {
  it("become a table that spreadsheets read and never run", () => {
    const text = csvOf(["行", "列", "问题"], [
      { row: 3, field: "phone", reason: '不是"手机号", 请改' }, { row: 4, field: "", reason: "=1+1" },
    ]);
    for (const sign of ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]) {
      expect(csvOf([], [{ row: 1, field: `${sign}1`, reason: "" }])).toContain(`'${sign}1`);
    }
    expect(text).toBe('\ufeff行,列,问题\r\n3,phone,"不是""手机号"", 请改"\r\n4,,\'=1+1\r\n');
  });

  it("are read alike from every room", () => {
    const retail = importResult({ run: "r", dry_run: true, rows: 3, created: 1, updated: 1, unchanged: 0, wrong: 1, errors: [{ row: 3, field: null, message: "坏" }], notes: [] });
    expect(retail).toMatchObject({ added: 1, changed: 1, wrong: 1, problems: [{ row: 3, field: "", reason: "坏" }] });
    const knowledge = importResult({ rows: 2, added: 1, changed: 0, unchanged: 0, dry_run: true, problems: [{ row: 2, field: "answer", reason: "空" }] });
    expect(knowledge).toMatchObject({ added: 1, wrong: 1, resumed: 0, notes: [] });
  });
});
