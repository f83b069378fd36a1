// Runs one command of the official client and checks its exit code and its output.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

/** Returns an environment variable that the caller of the suite must set. */
export function setting(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`The environment variable ${name} is not set.`);
  }
  return value;
}

const REDIRECT = fileURLToPath(new URL("redirect.cjs", import.meta.url));
/** Divisor of the client's poll timers. */
const POLL_SPEED = 20;
/** Maximum duration of one command, in milliseconds: the first validation downloads and builds. */
const TIMEOUT_MS = 900_000;

/** Creates a home folder, in which the client keeps its login. It is deleted after the suite. */
export function createHome() {
  const home = mkdtempSync(join(tmpdir(), "official-cli-"));
  after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

const HOME = createHome();

/**
 * Runs the client and returns its exit code and its output as one line; the code is null if `timeout` (in milliseconds) was exceeded.
 *
 * `input` is the text on its standard input.
 */
export function run(args, { home = HOME, input = "", pollSpeed = POLL_SPEED, timeout = TIMEOUT_MS } = {}) {
  const env = {
    PATH: setting("PATH"),
    HOME: home,
    NO_COLOR: "1",
    SLIPWAY_URL: setting("SLIPWAY_URL"),
    CTP_CLI_CONNECT_API_URL: setting("SLIPWAY_URL"),
    POLL_SPEED: String(pollSpeed),
    NODE_OPTIONS: `--require ${JSON.stringify(REDIRECT)}`,
  };
  return new Promise((resolve, reject) => {
    const client = spawn(setting("OFFICIAL_CLI"), args, { env, timeout, stdio: "pipe" });
    const chunks = [];
    client.stdout.on("data", (chunk) => chunks.push(chunk));
    client.stderr.on("data", (chunk) => chunks.push(chunk));
    client.on("error", reject);
    client.on("close", (code) => {
      const text = stripVTControlCharacters(Buffer.concat(chunks).toString());
      // The client wraps errors in lines that begin with this mark.
      resolve({ code, output: text.replaceAll(" › ", " ").replaceAll(/\s+/g, " ") });
    });
    client.stdin.on("error", () => {}); // a client that reads nothing may end first
    client.stdin.end(input);
  });
}

/** Defines a test: the command ends with `code` and prints `expected`. */
export function command(title, args, expected, { code = 0, ...options } = {}) {
  test(title, async () => {
    const ended = await run(args, options);
    assert.equal(ended.code, code, ended.output);
    assert.ok(ended.output.includes(expected), `"${expected}" is missing in: ${ended.output}`);
  });
}
