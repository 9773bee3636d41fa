// Where the program is. Nothing here knows VS Code, so that it can be tried without.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

export const INSTALL = "pip install 'revox-sync[server]'";
const SECONDS = 30;

export interface Places {
  /** What the user's settings name; empty for nothing. */
  readonly configured: string;
  /** Folders of the workspace. */
  readonly folders: readonly string[];
  /** The selected Python interpreter, where there is one. */
  readonly interpreter: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** Paths at which the program may be, the best first. The last one is left to the PATH. */
export function candidates(places: Places): string[] {
  const windows = places.platform === "win32";
  const name = windows ? "revox-sync.exe" : "revox-sync";
  if (places.configured !== "") {
    const relative = !isAbsolute(places.configured) && /[\\/]/.test(places.configured);
    return relative ? places.folders.map((folder) => join(folder, places.configured)) : [places.configured];
  }
  const inside = windows ? "Scripts" : "bin";
  const own = places.folders.flatMap((folder) => [".venv", "venv"].map((venv) => join(folder, venv, inside, name)));
  const selected = places.interpreter === undefined ? [] : [join(dirname(places.interpreter), name)];
  return [...own, ...selected, name];
}

/** The first candidate that is there, or one whose name alone is known. */
export function found(places: Places, exists: (path: string) => boolean = existsSync): string | undefined {
  return candidates(places).find((path) => !isAbsolute(path) || exists(path));
}

/** Why the server cannot be started; nothing where it can. With an empty input it ends at once, and well. */
export function problemOf(program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const trial = spawn(program, ["server"], {
      stdio: ["ignore", "ignore", "pipe"],
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
    let told = "";
    trial.stderr.on("data", (part: Buffer) => (told += part.toString("utf8")));
    trial.on("error", () => resolve(`\`${program}\` cannot be started. Install it: ${INSTALL}`));
    trial.on("close", (code) => resolve(code === 0 ? undefined : told.trim() || `\`${program} server\` ended with ${code}`));
  });
}
