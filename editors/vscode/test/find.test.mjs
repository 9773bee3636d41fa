import assert from "node:assert/strict";
import { test } from "node:test";

import find from "../out/find.js";

const places = { configured: "", folders: ["/a", "/b"], interpreter: "/py/bin/python", platform: "linux" };

test("the project's own environment goes first, the PATH last", () => {
  assert.deepEqual(find.candidates(places), [
    "/a/.venv/bin/revox-sync",
    "/a/venv/bin/revox-sync",
    "/b/.venv/bin/revox-sync",
    "/b/venv/bin/revox-sync",
    "/py/bin/revox-sync",
    "revox-sync",
  ]);
});

test("what the settings name is taken alone, relative to the folders", () => {
  assert.deepEqual(find.candidates({ ...places, configured: "/x/revox-sync" }), ["/x/revox-sync"]);
  assert.deepEqual(find.candidates({ ...places, configured: "env/revox-sync" }), ["/a/env/revox-sync", "/b/env/revox-sync"]);
  assert.deepEqual(find.candidates({ ...places, configured: "my-revox" }), ["my-revox"]);
});

test("the first that is there is taken", () => {
  assert.equal(find.found(places, (path) => path === "/b/venv/bin/revox-sync"), "/b/venv/bin/revox-sync");
  assert.equal(find.found(places, () => false), "revox-sync");
  assert.equal(find.found({ ...places, configured: "/gone" }, () => false), undefined);
});

test("a program that cannot be started is told with the way to install it", async () => {
  assert.match((await find.problemOf("/nowhere/revox-sync")) ?? "", /pip install 'revox-sync\[server\]'/);
  assert.match((await find.problemOf("false")) ?? "", /ended with 1/);
  assert.equal(await find.problemOf("true"), undefined);
});
