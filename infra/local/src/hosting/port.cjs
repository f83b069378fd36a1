'use strict';
// Lets any number of applications listen on port 8080 of one machine: a listen on a TCP port becomes a listen on a free port of
// 127.0.0.1, and the folder SLIPWAY_PORTS gets a file named after the port that was asked for, with the port that was got.
// See docs/adr/0004-application-ports.md. Loaded by NODE_OPTIONS, also into the processes and threads that the application starts.

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const folder = process.env.SLIPWAY_PORTS;
const loaded = Symbol.for('slipway.port');
const asked = Symbol('asked');
const LOOPBACK = new Set([undefined, null, '', 'localhost', '127.0.0.1', '::1', '0.0.0.0', '::']);

const portOf = (value) => {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  if (typeof value === 'string' && value.trim() === '') return undefined;
  const port = Number(value);
  return Number.isInteger(port) && port >= 0 && port <= 65535 ? port : undefined;
};

// Written beside and renamed, so that no reader sees half a number. A read-only or missing folder must not hurt the application.
const record = (from, to) => {
  const file = path.join(folder, String(from));
  const beside = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    fs.writeFileSync(beside, String(to));
    fs.renameSync(beside, file);
  } catch {}
};

const recorded = (port) => {
  try {
    return portOf(fs.readFileSync(path.join(folder, String(port)), 'utf8'));
  } catch {
    return undefined;
  }
};

// The arguments of server.listen() with port and host replaced; nothing for a pipe, a handle, a file descriptor or a bad port,
// which Node itself shall judge. The forms are those of normalizeArgs in Node's lib/net.js.
const moved = (args) => {
  const first = args[0];
  const callback = args.findLast((arg) => typeof arg === 'function');
  const tail = callback ? [callback] : [];
  if (first !== null && typeof first === 'object') {
    if (first._handle || first.handle || first.fd !== undefined || first.path !== undefined) return undefined;
    const port = portOf(first.port);
    if (port === undefined) return undefined;
    return { port, args: [{ ...first, port: 0, host: '127.0.0.1' }, ...tail] };
  }
  const anyPort = first === undefined || first === null || typeof first === 'function';
  const port = anyPort ? 0 : portOf(first);
  if (port === undefined) return undefined;
  const backlog = args.slice(1).find((arg) => typeof arg === 'number');
  return { port, args: [{ port: 0, host: '127.0.0.1', backlog }, ...tail] };
};

const patchServer = (proto) => {
  const { listen, address } = proto;

  proto.listen = function (...args) {
    const move = moved(args);
    if (!move) return listen.apply(this, args);
    const onListening = () => {
      const real = address.call(this);
      if (move.port !== 0 && real && typeof real === 'object') record(move.port, real.port);
    };
    this.prependOnceListener('listening', onListening);
    try {
      const result = listen.apply(this, move.args);
      this[asked] = move.port;
      return result;
    } catch (error) {
      this.removeListener('listening', onListening);
      throw error;
    }
  };

  proto.address = function () {
    const real = address.call(this);
    return this[asked] && real && typeof real === 'object' ? { ...real, port: this[asked] } : real;
  };
};

// An application that calls itself, or a helper it started, by the port that was asked for must reach it.
const patchSocket = (proto) => {
  const { connect } = proto;
  const redirected = (options) => {
    if (!options || typeof options !== 'object' || options.path || !LOOPBACK.has(options.host)) return undefined;
    const port = portOf(options.port);
    const real = port ? recorded(port) : undefined;
    return real ? { ...options, port: real, host: '127.0.0.1', family: 4 } : undefined;
  };

  proto.connect = function (...args) {
    if (Array.isArray(args[0])) {
      // What net.connect() hands over: [options, callback], marked by a symbol of Node's own, hence changed in place.
      args[0][0] = redirected(args[0][0]) ?? args[0][0];
    } else if (args[0] !== null && typeof args[0] === 'object') {
      args[0] = redirected(args[0]) ?? args[0];
    } else {
      const host = typeof args[1] === 'string' ? args[1] : undefined;
      const options = redirected({ port: args[0], host });
      if (options) args.splice(0, host === undefined ? 1 : 2, options);
    }
    return connect.apply(this, args);
  };
};

if (folder && !net[loaded]) {
  net[loaded] = true;
  patchServer(net.Server.prototype);
  patchSocket(net.Socket.prototype);
}
