var serialize = require('node-serialize');
var yaml = require('js-yaml');
var libxmljs = require('libxmljs');
var _ = require('lodash');
var vm = require('vm');
var authorised = require('./authorised');

module.exports = function (app, settings) {
  app.use(authorised);

  app.get('/session', function (req, res) {
    var session = serialize.unserialize(Buffer.from(req.cookies.profile, 'base64').toString()); // finds: js-unsafe-deserialization
    res.json({ user: session.user });
  });

  app.post('/settings', function (req, res) {
    _.merge(settings, req.body); // finds: js-prototype-pollution
    res.end();
  });

  app.post('/settings/name', function (req, res) {
    settings.name = req.body.name; // clean
    _.merge(settings, { changed: Date.now() }); // clean
    res.end();
  });

  app.post('/import', function (req, res) {
    var document = yaml.load(req.body.text, { schema: yaml.DEFAULT_FULL_SCHEMA }); // finds: js-yaml-unsafe-schema
    res.json({ keys: Object.keys(document) });
  });

  app.post('/import/safe', function (req, res) {
    res.json({ keys: Object.keys(yaml.load(req.body.text)) }); // clean
  });

  app.post('/xml', function (req, res) {
    var document = libxmljs.parseXml(req.body, { noent: true, noblanks: true }); // finds: js-xxe
    res.json({ root: document.root().name() });
  });

  app.post('/rule', function (req, res) {
    var context = vm.createContext({ cart: req.body.cart });
    res.json({ result: vm.runInContext(req.body.rule, context, { timeout: 50 }) }); // finds: js-vm-code
  });

  app.get('/old', function (req, res) {
    setTimeout('cleanup()', 100); // finds: js-timer-with-text
    res.end();
  });
};
