'use strict';
// Lambda gives every instance a network of its own. Where functions run side by side, an application that listens on the contract's 8080
// gets the port that its process was told.
const net = require('node:net');

const { listen } = net.Server.prototype;
const told = (port) => (Number(port) === 8080 && process.env.PORT ? Number(process.env.PORT) : port);

net.Server.prototype.listen = function (first, ...rest) {
  const moved = first !== null && typeof first === 'object' ? { ...first, port: told(first.port) } : told(first);
  return listen.call(this, moved, ...rest);
};
