// Loaded into the official client by `node --require`: sends its requests to SLIPWAY_URL and refuses every other address outside of
// this machine. POLL_SPEED divides the client's poll timers of 30 and 60 seconds; 1 leaves them as they are.

const OFFICIAL = /^(auth|connect|api|import)\..+\.commercetools\.com$/;
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const LONG_TIMER_MS = 10_000;

const platform = process.env.SLIPWAY_URL.replace(/\/$/, "");
const speed = Number(process.env.POLL_SPEED);

const { fetch, setTimeout } = globalThis;

globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : String(input));
  if (OFFICIAL.test(url.hostname)) {
    return fetch(platform + url.pathname + url.search, init);
  }
  if (!LOOPBACK.includes(url.hostname)) {
    throw new Error(`The test refuses a request to ${url.href}, which is not on this machine.`);
  }
  return fetch(input, init);
};

globalThis.setTimeout = (callback, milliseconds, ...rest) =>
  setTimeout(callback, milliseconds >= LONG_TIMER_MS ? milliseconds / speed : milliseconds, ...rest);
