// Starts `revox-sync server` and passes on what the editor and the server say to each other.

import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

import { found, INSTALL, problemOf } from "./find";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("revox-sync.restart", restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("revox-sync")) {
        void restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
  client = undefined;
}

async function restart(): Promise<void> {
  await deactivate();
  await start();
}

async function start(): Promise<void> {
  const program = found({
    configured: setting("path"),
    folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    interpreter: await selectedInterpreter(),
    platform: process.platform,
  });
  const problem = program === undefined ? `revox-sync was not found. Install it: ${INSTALL}` : await problemOf(program);
  if (program === undefined || problem !== undefined) {
    await tell(problem ?? "");
    return;
  }
  const environment = setting("environment");
  const server: ServerOptions = {
    command: program,
    args: environment === "" ? ["server"] : ["server", "--env", environment],
  };
  // Prompts are texts; which of them belong to an assistant, the server knows.
  const options: LanguageClientOptions = {
    documentSelector: ["yaml", "markdown", "plaintext"].map((language) => ({ scheme: "file", language })),
  };
  client = new LanguageClient("revox-sync", "revox-sync", server, options);
  await client.start();
}

function setting(name: string): string {
  return vscode.workspace.getConfiguration("revox-sync").get<string>(name, "").trim();
}

async function tell(problem: string): Promise<void> {
  const open = "Open settings";
  if ((await vscode.window.showWarningMessage(problem, open)) === open) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "revox-sync.path");
  }
}

/** The interpreter that the Python extension has selected, if it is installed. */
async function selectedInterpreter(): Promise<string | undefined> {
  const python = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  try {
    const api = await python?.activate();
    const path = api?.environments?.getActiveEnvironmentPath?.();
    const environment = path && (await api?.environments?.resolveEnvironment?.(path));
    return environment?.executable?.uri?.fsPath;
  } catch {
    return undefined;
  }
}

/** The part of that extension's interface which is used here. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath?(): { readonly path: string };
    resolveEnvironment?(
      path: unknown,
    ): Promise<{ readonly executable?: { readonly uri?: vscode.Uri | undefined } } | undefined>;
  };
}
