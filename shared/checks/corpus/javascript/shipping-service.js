const http = require('http');
const { spawn, execSync } = require('child_process');
const { URL } = require('url');
const { isAuthorized } = require('./auth');

const LABELS = { dhl: 'DHL', ups: 'UPS' };

function label(req, res) {
  const url = new URL(req.url, 'http://localhost');
  const carrier = url.searchParams.get('carrier');
  const order = url.searchParams.get('order');
  const out = execSync(`label-printer --carrier ${carrier} --order ${order}`); // finds: js-command-injection
  res.end(out);
}

function safeLabel(req, res) {
  const url = new URL(req.url, 'http://localhost');
  const carrier = LABELS[url.searchParams.get('carrier')];
  const printer = spawn('label-printer', ['--carrier', carrier, '--order', url.searchParams.get('order')]); // clean
  printer.stdout.pipe(res);
}

function zpl(file, printer) {
  return spawn('lp', ['-d', printer, file], { shell: true }); // finds: js-spawn-with-shell
}

function track(req, res) {
  const id = new URL(req.url, 'http://localhost').searchParams.get('id');
  http.get({ host: 'tracking.shop.internal', path: `/t/${encodeURIComponent(id)}` }, (answer) => answer.pipe(res)); // clean
}

const routes = { '/label': label, '/safe-label': safeLabel, '/track': track };

http
  .createServer((req, res) => {
    if (!isAuthorized(req)) {
      res.writeHead(401).end();
      return;
    }
    const route = routes[new URL(req.url, 'http://localhost').pathname];
    if (route) {
      route(req, res);
    } else {
      res.writeHead(404).end('Not found');
    }
  })
  .listen(process.env.PORT || 8080);

module.exports = { zpl };
